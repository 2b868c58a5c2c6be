"""The bank's own wordings."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from scheduler.delivery.models import MessageTemplate
from scheduler.delivery.outbox import TemplateKey
from scheduler.delivery.wordings import Wording


def newest_versions(session: Session) -> dict[TemplateKey, int]:
    """The number of the wording in force, where the bank wrote one."""
    key = (col(MessageTemplate.code), col(MessageTemplate.channel), col(MessageTemplate.language))
    rows = session.execute(select(*key, func.max(col(MessageTemplate.version))).where(col(MessageTemplate.active)).group_by(*key))
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def all_versions(session: Session) -> dict[tuple[TemplateKey, int], Wording]:
    """Every wording the bank wrote, old ones too: a message keeps the one it was made with. There are few."""
    return {
        ((row.code, row.channel, row.language), row.version): Wording(row.subject, row.body, row.version)
        for row in session.scalars(select(MessageTemplate))
    }


def _of(key: TemplateKey) -> tuple[ColumnElement[bool], ...]:
    code, channel, language = key
    return col(MessageTemplate.code) == code, col(MessageTemplate.channel) == channel, col(MessageTemplate.language) == language


def waiting(session: Session, key: TemplateKey) -> MessageTemplate | None:
    """The wording that waits for approval, held until the transaction ends; there is one at most."""
    query = select(MessageTemplate).where(*_of(key), col(MessageTemplate.state) == "waiting")
    return session.scalars(query.order_by(col(MessageTemplate.version).desc()).limit(1).with_for_update()).one_or_none()


def all_waiting(session: Session) -> dict[TemplateKey, MessageTemplate]:
    """All wordings that wait for approval."""
    rows = session.scalars(select(MessageTemplate).where(col(MessageTemplate.state) == "waiting"))
    return {(row.code, row.channel, row.language): row for row in rows}


def lock(session: Session, template_id: UUID) -> MessageTemplate | None:
    """A wording, held until the transaction ends."""
    return session.scalars(select(MessageTemplate).where(col(MessageTemplate.id) == template_id).with_for_update()).one_or_none()


def last_version(session: Session, key: TemplateKey) -> int:
    """The highest number given to a wording of the bank's own; 0 where there is none."""
    return session.scalar(select(func.max(col(MessageTemplate.version))).where(*_of(key))) or 0


def versions_of(session: Session, key: TemplateKey) -> list[MessageTemplate]:
    """The bank's own versions of a wording, the newest first."""
    query = select(MessageTemplate).where(*_of(key))
    return list(session.scalars(query.order_by(col(MessageTemplate.version).desc())))
