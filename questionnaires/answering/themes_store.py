"""The SQL of themes."""

from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from questionnaires.answering.links_models import Media, Theme, ThemeRevision
from questionnaires.library.models import Questionnaire


def themes(session: Session) -> list[tuple[Theme, ThemeRevision]]:
    """All themes with the revision in force, the default first."""
    rows = select(Theme, ThemeRevision).join(
        ThemeRevision, (col(ThemeRevision.theme_code) == col(Theme.code)) & (col(ThemeRevision.number) == col(Theme.number))
    )
    found = session.execute(rows.order_by(col(Theme.is_default).desc(), col(Theme.code)))
    return [(row[0], row[1]) for row in found]


def by_code(session: Session, code: str) -> Theme | None:
    """A theme."""
    return session.get(Theme, code)


def revision(session: Session, code: str, number: int) -> ThemeRevision | None:
    """One state of a theme."""
    return session.get(ThemeRevision, (code, number))


def revisions(session: Session, code: str, limit: int = 30) -> list[ThemeRevision]:
    """The states of a theme, newest first."""
    rows = select(ThemeRevision).where(col(ThemeRevision.theme_code) == code)
    return list(session.scalars(rows.order_by(col(ThemeRevision.number).desc()).limit(limit)))


def lock(session: Session, code: str) -> Theme | None:
    """A theme, held until the transaction ends: two editors stand in line."""
    return session.scalars(select(Theme).where(col(Theme.code) == code).with_for_update()).one_or_none()


def make_default(session: Session, code: str) -> None:
    """Exactly one theme is the default."""
    session.execute(update(Theme).values(is_default=col(Theme.code) == code).execution_options(synchronize_session=False))


def media_there(session: Session, media_id: UUID) -> bool:
    """Whether a picture is in the library."""
    return session.scalar(select(col(Media.id)).where(col(Media.id) == media_id, col(Media.retired_at).is_(None))) is not None


def used_by(session: Session, code: str) -> int:
    """How many drafts name a theme."""
    named = col(Questionnaire.draft)["theme"].as_string() == code
    return len(list(session.scalars(select(col(Questionnaire.id)).where(named))))
