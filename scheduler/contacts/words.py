"""What decisions are called on pages: rules, reason codes, and the one sentence that says why."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import LazyString, format_date, format_datetime

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _, _l
from scheduler.contacts.rules.explain import Row, State
from scheduler.contacts.rules.reasons import Rule
from scheduler.touchpoints.words import CHANNELS

RULES: Mapping[Rule, LazyString] = {
    Rule.NOT_SEEN: _l("Not seen before"),
    Rule.LIVE: _l("Live"),
    Rule.ELIGIBLE: _l("Eligible"),
    Rule.LAWFUL: _l("Lawful"),
    Rule.HOLDOUT: _l("Holdout group"),
    Rule.SAMPLED: _l("Sampled"),
    Rule.QUOTA: _l("Quota and budget"),
    Rule.WORKLOAD: _l("Workload"),
    Rule.ONE_OPEN: _l("One open at a time"),
    Rule.COOLDOWN: _l("Cool-down"),
    Rule.BACKOFF: _l("Back-off"),
    Rule.CAPS: _l("Caps"),
    Rule.PAIRS: _l("Pairs"),
    Rule.TIME: _l("Time"),
    Rule.ARBITRATION: _l("Arbitration"),
    Rule.CHANNEL: _l("Channel"),
    Rule.RESERVE: _l("Reservation"),
}
SENTENCES: Mapping[str, LazyString] = {
    "SEND": _l("This customer was asked, by %(channel)s."),
    "DUPLICATE": _l("Because this transaction was already handled."),
    "INACTIVE": _l("Because the questionnaire, the touchpoint or its channel was off."),
    "FILTERED": _l("Because the event did not meet the touchpoint's conditions."),
    "UNKNOWN_TYPE": _l("Because events of this type are not in the catalogue."),
    "ATTRIBUTE": _l("Because the event does not carry what the catalogue says."),
    "TENURE": _l("Because the customer had been with the bank for %(days)s days only; %(n)s are needed."),
    "MINOR": _l("Because the customer is younger than %(n)s years."),
    "STALE": _l("Because the event reached us too late."),
    "FUTURE": _l("Because the event lies in the future."),
    "PILOT": _l("Because the pilot does not include this unit."),
    "CIRCLE": _l("Because only a chosen group of customers is asked here, and this customer is not in it."),
    "NO_CONSENT": _l("Because the customer has not agreed to be asked."),
    "NO_GUARDIAN": _l("Because the customer is younger than %(n)s years, and no guardian has agreed."),
    "OPTED_OUT": _l("Because the customer asked never to be asked again."),
    "EXCLUDED": _l("Because the customer is on a never-contact list: %(list)s."),
    "OPEN_CASE": _l("Because a case or complaint of this customer was still open."),
    "HOLDOUT": _l("Because the customer belongs to the holdout group, which is never asked."),
    "QUOTA": _l("Because as many as the quota of %(n)s allows had been asked that day."),
    "BUDGET": _l("Because the channel's money of that day was used up."),
    "WORKLOAD": _l("Because the unit had more open cases than it can handle, and ordinary surveys rested."),
    "NOT_SAMPLED": _l("Because the customer was not drawn: %(percent)s %% of such events are."),
    "PENDING": _l("Because an invitation of %(last_day)s was still open."),
    "BACKOFF": _l("Because %(n)s invitations in a row went unanswered; the pause lasts until %(next)s."),
    "PAIR": _l("Because %(touchpoint)s was asked about on %(last_day)s, and the two exclude each other."),
    "EXPIRED": _l("Because it was too late to ask about this event."),
    "OUTRANKED": _l("Because %(touchpoint)s was asked about instead: it came at the same time and is more important."),
    "NO_CHANNEL": _l("Because no channel of this touchpoint reaches the customer."),
    "LOST": _l("Because no channel of this touchpoint reaches the customer: messages by %(lost)s came back."),
    "CAP": _l("Because the customer had already received %(n)s in %(days)s days, the most allowed; possible again from %(next)s."),
    "sent": _l("Because the customer was asked about %(touchpoint)s on %(last_day)s. A pause of %(days)s days; possible from %(next)s."),
    "answered": _l("Because of an answer about %(touchpoint)s on %(last_day)s. A pause of %(days)s days; possible from %(next)s."),
    "declined": _l("Because the customer said “not this time” on %(last_day)s. A pause of %(days)s days; possible from %(next)s."),
    "abandoned": _l("Because the customer left an answer unfinished on %(last_day)s. A pause of %(days)s days; possible from %(next)s."),
}
PASSED: Mapping[Rule, LazyString] = {
    Rule.NOT_SEEN: _l("No earlier event with this transaction"),
    Rule.LIVE: _l("Questionnaire published, touchpoint and channel on"),
    Rule.LAWFUL: _l("Consent given; on no list; no case open"),
    Rule.HOLDOUT: _l("Outside the holdout group"),
    Rule.SAMPLED: _l("Every such event is drawn"),
    Rule.ONE_OPEN: _l("No invitation is open"),
    Rule.COOLDOWN: _l("No pause is running"),
    Rule.CAPS: _l("Nothing received within the windows"),
    Rule.PAIRS: _l("No excluding survey before"),
    Rule.TIME: _l("In time, outside quiet hours"),
    Rule.ARBITRATION: _l("No other occasion was more important"),
    Rule.RESERVE: _l("Reserved in the same moment"),
}
CAPS = {"INVITE": _l("invitations"), "MESSAGE": _l("messages"), "PANEL": _l("panel surveys")}


def sentence(code: str, evidence: Mapping[str, Any], zone: str, names: Mapping[str, str], channel: str | None = None) -> str:
    """Why somebody was, or was not, asked, in the reader's language."""
    key = code
    if code.startswith("CAP_"):
        key = "CAP"
    elif code.startswith("COOLDOWN_"):
        key = code.rsplit("_", 1)[1].lower()
    elif code == "NO_CONSENT" and evidence.get("guardian"):
        key = "NO_GUARDIAN"
    elif code == "NO_CHANNEL" and evidence.get("lost"):
        key = "LOST"
    return str(SENTENCES[key]) % facts(evidence, zone, names, channel) if key in SENTENCES else label(code)


def facts(evidence: Mapping[str, Any], zone: str, names: Mapping[str, str], channel: str | None = None) -> dict[str, Any]:
    """Evidence as people read it: days in the reader's words, touchpoints by name."""
    last, upcoming, rate = evidence.get("last"), evidence.get("next_at"), evidence.get("rate")
    touchpoint = str(evidence.get("touchpoint") or "")
    numbers = {name: f"{evidence[name]:g}" for name in ("days", "n", "used", "hours") if isinstance(evidence.get(name), int | float)}
    return {
        "days": "–", "n": "–", "list": evidence.get("list", "–"), **numbers,
        "touchpoint": names.get(touchpoint, touchpoint) or "–",
        "last_day": format_date(_local(last, zone).date(), "long") if last else "–",
        "next": format_datetime(_local(upcoming, zone), _("d MMM yyyy, HH:mm"), rebase=False) if upcoming else "–",
        "percent": f"{rate * 100:.3g}" if isinstance(rate, int | float) else "–",
        "channel": channel_name(channel) if channel else "–",
        "lost": ", ".join(map(channel_name, evidence.get("lost", ()))),
    }  # fmt: skip


def _local(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def channel_name(channel: str) -> str:
    """A channel as people call it."""
    return str(CHANNELS.get(channel, channel))


def label(code: str) -> str:
    """A reason code in two or three words."""
    if not code.startswith("CAP_"):
        return str(_(code))
    _cap, scope, channel, window = code.split("_", 3)
    what = str(CAPS.get(scope, scope))
    where = "" if channel == "ANY" else f" · {channel}"
    span = _("%(n)s h", n=window[:-1]) if window.endswith("H") else _("%(n)s d", n=window[:-1])
    return str(_("Cap reached")) + f": {what}{where} · {span}"


def evidence(row: Row, zone: str, names: Mapping[str, str]) -> str:
    """The figures behind one rule's result."""
    if row.code:
        return sentence(row.code, row.facts, zone, names)
    found = row.facts
    if row.rule is Rule.CAPS and found.get("counts"):
        return " · ".join(_counted(one) for one in found["counts"])
    if row.rule is Rule.SAMPLED and found.get("rate") not in (None, 1.0):
        return str(_("Hash %(hash)s, drawn below %(rate)s", hash=f"{found['hash']:.3f}", rate=f"{found['rate']:.3f}"))
    if row.rule is Rule.ELIGIBLE and found.get("tenure") is not None:
        return str(_("Customer for %(n)s days", n=found["tenure"]))
    if row.rule is Rule.BACKOFF and "run" in found:
        return str(_("%(n)s unanswered in a row", n=found["run"]))
    if row.rule is Rule.COOLDOWN and found.get("last"):
        return str(_("Last asked on %(day)s", day=facts(found, zone, names)["last_day"]))
    if row.rule is Rule.CHANNEL and found.get("channel"):
        return channel_name(found["channel"])
    return str(PASSED.get(row.rule, "")) if row.state is State.PASS else ""


def _counted(one: Mapping[str, Any]) -> str:
    return str(_("%(used)s of %(n)s in %(days)s d", used=f"{one['used']:g}", n=one["n"], days=f"{one['days']:g}"))


PAUSES: Mapping[str, LazyString] = {
    "any.sent": _l("Any survey, %(days)s days"), "any.answered": _l("After any answer, %(days)s days"),
    "any.declined": _l("After “not this time”, %(days)s days"), "any.abandoned": _l("After one left unfinished, %(days)s days"),
    "group.sent": _l("Same group, %(days)s days"), "group.answered": _l("After an answer in the group, %(days)s days"),
    "group.declined": _l("Declined in the group, %(days)s days"), "group.abandoned": _l("Unfinished in the group, %(days)s days"),
    "same.sent": _l("Same survey, %(days)s days"), "same.answered": _l("Same survey answered, %(days)s days"),
    "same.declined": _l("Same survey declined, %(days)s days"), "same.abandoned": _l("Same survey unfinished, %(days)s days"),
    "BACKOFF": _l("Unanswered in a row, %(days)s days"), "PENDING": _l("Open invitation, %(days)s days"),
    "PAIR": _l("Excluded, %(days)s days"),
}  # fmt: skip


def span(key: str, days: float) -> str:
    """A pause or window on the time bar."""
    name = key.removeprefix("COOLDOWN_").replace("_", ".").lower() if key.startswith("COOLDOWN_") else key
    if name in PAUSES:
        return str(PAUSES[name]) % {"days": f"{days:.0f}"}
    return label(key)


def problem(code: str, found: Mapping[str, Any]) -> str:
    """What is wrong with one entry of a policy."""
    usual = {name: value for name, value in found.items() if name not in ("rule", "problem", "code")}
    try:
        return str(_(code)) % usual
    except (KeyError, TypeError, ValueError):
        return str(_(code))


def refusal(error: InvalidInput) -> str:
    """Why a policy was refused: the rule by name, and what is wrong; the policy in force stays."""
    code = next(iter(error.fields.values()), "policy_refused")
    rule = str(error.facts.get("rule", ""))
    name = str(RULES[Rule(rule)]) if rule in set(Rule) else ""
    told = problem(code, error.facts)
    return str(_("%(rule)s (%(name)s): %(problem)s", rule=rule, name=name, problem=told)) if name else told


def moment_of(text: str) -> datetime | None:
    """A day and time as a form gives it, in the bank's zone; None where it is blank.

    Raises  InvalidInput
    """
    if not text.strip():
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=ZoneInfo(web.ground().settings.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput({"effective_from": "not_a_time"}) from None
