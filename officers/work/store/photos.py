"""The SQL of photos. Lists read rows; contents are read one at a time."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, or_, select, union, update
from sqlmodel import Session, col

from officers.work.photo_models import Photo, PhotoContent, PhotoMatch
from portal.foundation.db import ids_in, insert_rows, keys_in, upsert_for

NEAREST = 40
"""So many likenesses of one photo are noted; nobody reads more."""
_TOP = 2**63


def signed(value: int) -> int:
    """64 bits as the database keeps them."""
    return value - 2 * _TOP if value >= _TOP else value


def unsigned(value: int) -> int:
    """64 bits as they are compared."""
    return value + 2 * _TOP if value < 0 else value


def add(session: Session, rows: Sequence[Photo], sealed: Sequence[bytes]) -> None:
    """New photos with their sealed originals."""
    session.add_all(rows)
    session.flush()
    insert_rows(
        session, PhotoContent, [{"photo_id": row.id, "kind": "original", "sealed": one} for row, one in zip(rows, sealed, strict=True)]
    )


def by_id(session: Session, photo_id: UUID) -> Photo | None:
    """A photo's row."""
    return session.get(Photo, photo_id)


def of_owner(session: Session, owner: str) -> list[Photo]:
    """An owner's photos, in the order of their arrival."""
    return list(session.scalars(select(Photo).where(col(Photo.owner) == owner).order_by(col(Photo.id))))


def counts(session: Session, owners: Iterable[str]) -> dict[str, int]:
    """How many photos each owner has."""
    rows = select(col(Photo.owner), func.count()).where(keys_in(col(Photo.owner), set(owners))).group_by(col(Photo.owner))
    return {owner: int(n) for owner, n in session.execute(rows)}


def content(session: Session, photo_id: UUID, kind: str) -> bytes | None:
    """The sealed bytes of one kind."""
    rows = select(col(PhotoContent.sealed)).where(col(PhotoContent.photo_id) == photo_id, col(PhotoContent.kind) == kind)
    found: bytes | None = session.scalar(rows)
    return found


def to_make(session: Session, limit: int) -> list[UUID]:
    """Photos that wait to be made anew, the oldest first."""
    return list(session.scalars(select(col(Photo.id)).where(col(Photo.state) == "waiting").order_by(col(Photo.id)).limit(limit)))


def finish(session: Session, photo_id: UUID, values: Mapping[str, Any], contents: Mapping[str, bytes]) -> bool:
    """Put what was made in the place of the original; False where another process did it already."""
    statement = update(Photo).where(col(Photo.id) == photo_id, col(Photo.state) == "waiting").values(**values)
    if session.execute(statement.execution_options(synchronize_session=False)).rowcount != 1:  # type: ignore[attr-defined]
        return False
    session.execute(delete(PhotoContent).where(col(PhotoContent.photo_id) == photo_id))
    insert_rows(session, PhotoContent, [{"photo_id": photo_id, "kind": kind, "sealed": one} for kind, one in contents.items()])
    return True


def same_file(session: Session, photo: Photo) -> list[UUID]:
    """Photos of other owners with the very same bytes."""
    rows = select(col(Photo.id)).where(col(Photo.sha256) == photo.sha256, col(Photo.owner) != photo.owner)
    return list(session.scalars(rows.order_by(col(Photo.id)).limit(NEAREST)))


def near(session: Session, photo: Photo, wanted: Sequence[Sequence[int]]) -> list[tuple[UUID, int]]:
    """Photos of other owners that share one of the wanted values of a band: one range of an index for each value."""
    bands = (col(Photo.b0), col(Photo.b1), col(Photo.b2), col(Photo.b3))
    parts = [
        select(col(Photo.id), col(Photo.hash64)).where(band.in_(values), col(Photo.owner) != photo.owner)
        for band, values in zip(bands, wanted, strict=True)
    ]
    return [(row[0], unsigned(int(row[1]))) for row in session.execute(union(*parts)) if row[1] is not None]


def add_matches(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Note likenesses, the nearest; those that are noted stay."""
    nearest = sorted(rows, key=lambda row: row["bits"])[:NEAREST]
    if nearest:
        session.execute(upsert_for(session)(PhotoMatch).values(nearest).on_conflict_do_nothing())


class Match(NamedTuple):
    """Another photo that one is like."""

    id: UUID
    owner: str
    officer_id: UUID | None
    likeness: str
    bits: int


def matches(session: Session, photo_ids: Iterable[UUID]) -> dict[UUID, list[Match]]:
    """Which photos some photos are like, whichever was there first, the nearest first."""
    wanted = set(photo_ids)
    found: dict[UUID, dict[UUID, Match]] = {}
    for own, other in ((PhotoMatch.photo_id, PhotoMatch.other_id), (PhotoMatch.other_id, PhotoMatch.photo_id)):
        rows = session.execute(
            select(col(own), col(Photo.id), col(Photo.owner), col(Photo.officer_id), col(PhotoMatch.likeness), col(PhotoMatch.bits))
            .join(Photo, col(Photo.id) == col(other))
            .where(ids_in(col(own), wanted))
        )
        for row in rows:
            found.setdefault(row[0], {})[row[1]] = Match(*row[1:])
    return {one: sorted(several.values(), key=lambda match: match.bits) for one, several in found.items()}


def remove(session: Session, owner: str, photo_id: UUID | None = None) -> int:
    """Delete an owner's photos, or one of them, with contents and likenesses; gives how many."""
    rows = select(col(Photo.id)).where(col(Photo.owner) == owner)
    gone = list(session.scalars(rows.where(col(Photo.id) == photo_id) if photo_id else rows))
    session.execute(delete(PhotoMatch).where(or_(ids_in(col(PhotoMatch.photo_id), gone), ids_in(col(PhotoMatch.other_id), gone))))
    session.execute(delete(PhotoContent).where(ids_in(col(PhotoContent.photo_id), gone)))
    session.execute(delete(Photo).where(ids_in(col(Photo.id), gone)))
    return len(gone)


def owners_of(session: Session, officer_ids: Iterable[UUID]) -> list[str]:
    """What officers' photos are filed under."""
    return list(session.scalars(select(col(Photo.owner)).where(ids_in(col(Photo.officer_id), set(officer_ids))).distinct()))


def ready_of(session: Session, owners: Iterable[str]) -> dict[str, list[UUID]]:
    """The photos of each owner that may be shown."""
    found: dict[str, list[UUID]] = {}
    rows = select(col(Photo.owner), col(Photo.id)).where(keys_in(col(Photo.owner), set(owners)), col(Photo.state) == "ready")
    for owner, photo_id in session.execute(rows.order_by(col(Photo.id))):
        found.setdefault(owner, []).append(photo_id)
    return found
