"""The SQL of answering. What every page and form needs is in the driver's own words (see `wire`); the rest is Core."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from portal.foundation.db import Database, ids_in
from portal.foundation.ids import new_id
from portal.foundation.quick import Lane
from questionnaires.answering import wire
from questionnaires.answering.models import Invitation
from questionnaires.library.models import Questionnaire, QuestionnaireVersion

CUTS = (
    "person_id",
    "customer_id",
    "touchpoint",
    "stage",
    "unit_id",
    "account_unit_id",
    "counter",
    "staff",
    "channel",
    "product",
    "segment",
    "purpose",
    "source",
    "happened_at",
    "probability",
    "test",
)
"""What a response takes over from its invitation, so that figures never need to join."""
SHOWN_CUTS = ("touchpoint", "stage", "channel", "product", "segment")
"""What conditions may read of an event."""
NOTHING: Mapping[str, str] = {}
_UUID_CUTS = frozenset({"person_id", "customer_id", "unit_id", "account_unit_id"})


class Link(NamedTuple):
    """An invitation as an answer needs it. `key` is its id as the database spells it."""

    key: Any
    version_id: UUID
    language: str | None
    expires_at: datetime
    started_at: datetime | None
    submitted_at: datetime | None
    declined_at: datetime | None
    large: bool
    cuts: Mapping[str, Any]

    @property
    def id(self) -> UUID:
        """The invitation; turned only for whom needs it."""
        return cast(UUID, wire.uuid(self.key))


class Saved(NamedTuple):
    """What somebody has answered so far; `answers` as they are stored, `private` what `private.opened` puts back."""

    id: UUID
    answers: dict[str, Any]
    page: int
    revision: int
    language: str | None
    submitted_at: datetime | None
    started_at: datetime | None
    flags: list[str]
    private: bytes | None


_LINK = "i.id, i.version_id, i.language, i.expires_at, i.started_at, i.submitted_at, i.declined_at, i.large"
_SAVED = "r.id, r.answers, r.page, r.revision, r.language, r.submitted_at, r.started_at, r.flags, r.private_enc"
_ALL_CUTS = ", ".join(f"i.{name}" for name in CUTS)
_FEW_CUTS = ", ".join(f"i.{name}" for name in SHOWN_CUTS)
_LOOK_UP = f"SELECT {_LINK} FROM invitation i WHERE i.token_hash = :token_hash"  # noqa: S608  # our own column names
_DETAILS = f"SELECT {_FEW_CUTS}, {_SAVED} FROM invitation i LEFT JOIN response r ON r.invitation_id = i.id WHERE i.id = :id"  # noqa: S608  # our own column names
_LOCK = f"SELECT {_LINK}, {_ALL_CUTS} FROM invitation i WHERE i.token_hash = :token_hash"  # noqa: S608  # our own column names
_ANSWERED = f"SELECT {_SAVED} FROM response r WHERE r.invitation_id = :invitation_id"  # noqa: S608  # our own column names
_BY_ID = f"SELECT {_SAVED} FROM response r WHERE r.id = :id"  # noqa: S608  # our own column names
_OPEN = "token_hash = :token_hash AND submitted_at IS NULL AND declined_at IS NULL AND expires_at > :now"
_TOUCH = "UPDATE invitation SET opened_at = COALESCE(opened_at, :now), touched_at = :now, taken_over_at = NULL"
_OPENED = f"{_TOUCH} WHERE opened_at IS NULL AND {_OPEN}"
_STARTED = f"{_TOUCH}, started_at = COALESCE(started_at, :now) WHERE {_OPEN}"
_CLAIM = f"{_TOUCH}, started_at = COALESCE(started_at, :now), submitted_at = :now WHERE {_OPEN}"
_DECLINED = f"{_TOUCH}, declined_at = :now WHERE {_OPEN}"
_OPT_OUT = """
INSERT INTO opt_out (id, customer_id, purpose, channel, source, at) SELECT :id, :customer_id, '', '', 'page', :at WHERE NOT EXISTS (
SELECT 1 FROM opt_out o WHERE o.customer_id = :customer_id AND o.purpose = '' AND o.channel = '' AND o.taken_back_at IS NULL)
"""
_WISH = """
UPDATE response SET wish = :wish WHERE wish IS NULL AND submitted_at IS NOT NULL
AND invitation_id = (SELECT i.id FROM invitation i WHERE i.token_hash = :token_hash)
"""
_NO_KEY_UPDATE = {"postgresql": " FOR NO KEY UPDATE"}
_FOR_UPDATE = {"postgresql": " FOR UPDATE"}


def _link(row: Sequence[Any], cuts: tuple[str, ...]) -> Link:
    copied = dict(zip(cuts, row[8:], strict=False))
    for name in _UUID_CUTS & copied.keys():
        copied[name] = wire.uuid(copied[name])
    if "happened_at" in copied:
        copied["happened_at"] = wire.moment(copied["happened_at"])
        copied["test"] = bool(copied["test"])
    ends = cast(datetime, wire.moment(row[3]))
    return Link(
        row[0],
        wire.often(row[1]),
        row[2],
        ends,
        wire.moment(row[4]),
        wire.moment(row[5]),
        wire.moment(row[6]),
        bool(row[7]),
        copied,
    )


def _saved(row: Sequence[Any]) -> Saved:
    return Saved(
        cast(UUID, wire.uuid(row[0])),
        wire.document(row[1]),
        row[2],
        row[3],
        row[4],
        wire.moment(row[5]),
        wire.moment(row[6]),
        wire.document(row[7]) or [],
        row[8],
    )


def look_up(db: Database, token_hash: bytes) -> Link | None:
    """The invitation of a token, without its cuts; one statement, no lock, no transaction."""
    rows = db.glance(wire.spelled(_LOOK_UP, db.dialect), {"token_hash": token_hash})
    return _link(rows[0], ()) if rows else None


def details(db: Database, invitation_id: UUID) -> tuple[dict[str, Any], Saved | None]:
    """What conditions may read of an invitation's event, and what was answered so far."""
    rows = db.glance(wire.spelled(_DETAILS, db.dialect), wire.bound({"id": invitation_id}, db.dialect))
    saved = rows[0][len(SHOWN_CUTS) :]
    return dict(zip(SHOWN_CUTS, rows[0], strict=False)), _saved(saved) if saved[0] is not None else None


def _rows(lane: Lane, statement: str, locking: Mapping[str, str], **values: Any) -> list[Any]:
    return lane.rows(wire.spelled(statement, lane.dialect) + locking.get(lane.dialect, ""), wire.bound(values, lane.dialect))


def _run(lane: Lane, statement: str, **values: Any) -> bool:
    """Whether the statement changed exactly one row."""
    return lane.run(wire.spelled(statement, lane.dialect), wire.bound(values, lane.dialect)) == 1


def _last(lane: Lane, statement: str, **values: Any) -> None:
    """A write that is certain to fit, of which nothing needs to be known."""
    lane.last(wire.spelled(statement, lane.dialect), wire.bound(values, lane.dialect))


def lock_link(lane: Lane, token_hash: bytes) -> Link | None:
    """The invitation of a token, held until the transaction ends: taps on one link stand in line.

    What was answered is read by a later statement, `saved_of`: one that waits for the lock sees it as it was before.
    """
    rows = _rows(lane, _LOCK, _NO_KEY_UPDATE, token_hash=token_hash)
    return _link(rows[0], CUTS) if rows else None


def see_link(lane: Lane, token_hash: bytes) -> Link | None:
    """The same without holding it, for `submit_alone`; on PostgreSQL."""
    rows = lane.alone(wire.spelled(_LOCK, lane.dialect), wire.bound({"token_hash": token_hash}, lane.dialect))
    return _link(rows[0], CUTS) if rows else None


def submit_alone(lane: Lane, token_hash: bytes, row: Mapping[str, Any], scores: Mapping[str, float], now: datetime) -> bool:
    """Claim a link that nobody has begun, with its response and scores, in one statement that is its own transaction.

    False, and nothing written, where somebody was faster. On PostgreSQL.
    """
    values = dict(row) | {"token_hash": token_hash, "now": now}
    for letter, (indicator, value) in zip(wire.letters(len(scores)), scores.items(), strict=True):
        values |= {f"indicator_{letter}": indicator, f"value_{letter}": value}
    statement = wire.claiming(f"{_CLAIM} AND started_at IS NULL", tuple(row), len(scores))
    return bool(lane.alone(wire.spelled(statement, lane.dialect), wire.bound(values, lane.dialect)))


def saved_of(lane: Lane, invitation_id: UUID) -> Saved | None:
    """What was answered so far to an invitation."""
    rows = _rows(lane, _ANSWERED, NOTHING, invitation_id=invitation_id)
    return _saved(rows[0]) if rows else None


def saved_by_id(lane: Lane, response_id: UUID) -> Saved | None:
    """What was answered so far in a response, held until the transaction ends."""
    rows = _rows(lane, _BY_ID, _FOR_UPDATE, id=response_id)
    return _saved(rows[0]) if rows else None


def claim(lane: Lane, token_hash: bytes, now: datetime) -> None:
    """Mark a link as submitted. Its row is held and was open, so that this is certain and travels with the COMMIT."""
    _last(lane, _CLAIM, token_hash=token_hash, now=now)


def mark_opened(lane: Lane, token_hash: bytes, now: datetime) -> bool:
    """The page stood before somebody's eyes."""
    return _run(lane, _OPENED, token_hash=token_hash, now=now)


def mark_started(lane: Lane, token_hash: bytes, now: datetime) -> None:
    """The first page was sent; the link's row is held."""
    _last(lane, _STARTED, token_hash=token_hash, now=now)


def mark_declined(lane: Lane, token_hash: bytes, now: datetime) -> bool:
    """Not this time."""
    return _run(lane, _DECLINED, token_hash=token_hash, now=now)


def add_response(lane: Lane, row: Mapping[str, Any], *, held: bool = False) -> bool:
    """A new response; False where it is there already. Where the link's row is `held` it can't be."""
    statement = wire.inserting("response", tuple(row)) + " ON CONFLICT DO NOTHING"
    if held:
        _last(lane, statement, **row)
        return True
    return _run(lane, statement, **row)


def save_response(lane: Lane, saved: Saved, values: Mapping[str, Any], *, held: bool = False) -> bool:
    """Change a response that nobody changed since it was read and that was not submitted; `held` as for a new one."""
    changes = ", ".join(f"{name} = :{name}" for name in values)
    statement = f"UPDATE response SET {changes}, revision = revision + 1 WHERE id = :of AND revision = :was AND submitted_at IS NULL"  # noqa: S608  # our own names
    if held:
        _last(lane, statement, **values, of=saved.id, was=saved.revision)
        return True
    return _run(lane, statement, **values, of=saved.id, was=saved.revision)


def add_scores(lane: Lane, response_id: UUID, scores: Mapping[str, float]) -> None:
    """What a response gives to each indicator."""
    if not scores:
        return
    values: dict[str, Any] = {"response_id": response_id}
    for letter, (indicator, value) in zip(wire.letters(len(scores)), scores.items(), strict=True):
        values |= {f"indicator_{letter}": indicator, f"value_{letter}": value}
    _last(lane, wire.inserting_scores(len(scores)), **values)


def mark_wish(lane: Lane, token_hash: bytes, wish: str) -> bool:
    """What a promoter took up on the closing page; the first one stays."""
    return _run(lane, _WISH, token_hash=token_hash, wish=wish)


def add_opt_out(lane: Lane, customer_id: UUID, at: datetime) -> bool:
    """Never ask again, on any channel; once is enough."""
    return _run(lane, _OPT_OUT, id=new_id(), customer_id=customer_id, at=at)


_NUMBERED = "SELECT channel, expires_at FROM invitation WHERE number = :number AND expires_at > :since AND test = :test"


def numbered(db: Database, number: int, since: datetime) -> list[Any]:
    """Channel and end of the invitations with a short number that ended after an instant, or have not ended; hardly ever several."""
    values = wire.bound({"number": number, "since": since, "test": False}, db.dialect)
    return db.glance(wire.spelled(_NUMBERED, db.dialect), values)


def definition_of(session: Session, version_id: UUID) -> dict[str, Any] | None:
    """A published version's document."""
    found: dict[str, Any] | None = session.scalar(
        select(col(QuestionnaireVersion.definition)).where(col(QuestionnaireVersion.id) == version_id)
    )
    return found


def draft_of(session: Session, questionnaire_id: UUID) -> dict[str, Any] | None:
    """A questionnaire's draft."""
    found: dict[str, Any] | None = session.scalar(select(col(Questionnaire.draft)).where(col(Questionnaire.id) == questionnaire_id))
    return found


def ended_links(session: Session, now: datetime, since: datetime, limit: int) -> list[UUID]:
    """Invitations that ended unanswered and were not touched since; rows that another process holds are passed over."""
    ended = col(Invitation.expires_at)
    unanswered = col(Invitation.submitted_at).is_(None), col(Invitation.declined_at).is_(None)
    untouched = or_(col(Invitation.touched_at).is_(None), col(Invitation.touched_at) < ended)
    query = select(col(Invitation.id)).where(ended <= now, ended > since, *unanswered, untouched).order_by(ended).limit(limit)
    return list(session.scalars(query.with_for_update(skip_locked=True)))


def hand_over(session: Session, invitation_ids: Iterable[UUID], now: datetime) -> None:
    """Show invitations to whoever keeps the ledger of contacts."""
    rows = update(Invitation).where(ids_in(col(Invitation.id), invitation_ids)).values(touched_at=now, taken_over_at=None)
    session.execute(rows.execution_options(synchronize_session=False))
