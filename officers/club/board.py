"""The board as officers use it: writing, commenting, liking, reporting. What is written shows at once or waits for a moderator."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from officers.club import telling
from officers.club.models import Post, Topic
from officers.club.rules import posts as rules
from officers.club.store import board as store
from officers.club.store import moderating
from officers.club.store.erasing import GONE
from portal.foundation.errors import Conflict, InvalidInput, NotFound, SoundingsError

MOST_AN_HOUR = 30
WITHDRAWN = "withdrawn"
"""The reason of a post that its author took back."""


class MayNotWrite(SoundingsError):
    """A moderator took the right to write away for a while."""

    code, status = "board_banned", 403


class TooMuch(SoundingsError):
    """More than anybody writes in an hour."""

    code, status = "board_too_much", 429


class ClosedTopic(Conflict):
    """Nothing new is taken here."""

    code = "board_topic_closed"


def write(session: Session, author_id: UUID, topic_code: str, title: str, text: str, now: datetime) -> Post:
    """A new post.

    Raises  InvalidInput, NotFound, ClosedTopic, MayNotWrite, TooMuch
    """
    topic = store.topic(session, topic_code)
    if topic is None:
        raise InvalidInput({"topic": "missing"})
    return _add(session, author_id, topic, None, title.strip(), text.strip(), now)


def comment(session: Session, author_id: UUID, post_id: UUID, text: str, now: datetime) -> Post:
    """A comment on a post that shows.

    Raises  as `write`
    """
    found = store.visible(session, post_id)
    if found is None or found.post.parent_id is not None:
        raise NotFound
    topic = moderating.topic_by_id(session, found.post.topic_id)
    if topic is None:
        raise NotFound
    return _add(session, author_id, topic, found.post, "", text.strip(), now)


def _add(session: Session, author_id: UUID, topic: Topic, above: Post | None, title: str, text: str, now: datetime) -> Post:
    if wrong := rules.wrong(None if above else title, text):
        raise InvalidInput(wrong)
    if topic.closed:
        raise ClosedTopic
    if until := moderating.banned_until(session, author_id, now):
        raise MayNotWrite(until=until)
    if store.written_since(session, author_id, now - timedelta(hours=1)) >= MOST_AN_HOUR:
        raise TooMuch
    verdict = rules.judge(f"{title}\n{text}", moderating.words(session), shown_before=store.shown_before(session, author_id))
    post = Post(
        topic_id=topic.id, parent_id=above.id if above else None, author_id=author_id, title=title, text=text,
        state="waiting", held_for=verdict.held_for, created_at=now,
    )  # fmt: skip
    session.add(post)
    session.flush()
    store.add_mentions(session, post.id, [one for one in named(session, text) if one != author_id])
    if verdict.state == "shown":
        show(session, post, "waiting", {}, now)
    return post


def named(session: Session, text: str) -> list[UUID]:
    """The officers whom a text names."""
    runs = {run: rules.beginnings(run) for run in rules.mentions(text)}
    known = store.bearers(session, sorted({one for several in runs.values() for one in several}))
    found = [next((known[one] for one in several if one in known), None) for several in runs.values()]
    return list(dict.fromkeys(one for one in found if one is not None))


def show(session: Session, post: Post, before: str, values: dict[str, object], now: datetime) -> bool:
    """Let a post show, and tell those it concerns; False where it is no longer in the state it was seen in."""
    if not moderating.decide(session, post.id, before, {"state": "shown", "shown_at": now, "held_for": "", **values}):
        return False
    _count(session, post, 1)
    post.state, post.shown_at = "shown", now
    _tell(session, post, now)
    return True


def _tell(session: Session, post: Post, now: datetime) -> None:
    """Notices hold an address and nothing of the text, so that none has to be taken back with it."""
    above = store.by_id(session, post.parent_id) if post.parent_id else None
    if above is not None and above.state != "shown":
        return
    url = f"/officers/club/posts/{above.id if above else post.id}"
    told = list(store.take_mentions(session, post.id, now))
    if told:
        telling.tell(session, told, "board_mention", {}, now, url=url)
    if above is not None and above.author_id not in (None, post.author_id, *told):
        assert above.author_id is not None  # one of the tuple above
        telling.tell(session, [above.author_id], "board_comment", {}, now, url=url)


def take_down(session: Session, post: Post, state: str, values: dict[str, object]) -> bool:
    """Take a post out of sight: `waiting` or `hidden`; False where it is no longer in the state it was seen in."""
    before = post.state
    if not moderating.decide(session, post.id, before, {"state": state, **values}):
        return False
    if before == "shown":
        _count(session, post, -1)
    return True


def _count(session: Session, post: Post, by: int) -> None:
    """A comment more or less under its post, a post under its heading."""
    if post.parent_id is not None:
        store.count_comment(session, post.parent_id, by)
    else:
        store.count_post(session, post.topic_id, by)


def taken_back(post: Post) -> bool:
    """Whether its author took it out of sight, or was erased with it: nobody else puts it back."""
    return post.state == "hidden" and (post.reason in (WITHDRAWN, GONE) or post.author_id is None)


def withdraw(session: Session, author_id: UUID, post_id: UUID, now: datetime) -> None:
    """Take one's own post back.

    Raises  NotFound
    """
    post = store.hold(session, post_id)
    if post is None or post.author_id != author_id or post.state == "hidden":
        raise NotFound
    take_down(session, post, "hidden", {"reason": WITHDRAWN, "decided_at": now, "reports": 0})


def like(session: Session, reader_id: UUID, post_id: UUID, wanted: bool, now: datetime) -> None:
    """Like a post that shows, or no longer; it earns nobody anything.

    Raises  NotFound
    """
    if store.visible(session, post_id) is None:
        raise NotFound
    if wanted:
        store.like(session, post_id, reader_id, now)
    else:
        store.unlike(session, post_id, reader_id)


def report(session: Session, reader_id: UUID, post_id: UUID, reason: str, now: datetime) -> None:
    """Say that a post does not belong here; the third report takes it out of sight until a moderator looked.

    Raises  NotFound, InvalidInput
    """
    if store.visible(session, post_id) is None:
        raise NotFound
    if not reason.strip() or len(reason) > 300:
        raise InvalidInput({"reason": "too_long" if reason.strip() else "missing"})
    if store.report(session, post_id, reader_id, reason.strip(), now) >= rules.REPORTS_HIDE:
        post = store.hold(session, post_id)
        if post is not None and post.state == "shown":
            take_down(session, post, "waiting", {"held_for": "report"})
