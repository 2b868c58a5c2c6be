"""The bank's own wordings."""

from sqlalchemy import func, select
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


def versions_of(session: Session, key: TemplateKey) -> list[MessageTemplate]:
    """The bank's own versions of a wording, the newest first."""
    code, channel, language = key
    query = select(MessageTemplate).where(
        col(MessageTemplate.code) == code, col(MessageTemplate.channel) == channel, col(MessageTemplate.language) == language
    )
    return list(session.scalars(query.order_by(col(MessageTemplate.version).desc())))
