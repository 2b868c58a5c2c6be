"""The SQL of reasons that answers chose: sums by node of the taxonomy. Units by today's tree, as today's rights go."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, distinct, func, select
from sqlmodel import Session, col

from portal.foundation.db import insert_rows
from portal.people import store as people
from questionnaires.analysis.models import ReasonGiven
from questionnaires.analysis.store.words import Wanted


class NodeSums(NamedTuple):
    """A node's answers: all, those with a low score, those with any score."""

    node: str
    n: int
    low: int
    judged: int


def put(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what answers chose."""
    insert_rows(session, ReasonGiven, rows)


def by_node(session: Session, wanted: Wanted) -> list[NodeSums]:
    """Sums for each node that was chosen in the cut; a topic or mood, which only texts have, narrows nothing."""
    low = func.sum(case((col(ReasonGiven.band) == -1, 1), else_=0))
    query = select(col(ReasonGiven.node), func.count(), low, func.count(col(ReasonGiven.band))).where(*_where(wanted))
    return [NodeSums(row[0], *(int(one or 0) for one in row[1:])) for row in session.execute(query.group_by(col(ReasonGiven.node)))]


def answers(session: Session, wanted: Wanted) -> int:
    """How many answers of the cut chose any reason."""
    return int(session.scalar(select(func.count(distinct(col(ReasonGiven.response_id)))).where(*_where(wanted))) or 0)


def of_days(session: Session, first: date, last: date) -> dict[str, int]:
    """Customers' answers of the whole bank by node."""
    days = (col(ReasonGiven.day).between(first, last), col(ReasonGiven.purpose) == "customer")
    query = select(col(ReasonGiven.node), func.count()).where(*days).group_by(col(ReasonGiven.node))
    return {row[0]: int(row[1]) for row in session.execute(query)}


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [col(ReasonGiven.day).between(wanted.first, wanted.last), col(ReasonGiven.purpose) == "customer"]
    pairs = ((ReasonGiven.touchpoint, wanted.touchpoint), (ReasonGiven.source, wanted.source))
    found += [col(column) == value for column, value in pairs if value]
    return [*found, people.in_scope(col(ReasonGiven.unit_id), wanted.scope, wanted.now)]
