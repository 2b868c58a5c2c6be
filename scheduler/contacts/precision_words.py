"""The words of sampling to precision: levels, periods, and why a rate is what it is, in a sentence."""

from collections.abc import Mapping
from typing import Any

from portal.foundation.i18n import _, _l
from scheduler.contacts.rules.precision import Why

LEVELS = {
    "all": _l("As a whole"),
    "branch": _l("Each branch"),
    "sub_branch": _l("Each sub-branch"),
    "outlet": _l("Each outlet"),
}
PERIODS = {"month": _l("Month"), "quarter": _l("Quarter")}
KINDS = {"nps": _l("NPS"), "csat": _l("CSAT"), "ces": _l("CES")}
STATES = {
    Why.REACHED: (_l("Reached"), "good", "check"),
    Why.FLOOR: (_l("On course"), "good", "check"),
    Why.SPREAD: (_l("On course"), "info", "arrow-up"),
    Why.SHORT: (_l("Events do not suffice"), "warn", "alert"),
    Why.NO_HISTORY: (_l("No history yet"), "", "clock"),
}


def indicator_name(code: str) -> str:
    """NPS, CSAT waiting, and so on."""
    head, _bar, rest = code.partition("_")
    name = str(KINDS.get(head, head))
    return f"{name} {rest.replace('_', ' ')}" if rest else name


def sentence(why: str, needed: int, lacking: float, inputs: Mapping[str, Any]) -> str:
    """Why the rate is what it is."""
    facts = {
        "margin": f"{inputs['margin']:g}", "needed": needed, "lacking": round(lacking), "floor": _share(inputs.get("floor", 0)),
        "events": round(inputs.get("events_left", 0)), "reach": _share(inputs.get("reach", 1)), "days": inputs.get("days_left", 0),
        "response": _share(inputs.get("response", 0)),
    }  # fmt: skip
    return str(_said(Why(why), facts))


def _said(why: Why, facts: Mapping[str, Any]) -> Any:
    match why:
        case Why.REACHED:
            return _("± %(margin)s is reached; only the floor of %(floor)s goes on, so that a change is seen.", **facts)
        case Why.FLOOR:
            return _("%(lacking)s of %(needed)s answers are lacking; the floor of %(floor)s brings them by itself.", **facts)
        case Why.SPREAD:
            return _(
                "%(lacking)s of %(needed)s answers are lacking; %(events)s events are expected in %(days)s days, "
                "of which %(reach)s may be asked and %(response)s of those answer.",
                **facts,
            )
        case Why.SHORT:
            return _(
                "%(lacking)s of %(needed)s answers are lacking, more than the %(events)s events expected in %(days)s days can bring: "
                "everybody is asked.",
                **facts,
            )
        case Why.NO_HISTORY:
            return _("Nothing is known of events here yet; the plan of the next night will know more.")


def _share(value: float) -> str:
    return f"{100 * value:.3g} %"
