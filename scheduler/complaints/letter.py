"""The decision letter: what was complained about, what was decided and why, and the ways that are open to who does not agree."""

from datetime import datetime
from zoneinfo import ZoneInfo

from portal.foundation.crypto import Keys
from portal.foundation.i18n import _
from portal.foundation.settings import Settings
from scheduler.cases.models import Case
from scheduler.complaints import words
from scheduler.complaints.models import Complaint, ComplaintReview
from scheduler.complaints.rules.limits import Limits
from scheduler.delivery.compose import bank_name
from scheduler.evidence.papers import Paper, Section, make

EXCERPT = 400


def decision_letter(
    complaint: Complaint, case: Case, review: ComplaintReview | None, keys: Keys, settings: Settings, limits: Limits, language: str
) -> bytes:
    """The PDF in the language that Flask speaks now; `language` picks the way lines are broken.

    Raises  ValueError for a complaint that is not decided
    """
    if complaint.decision_enc is None or complaint.decided_at is None:
        raise ValueError("no decision")
    said = keys.decrypt(complaint.words_enc)
    name = keys.decrypt(complaint.name_enc) if complaint.name_enc else str(_("Customer"))
    facts = [
        (str(_("Complaint number")), case.number),
        (str(_("Received on")), _day(complaint.received_at, settings)),
        (str(_("Decided on")), _day(complaint.decided_at, settings)),
        (str(_("Result")), str(words.OUTCOMES[complaint.outcome or "settled"])),
    ]
    sections = [
        Section(str(_("What you told us")), [said[:EXCERPT] + ("…" if len(said) > EXCERPT else "")]) if said else Section(),
        Section(str(_("Our decision")), [keys.decrypt(complaint.decision_enc)]),
    ]
    if review is not None and review.decision_enc is not None and review.decided_at is not None:
        changed = str(words.REVIEWS[review.state])
        sections.append(Section(f"{_('Review by the level above')} · {changed}", [keys.decrypt(review.decision_enc)]))
    ways = [f"{place}. {one}" for place, one in enumerate(words.redress(limits.review_within_days), 1)]
    sections.append(Section(str(_("If you do not agree")), ways))
    bank = bank_name(settings, language)
    paper = Paper(
        bank, str(_("Decision about your complaint")), facts, [Section(paragraphs=[str(_("Dear %(name)s,", name=name))]), *sections],
        signature=[bank, _day(review.decided_at if review and review.decided_at else complaint.decided_at, settings)],
        foot=str(_("Hotline %(hotline)s. We never ask for passwords or codes.", hotline=settings.hotline)), spoken=language,
    )  # fmt: skip
    return make(paper, settings.print_font)


def _day(at: datetime, settings: Settings) -> str:
    return f"{at.astimezone(ZoneInfo(settings.zone)):%Y-%m-%d}"
