"""The SQL of forgetting officers."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from officers.people.models import OfficerNotice
from officers.people.panel_models import OfficerGroupMember
from portal.foundation.db import ids_in


def forget(session: Session, officer_ids: Sequence[UUID]) -> None:
    """Remove what they were told, and their places in groups."""
    session.execute(delete(OfficerNotice).where(ids_in(col(OfficerNotice.officer_id), officer_ids)))
    session.execute(delete(OfficerGroupMember).where(ids_in(col(OfficerGroupMember.officer_id), officer_ids)))
