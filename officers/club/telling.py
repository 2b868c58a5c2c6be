"""What the club tells officers; the words of each kind are registered here, and here alone it is told."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from officers.people import notices
from portal.foundation.i18n import _l

notices.word("activity_moved_up", _l("You have a seat: %(title)s"), _l("A seat became free and you moved up from the waiting list."))
notices.word("activity_moved", _l("Changed: %(title)s"), _l("Time or place is another. Please look."))
notices.word("activity_called_off", _l("Called off: %(title)s"), _l("Reason: %(reason)s"))
notices.word("board_mention", _l("Somebody named you on the board"), _l("Open it to read and to answer."))
notices.word("board_comment", _l("Somebody commented on your post"), _l("Open it to read and to answer."))
notices.word("board_shown", _l("Your post is on the board"), _l("A moderator has looked at it."))
notices.word("board_hidden", _l("A moderator hid your post"), _l("Reason: %(reason)s"))
notices.word("board_ban", _l("You can read the board, but not write for %(days)s days"), _l("Reason: %(reason)s"))
notices.word("badge", _l("A new badge: %(name)s"), _l("It stands in the club from now on."))


def tell(session: Session, officer_ids: Iterable[UUID], code: str, facts: Mapping[str, Any], now: datetime, *, url: str = "") -> None:
    """Tell officers something; facts hold nothing of a post's words, so that no notice has to be taken back with it."""
    notices.tell(session, officer_ids, code, facts, now, url=url)
