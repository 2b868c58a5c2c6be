"""The SQL of forgetting officers."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col

from officers.people.models import OfficerNotice, OfficerStep
from officers.people.panel_models import OfficerGroupMember
from portal.foundation.db import ids_in


def forget(session: Session, officer_ids: Sequence[UUID]) -> None:
    """Remove what they were told, their places in groups, and the words beside their steps."""
    told = update(OfficerStep).where(ids_in(col(OfficerStep.officer_id), officer_ids), col(OfficerStep.reason) != "")
    session.execute(told.values(reason="").execution_options(synchronize_session=False))
    session.execute(delete(OfficerNotice).where(ids_in(col(OfficerNotice.officer_id), officer_ids)))
    session.execute(delete(OfficerGroupMember).where(ids_in(col(OfficerGroupMember.officer_id), officer_ids)))
