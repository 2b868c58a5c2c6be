"""What officers are told about their work at each step."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from officers.people import notices
from officers.work.models import Task
from portal.foundation.i18n import _l


def tell(session: Session, officer_id: UUID, code: str, task: Task, now: datetime, url: str = "/officers/tasks", **facts: str) -> None:
    """Tell an officer something about a task; `facts` as the words of the code want them."""
    notices.tell(session, [officer_id], code, {"task_zh": task.title_zh, "task_en": task.title_en, **facts}, now, url=url)


def page_of(submission_id: UUID) -> str:
    """The address of a submission within the zone."""
    return f"/officers/tasks/submissions/{submission_id}"


notices.word(
    "claim_expired",
    _l("Your place in “%(task)s” has expired"),
    _l("It is free for others again. You may claim it anew while there are places."),
)
notices.word(
    "claims_paused",
    _l("A pause until %(until)s"),
    _l("Three places expired within 30 days. Give a place back in time next time: that costs nothing."),
)
notices.word(
    "submission_approved",
    _l("“%(task)s” is approved"),
    _l("Thank you. Points become available after %(days)s days; more follow when what you found is put right."),
)
notices.word("submission_rejected", _l("“%(task)s” was not approved"), _l("The reason is on its page. You may appeal within 72 hours."))
notices.word(
    "submission_duplicate",
    _l("“%(task)s” was seen before"),
    _l("Another officer was first. Where it is serious you get a share once the first one is approved."),
)
notices.word(
    "submission_need_info", _l("Please add something to “%(task)s”"), _l("A reviewer has a question. Please answer within 48 hours.")
)
notices.word("info_over", _l("The time for an answer on “%(task)s” is over"), _l("The reviewer now decides on what you sent."))
notices.word(
    "submission_revoked",
    _l("The approval of “%(task)s” was taken back"),
    _l("Its points and growth value are taken back. The reason is on its page."),
)
notices.word("appeal_won", _l("Your appeal on “%(task)s” was right"), _l("It is approved now, with its points."))
notices.word("appeal_lost", _l("The decision on “%(task)s” stands"), _l("What the second reviewer says is on its page."))
