"""The words of this room's codes, and each entry of the ledger as a sentence."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from officers.people import notices
from officers.points.models import PointAward, PointEntry
from portal.foundation.i18n import _, _l, pick

ENTRIES = {
    "award": _l("Paid"), "second": _l("Second part paid"), "correction": _l("Correction"), "redeem": _l("Redeemed"),
    "refund": _l("Refund"), "expiry": _l("Expired"), "claw_back": _l("Claw-back"), "settle": _l("Settled what was owed"),
}  # fmt: skip
RULES = {
    "submission": _l("Submission accepted"), "duplicate": _l("Duplicate of an open issue"), "idea": _l("Idea adopted"),
    "idea_implemented": _l("Idea implemented"), "activity": _l("Activity"), "training": _l("Training passed"),
    "contest": _l("Contest"), "manual": _l("Special thanks"),
}  # fmt: skip
WHEN = {
    "submission": _l("when the review accepts it; the rest once the issue is verified as fixed"),
    "duplicate": _l("for the two highest severities, once the first report is accepted; your own duplicate earns nothing"),
    "idea": _l("when it is adopted; the rest once it is implemented"),
    "idea_implemented": _l("when the bank has put it into practice"),
    "activity": _l("when you have checked in and the activity is over"),
    "training": _l("when you have passed the quiz"),
    "contest": _l("when the winners are named"),
    "manual": _l("by the programme's manager, approved by a second person"),
}
SEVERITIES = {1: _l("severe"), 2: _l("serious"), 3: _l("moderate"), 4: _l("slight")}
REJECTIONS = (
    (_l("Not what the task asked for"), _l("A photo of the door, where the task asks for the waiting area.")),
    (_l("Nobody can check it"), _l("“The queue was long”, without when, where and how long.")),
    (_l("The photo is not from this visit"), _l("Taken before the task was claimed, or used by somebody before.")),
    (_l("Somebody can be recognised"), _l("A customer's face, a card number, a name on a form.")),
    (_l("It is known"), _l("The same thing was reported before: see duplicates.")),
)
"""Why submissions are most often rejected, each with an example."""
BENEFIT_KINDS = {"goods": _l("Goods by post"), "code": _l("Redemption code"), "voucher": _l("Voucher"), "service": _l("Service")}
BENEFIT_STATES = {"draft": _l("Draft"), "on_sale": _l("On sale"), "paused": _l("Paused"), "retired": _l("Retired")}
BENEFIT_TONES = {"on_sale": "good", "paused": "warn"}
REDEMPTIONS = {
    "reserved": _l("Reserved"), "fulfilling": _l("Being prepared"), "delivered": _l("Delivered"), "disputed": _l("Disputed"),
    "cancelled": _l("Cancelled"), "failed": _l("Failed, refunded"),
}  # fmt: skip
REDEMPTION_TONES = {"reserved": "info", "fulfilling": "info", "delivered": "good", "disputed": "warn", "failed": "bad"}
AWARD_STATES = {"paid": _l("Paid"), "refused": _l("Not paid"), "revoked": _l("Revoked")}
RULES_STATES = {
    "submitted": _l("Waits for a second person"),
    "approved": _l("Approved"),
    "withdrawn": _l("Withdrawn"),
    "draft": _l("Draft"),
}
RULES_TONES = {"submitted": "warn", "approved": "good"}
CORRECTIONS = {"waiting": _l("Waits for a second person"), "approved": _l("Approved"), "declined": _l("Declined")}

notices.word("points_usable", _l("%(points)s experience points can be spent now"), _l("Have a look at the benefits."))
notices.word("points_expiring", _l("%(points)s experience points expire on %(day)s"), _l("In %(days)s days or less. Spend them before."))
notices.word(
    "points_claw_back", _l("%(points)s experience points were taken back"), _l("The work behind them was revoked. The statement says why.")
)
notices.word("redemption_sent", _l("Your benefit is on its way: %(name)s"), _l("Tell us within 30 days if it does not arrive."))
notices.word(
    "redemption_back", _l("Your experience points are back: %(name)s"), _l("The redemption was cancelled or could not be delivered.")
)


PLAIN = {
    "expiry": _l("What was left of points at the end of their last month."),
    "settle": _l("Taken from what came in, for what was still owed."),
    "redeem": _l("Taken from the points that expire first."),
    "refund": _l("Back to the points they came from, or with a time of grace where those have expired."),
}


def title_of(entry: PointEntry) -> str:
    """What an entry is, in a few words."""
    name = pick(str(entry.factors.get("name_zh", "")), str(entry.factors.get("name_en", "")))
    if entry.kind in ("award", "second"):
        return str(RULES.get(entry.rule, entry.rule))
    return f"{ENTRIES[entry.kind]} · {name}" if name else str(ENTRIES[entry.kind])


def why(entry: PointEntry, reasons: Mapping[str, str] = MappingProxyType({})) -> str:
    """By which rule and which factors it came to its amount, as a sentence; `reasons` are those of corrections, by id."""
    factors = entry.factors
    if entry.kind in ("award", "second"):
        return sum_of(factors, entry.kind)
    if entry.kind == "claw_back":
        if reason := factors.get("reason"):  # entries of earlier versions kept it
            return str(_("Revoked: %(reason)s. %(owed)s are still owed.", reason=reason, owed=entry.owed))
        return str(_("Revoked. %(owed)s are still owed.", owed=entry.owed))
    if entry.kind == "correction":
        return str(_("By hand, approved by a second person: %(reason)s", reason=reasons.get(str(factors.get("correction")), "–")))
    return str(PLAIN[entry.kind])


def sum_of(factors: Mapping[str, Any], part: str) -> str:
    """`40 × quality 2 × tier 1.1; half now`, as far as it says something."""
    parts = [_("%(base)s points", base=factors.get("base", "–"))]
    for name, words in (("quality", _l("quality × %(n)s")), ("tier", _l("tier × %(n)s")), ("share", _l("share × %(n)s"))):
        if Decimal(str(factors.get(name, 1))) != 1:
            parts.append(str(words) % {"n": factors[name]})
    text = _(", ").join(parts)
    if "capped_from" in factors:
        text += _("; ") + _("cut from %(n)s by the day's cap", n=factors["capped_from"])
    if Decimal(str(factors.get("first", 1))) != 1:
        text += _("; ") + (_("first part") if part == "award" else _("second part, now that it is verified"))
    return str(text + _("; ") + _("rules version %(n)s", n=factors.get("version", "–")))


def promise_of(award: PointAward) -> str:
    """What is still to come of an award."""
    return str(RULES.get(award.rule, award.rule))


FIGURES = {
    "issued": _l("Issued"), "spent": _l("Spent"), "refunded": _l("Refunded"), "expired": _l("Expired"), "taken_back": _l("Taken back"),
    "outstanding": _l("Outstanding"), "pending": _l("Pending"), "expiring": _l("Expiring"), "owed": _l("Owed by officers"),
    "promised": _l("Promised, not yet paid"),
}  # fmt: skip
