"""What moderators decide, each with a reason and an entry in the audit trail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from officers.club import board, telling
from officers.club.models import Post
from officers.club.store import board as store
from officers.club.store import moderating
from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, InvalidInput, NotFound

LONGEST_BAN = 365
WORD = 60


class Decided(Conflict):
    """Somebody else decided meanwhile."""

    code = "post_already_decided"


class TakenBack(Conflict):
    """Its author took it back, or left with it; it does not show again."""

    code = "post_taken_back"


@dataclass(frozen=True)
class Ruling:
    """A decision on a post: `approve`, `hide`, or `ban` (hides it and keeps the author from writing for `days`).

    seen  the state that the moderator saw
    """

    act: str
    seen: str
    reason: str = ""
    days: int | None = None


def decide(session: Session, post_id: UUID, ruling: Ruling, actor: Actor, now: datetime) -> Post:
    """Decide on a post.

    Raises  NotFound, InvalidInput, Decided, TakenBack
    """
    post = store.hold(session, post_id)
    if post is None:
        raise NotFound
    if post.state != ruling.seen:
        raise Decided
    if ruling.act == "approve" and board.taken_back(post):
        raise TakenBack
    _check(ruling)
    who: dict[str, object] = {"decided_by": actor.user_id, "decided_at": now, "reports": 0}
    if ruling.act == "approve":
        _approve(session, post, who, now)
    else:
        board.take_down(session, post, "hidden", {**who, "reason": ruling.reason.strip()})
    moderating.settle_reports(session, post.id, now)
    if ruling.act == "ban" and post.author_id is not None and ruling.days:
        moderating.ban(session, post.author_id, now + timedelta(days=ruling.days), ruling.reason.strip(), actor.user_id, now)
    if post.author_id is not None and ruling.act != "approve":
        code = "board_ban" if ruling.act == "ban" else "board_hidden"
        telling.tell(session, [post.author_id], code, {"reason": ruling.reason.strip(), "days": ruling.days or 0}, now)
    record(session, actor, f"post.{ruling.act}", "post", post.id, now, {"from": ruling.seen, "days": ruling.days or 0})
    return post


def _approve(session: Session, post: Post, who: dict[str, object], now: datetime) -> None:
    if post.state == "shown":  # it was reported, and may stay
        moderating.decide(session, post.id, "shown", {**who, "held_for": ""})
        return
    board.show(session, post, post.state, {**who, "reason": ""}, now)
    if post.author_id is not None:
        above = post.parent_id or post.id
        telling.tell(session, [post.author_id], "board_shown", {}, now, url=f"/officers/club/posts/{above}")


def _check(ruling: Ruling) -> None:
    wrong = {}
    if ruling.act not in ("approve", "hide", "ban"):
        wrong["act"] = "missing"
    if ruling.act != "approve" and not ruling.reason.strip():
        wrong["reason"] = "missing"
    if len(ruling.reason) > 300:
        wrong["reason"] = "too_long"
    if ruling.act == "ban" and (ruling.days is None or not 1 <= ruling.days <= LONGEST_BAN):
        wrong["days"] = "out_of_range"
    if wrong:
        raise InvalidInput(wrong)


def lift(session: Session, officer_id: UUID, actor: Actor, now: datetime) -> None:
    """Let somebody write again.

    Raises  NotFound
    """
    if not moderating.lift(session, officer_id):
        raise NotFound
    record(session, actor, "board.lift_ban", "officer", officer_id, now)


def add_words(session: Session, text: str, actor: Actor, now: datetime) -> int:
    """Add words to the list, one a line; gives how many were new.

    Raises  InvalidInput
    """
    words = [one.strip() for one in text.splitlines() if one.strip()]
    if not words or len(words) > 1000 or any(len(one) > WORD for one in words):
        raise InvalidInput({"words": "too_long" if words else "missing"})
    added = moderating.add_words(session, words, actor.user_id, now)
    record(session, actor, "board.add_words", "board_word", None, now, {"added": added})
    return added


def drop_word(session: Session, word: str, actor: Actor, now: datetime) -> None:
    """Take a word off the list.

    Raises  NotFound
    """
    if not moderating.drop_word(session, word):
        raise NotFound
    record(session, actor, "board.drop_word", "board_word", None, now)
