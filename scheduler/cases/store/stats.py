"""How much there is of everything in this room."""

from sqlalchemy import func, select
from sqlmodel import Session, col

from scheduler.cases.models import Case, CaseTrigger
from scheduler.cases.rules.states import OPEN_STATES


def numbers(session: Session) -> dict[str, int]:
    """Cases, those that are open, and what rules made of answers."""
    is_open = col(Case.state).in_(sorted(OPEN_STATES))
    return {
        "cases": session.scalar(select(func.count()).select_from(Case)) or 0,
        "cases_open": session.scalar(select(func.count()).select_from(Case).where(is_open)) or 0,
        "case_triggers": session.scalar(select(func.count()).select_from(CaseTrigger)) or 0,
    }
