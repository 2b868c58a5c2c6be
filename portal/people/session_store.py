"""The SQL of sessions, tries to log in, and second factors."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlmodel import Session, col

from portal.foundation.db import upsert_for
from portal.people.access_models import LogInTry, RecoveryCode, SecondFactor, StaffSession
from portal.people.models import UserRole


def session_by_id(session: Session, session_id: UUID) -> StaffSession | None:
    """A session, ended or not."""
    return session.get(StaffSession, session_id)


def live_sessions(session: Session, user_id: UUID, now: datetime, seen_since: datetime | None) -> list[StaffSession]:
    """A user's sessions that still open something, the last used first."""
    query = select(StaffSession).where(col(StaffSession.user_id) == user_id, col(StaffSession.ended_at).is_(None))
    query = query.where(or_(col(StaffSession.until).is_(None), col(StaffSession.until) > now))
    if seen_since is not None:
        query = query.where(col(StaffSession.seen_at) > seen_since)
    return list(session.scalars(query.order_by(col(StaffSession.seen_at).desc(), col(StaffSession.id)).limit(100)))


def note_seen(session: Session, session_id: UUID, now: datetime, before: datetime) -> None:
    """Write the moment of the last request unless another process just did."""
    session.execute(update(StaffSession).where(col(StaffSession.id) == session_id, col(StaffSession.seen_at) <= before).values(seen_at=now))


def end_sessions(session: Session, user_id: UUID, ended_by: UUID | None, now: datetime, but: UUID | None = None) -> None:
    """End all sessions of a user, perhaps but one."""
    query = update(StaffSession).where(col(StaffSession.user_id) == user_id, col(StaffSession.ended_at).is_(None))
    if but is not None:
        query = query.where(col(StaffSession.id) != but)
    session.execute(query.values(ended_at=now, ended_by=ended_by))


def drop_sessions(session: Session, before: datetime) -> int:
    """Forget sessions that were last used long ago, and tries of long ago."""
    gone = session.execute(delete(StaffSession).where(col(StaffSession.seen_at) < before))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # the result of a delete has it


def tries(session: Session, key: bytes) -> LogInTry | None:
    """The wrong passwords so far for a name from an address."""
    return session.get(LogInTry, key)


def put_try(session: Session, key: bytes, failures: int, now: datetime, until: datetime | None) -> None:
    """Write the count anew."""
    table = LogInTry.__table__  # type: ignore[attr-defined]  # SQLModel hides it
    values = {"failures": failures, "last_at": now, "until": until}
    insert = upsert_for(session)(table).values(key=key, **values)
    session.execute(insert.on_conflict_do_update(index_elements=["key"], set_=values))


def drop_try(session: Session, key: bytes) -> None:
    """Forget the wrong passwords after a right one."""
    session.execute(delete(LogInTry).where(col(LogInTry.key) == key))


def drop_tries(session: Session, before: datetime) -> int:
    """Forget counts that begin anew anyway."""
    gone = session.execute(delete(LogInTry).where(col(LogInTry.last_at) < before))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # the result of a delete has it


def factor(session: Session, user_id: UUID) -> SecondFactor | None:
    """A user's second factor, confirmed or not."""
    return session.get(SecondFactor, user_id)


def has_factor(session: Session, user_id: UUID) -> bool:
    """Whether a second factor is in force."""
    found = factor(session, user_id)
    return found is not None and found.confirmed_at is not None


def take_step(session: Session, user_id: UUID, step: int) -> bool:
    """Let a code of a time step count, once; False where it or a later one counted before."""
    done = session.execute(
        update(SecondFactor).where(col(SecondFactor.user_id) == user_id, col(SecondFactor.last_step) < step).values(last_step=step)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]  # the result of an update has it


def use_recovery(session: Session, user_id: UUID, code_hash: bytes, now: datetime) -> bool:
    """Let a recovery code count, once."""
    done = session.execute(
        update(RecoveryCode)
        .where(col(RecoveryCode.user_id) == user_id, col(RecoveryCode.code_hash) == code_hash, col(RecoveryCode.used_at).is_(None))
        .values(used_at=now)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]  # the result of an update has it


def recovery_left(session: Session, user_id: UUID) -> int:
    """How many recovery codes are unused."""
    query = select(func.count()).select_from(RecoveryCode).where(col(RecoveryCode.user_id) == user_id, col(RecoveryCode.used_at).is_(None))
    return session.scalar(query) or 0


def put_recovery(session: Session, user_id: UUID, hashes: list[bytes]) -> None:
    """Replace all recovery codes of a user."""
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    session.add_all([RecoveryCode(user_id=user_id, code_hash=one) for one in hashes])
    session.flush()


def drop_factor(session: Session, user_id: UUID) -> None:
    """Take a second factor away, with its recovery codes."""
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user_id))
    session.execute(delete(SecondFactor).where(col(SecondFactor.user_id) == user_id))


def live_roles(session: Session, user_id: UUID, now: datetime) -> set[str]:
    """The roles a user holds now."""
    live = or_(col(UserRole.expires_at).is_(None), col(UserRole.expires_at) > now)
    return set(session.scalars(select(col(UserRole.role)).where(col(UserRole.user_id) == user_id, live)))
