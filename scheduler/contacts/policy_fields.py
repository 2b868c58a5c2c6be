"""The entries of the contact policy's form, rule by rule in the order of evaluation."""

from typing import Any, NamedTuple

from flask_babel import LazyString

from portal.foundation.i18n import _l
from scheduler.contacts.rules.reasons import Rule
from scheduler.contacts.rules.sections import WHATS, WHOS

ANY = _l("any")


class Entry(NamedTuple):
    """One figure: its place in the policy, its label, how it is written, and what may be chosen."""

    path: str
    label: LazyString | str
    kind: str = "number"  # number, percent, clock, text, list, flag, choice, several
    choices: tuple[tuple[str, Any], ...] = ()


class Table(NamedTuple):
    """A list of rows; `keyed` where the policy holds a mapping of its first column to its second."""

    path: str
    title: LazyString
    columns: tuple[Entry, ...]
    keyed: bool = False


class Group(NamedTuple):
    """All that belongs to one rule."""

    rule: Rule
    entries: tuple[Entry, ...] = ()
    tables: tuple[Table, ...] = ()


CHANNELS = (
    ("any", ANY),
    ("sms", _l("SMS")),
    ("email", _l("E-mail")),
    ("wechat", _l("WeChat")),
    ("app", _l("App")),
    ("file", _l("Outbox folder")),
)
CLASSES = (("normal", _l("Normal")), ("high", _l("Important moment")), ("panel", _l("Experience officers")), ("staff", _l("Staff survey")))
_STEPS = {

    "sent": _l("an invitation"), "answered": _l("an answer"), "declined": _l("“not this time”"),
    "abandoned": _l("an answer left unfinished"),
}  # fmt: skip
_SCOPES = {"any": _l("anywhere"), "group": _l("in the same group"), "same": _l("at the same touchpoint")}
COOLDOWNS = tuple(Entry(f"cooldown.{who}.{what}.{days}", "") for who in WHOS for what in WHATS for days in ("days", "high_days"))
"""The pauses; the page shows them as one table of steps and places."""
STEPS, SCOPES = _STEPS, _SCOPES

GROUPS: tuple[Group, ...] = (
    Group(Rule.ELIGIBLE, (
        Entry("eligible.tenure_days", _l("Customer for at least, days")), Entry("eligible.min_age", _l("Youngest age")),
        Entry("eligible.stale_hours", _l("Events older than this are not used, hours")),
        Entry("eligible.future_minutes", _l("Clocks may differ by, minutes")),
    )),
    Group(Rule.LAWFUL),
    Group(Rule.HOLDOUT, (Entry("holdout.share", _l("Holdout group, percent"), "percent"),)),
    Group(Rule.SAMPLED, (Entry("sampling.rate", _l("Sampling rate, percent"), "percent"),)),
    Group(Rule.QUOTA, (), (
        Table("quotas", _l("At most so many a day"), (
            Entry("what", _l("Counted"), "choice", (("invites", _l("invitations")), ("completes", _l("answers")))),
            Entry("n", _l("At most")),
            Entry("by", _l("Apart for each"), "several", (("touchpoint", _l("touchpoint")), ("unit", _l("unit")),
            ("segment", _l("segment")))),
            Entry("touchpoint", _l("Only touchpoint"), "text"), Entry("unit", _l("Only unit (code)"), "text"),
            Entry("segment", _l("Only segment"), "text"),
        )),
        Table("budgets", _l("Sending budget a day"), (Entry("channel", _l("Channel"), "choice", CHANNELS[1:]),
        Entry("cents", _l("Cents a day")))),
        Table("costs", _l("What a message costs"), (
            Entry("channel", _l("Channel"), "choice", CHANNELS[1:]), Entry("cents", _l("Cents a message")),
        ), keyed=True),
    )),
    Group(Rule.WORKLOAD, (
        Entry("workload.capacity", _l("Open cases that a unit can handle")), Entry("workload.days", _l("At most so many days on end")),
        Entry("workload.classes", _l("Classes that rest meanwhile"), "several", CLASSES),
    )),
    Group(Rule.ONE_OPEN, (Entry("pending.days", _l("Days an invitation stays open")),)),
    Group(Rule.COOLDOWN),
    Group(Rule.BACKOFF, (Entry("backoff.days", _l("Days after 1, 2, 3 … unanswered in a row"), "list"),)),
    Group(Rule.CAPS, (), (
        Table("caps", _l("At most so many in a rolling window"), (
            Entry("scope", _l("Counted"), "choice", (
                ("invite", _l("invitations")), ("message", _l("messages")), ("panel", _l("panel surveys")),
            )),
            Entry("channel", _l("Channel"), "choice", CHANNELS), Entry("n", _l("At most")),
            Entry("window", _l("Window, such as 24h or 90d"), "text"),
            Entry("per", _l("For each"), "choice", (("both", _l("person and company")), ("person", _l("person")),
            ("company", _l("company")))),
            Entry("kind", _l("Only"), "choice", (
                ("", _l("every kind")), ("invite", _l("invitation")), ("reminder", _l("reminder")), ("rerate", _l("re-rating")),
                ("panel", _l("panel")),
            )),
            Entry("weighted", _l("Weighted"), "flag"),
        )),
        Table("weights", _l("How heavily a channel counts"), (
            Entry("channel", _l("Channel"), "choice", CHANNELS[1:]), Entry("weight", _l("Weight")),
        ), keyed=True),
    )),
    Group(Rule.PAIRS, (), (
        Table("pairs", _l("Touchpoints that exclude each other"), (
            Entry("first", _l("After touchpoint"), "text"), Entry("then", _l("not touchpoint"), "text"), Entry("days", _l("within days")),
            Entry("either_way", _l("Both ways"), "flag"), Entry("never", _l("Never"), "flag"),
        )),
    )),
    Group(Rule.TIME, (
        Entry("quiet_hours.start", _l("Quiet hours from"), "clock"), Entry("quiet_hours.end", _l("Quiet hours until"), "clock"),
        Entry("quiet_hours.zone", _l("Time zone, where the customer's is unknown"), "text"),
        Entry("holidays.weekends", _l("Weekends are holidays too, for touchpoints that keep them"), "flag"),
        Entry("reminders.count", _l("Reminders")), Entry("reminders.after_hours", _l("Reminder after, hours")),
    )),
    Group(Rule.ARBITRATION, (Entry("arbitration.minutes", _l("Minutes within which occasions compete")),)),
)  # fmt: skip
