"""The words of complaints."""

from portal.foundation.i18n import _, _l
from scheduler.cases.entries import title_of

STAGES = {
    "received": _l("Complaint received"),
    "accepted": _l("Accepted"),
    "decided": _l("Decided"),
    "closed": _l("Closed"),
    "withdrawn": _l("Withdrawn"),
    "duplicate": _l("Duplicate"),
}
TONES = {"received": "info", "accepted": "info", "decided": "good", "closed": "", "withdrawn": "", "duplicate": ""}
ORIGINS = {
    "link": _l("Online form"),
    "poster": _l("Poster code"),
    "staff": _l("Taken down by staff"),
    "api": _l("Another system"),
    "regulator": _l("Transferred by the regulator"),
}
OUTCOMES = {
    "upheld": _l("Complaint upheld"),
    "partly": _l("Partly upheld"),
    "not_upheld": _l("Complaint not upheld"),
    "settled": _l("Settled with the customer"),
}
EXTENSIONS = {"complex": _l("Complex matter"), "approved": _l("Extension allowed by the level above")}
EXTENSION_STATES = {"asked": _l("Waits for approval"), "told": _l("In force"), "refused": _l("Not allowed")}
REVIEWS = {"asked": _l("Waits for review"), "kept": _l("Decision kept"), "changed": _l("Decision changed"), "withdrawn": _l("Withdrawn")}
CODE_KINDS = {"channel": _l("Channel"), "business": _l("Business"), "reason": _l("Reason")}


def _plain(act: str, staff: object, tone: str = "", customer: object = None) -> None:
    """An act with the same words whatever its facts."""
    title_of(f"complaint_{act}", lambda _told: str(staff), tone=tone, customer=(lambda _told: str(customer)) if customer else None)


_plain("accepted", _l("Complaint accepted"), customer=_l("We have accepted your complaint."))
_plain("classified", _l("Classified"))
_plain("recused", _l("A colleague with an interest in the matter stepped aside"))
_plain("agent_checked", _l("The agent's authority was looked at"))
_plain("decided", _l("Decision made"), "good", _l("We have decided about your complaint."))
_plain("withdrawn", _l("Withdrawn by the customer"), customer=_l("You withdrew your complaint."))
_plain("duplicate", _l("Marked as a duplicate"))
_plain("extension_asked", _l("Asked the level above for more time"))
_plain("extension_refused", _l("The level above did not allow more time"), "warn")
_plain("extended", _l("Limit extended; the customer was told why"), "warn", _l("We need more time and have told you why."))
_plain("review_asked", _l("The customer asks for a review of the decision"), "warn", _l("You asked for a review of the decision."))
_plain("reviewed", _l("Decision reviewed by the level above"), "good", _l("The level above has reviewed the decision."))
_plain("expert_asked", _l("An expert was asked"))
_plain("expert_said", _l("An expert gave an opinion"))


def redress(days: int) -> list[str]:
    """Ways that are open to a customer who does not agree; `days` are those within which a review may be asked for."""
    by_hotline = _(
        "Ask the level above for a review: on your complaint's page, at any outlet or by the hotline, within %(days)s days.", days=days
    )
    return [
        str(by_hotline),
        str(_("Ask a mediation organisation for financial disputes to mediate.")),
        str(_("Turn to the regulator's consumer hotline 12378.")),
        str(_("Go to arbitration or to court, as the law provides.")),
    ]
