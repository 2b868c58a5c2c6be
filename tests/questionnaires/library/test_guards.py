"""What the database itself refuses: an author's or a submitter's word on a draft; and soft launches that pause by themselves."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.people.rules.roles import Role
from questionnaires.answering.models import Response, Score
from questionnaires.library import draft_store, library, lifecycle, store
from questionnaires.library.errors import OwnWork
from questionnaires.library.library import NewQuestionnaire
from questionnaires.library.lifecycle import Decider
from questionnaires.metrics import glances
from tests.bank import Sample
from tests.conftest import NOON
from tests.questionnaires.library.world import definition


class Desk:
    """A draft handed in by its designer; a second designer may also approve."""

    def __init__(self, sample: Sample) -> None:
        self.ground = sample.ground
        self.author = Actor("user", str(sample.user(Role.DESIGNER)))
        self.both = sample.user(Role.APPROVER, "B1")
        self.approver = Decider(sample.user(Role.APPROVER), frozenset({Role.APPROVER}))
        with self.ground.writing() as session:
            self.id = library.create(session, NewQuestionnaire("visit", definition()), self.author, NOON).id

    def submit(self) -> None:
        """Hand it in."""
        with self.ground.writing() as session:
            lifecycle.submit(session, self.id, library.get(session, self.id).draft_revision, self.author, NOON)

    def publish(self, soft_limit: int | None = None) -> UUID:
        """Approve and publish it."""
        self.submit()
        with self.ground.writing() as session:
            revision = library.get(session, self.id).draft_revision
            lifecycle.approve(session, self.id, revision, self.approver, "", NOON)
            return lifecycle.publish(session, self.id, revision, self.author, NOON, soft_limit).id

    def status(self) -> str:
        """What customers meet."""
        with self.ground.reading() as session:
            return library.get(session, self.id).status


@pytest.fixture
def desk(sample: Sample) -> Desk:
    """A draft on its way."""
    return Desk(sample)


def _decide(session: Session, questionnaire_id: UUID, user_id: UUID | None) -> None:
    """Past all services, straight at the table."""
    hexed = session.get_bind().dialect.name == "sqlite"
    value = lambda key: key.hex if hexed and key else key  # noqa: E731  # SQLite keeps ids as 32 digits
    session.execute(
        text("UPDATE approval_step SET decided_by = :user, decision = 'approved' WHERE questionnaire_id = :id"),
        {"user": value(user_id), "id": value(questionnaire_id)},
    )


def test_neither_who_wrote_nor_who_handed_in_decides_in_the_database_either(desk: Desk) -> None:
    with desk.ground.writing() as session:
        draft_store.add_author(session, desk.id, desk.both)
    desk.submit()
    for user_id in (desk.author.user_id, desk.both):
        with pytest.raises(DBAPIError), desk.ground.writing() as session:
            _decide(session, desk.id, user_id)
    with desk.ground.writing() as session:
        _decide(session, desk.id, desk.approver.user_id)


def test_who_wrote_does_not_decide_in_the_service(desk: Desk) -> None:
    with desk.ground.writing() as session:
        draft_store.add_author(session, desk.id, desk.both)
    desk.submit()
    with pytest.raises(OwnWork), desk.ground.writing() as session:
        lifecycle.approve(session, desk.id, 1, Decider(desk.both, frozenset({Role.APPROVER})), "", NOON)


def test_a_published_draft_has_no_authors_any_more(desk: Desk) -> None:
    desk.publish()
    with desk.ground.reading() as session:
        assert draft_store.authors(session, desk.id) == set()


def _answer(desk: Desk, version_id: UUID, answers: dict[str, object], *, finished: bool = True, test: bool = False) -> None:
    with desk.ground.writing() as session:
        made = Response(
            version_id=version_id, source="invited", answers=answers, started_at=NOON, submitted_at=NOON if finished else None, test=test
        )
        session.add(made)
        session.flush()
        if finished and not test:
            session.add(Score(response_id=made.id, indicator="nps", value=float(str(answers["nps"]))))


def test_a_soft_launch_pauses_by_itself_and_says_where_people_stopped(desk: Desk) -> None:
    version_id = desk.publish(soft_limit=10)
    for number in range(9):
        _answer(desk, version_id, {"nps": 9 if number < 6 else 3})
    _answer(desk, version_id, {"nps": 2}, finished=False)
    for _ in range(3):
        _answer(desk, version_id, {"nps": 10}, test=True)
    later = NOON + timedelta(hours=1)
    assert glances.soft_launches(desk.ground, later) == 1
    assert desk.status() == "published"
    _answer(desk, version_id, {"nps": 9})
    glances.soft_launches(desk.ground, later)
    assert glances.soft_launches(desk.ground, later) == 0
    assert desk.status() == "paused"
    with desk.ground.reading() as session:
        figures = store.figures(session, version_id)
    assert figures is not None
    assert (figures.started, figures.answers, figures.indicator, figures.scored) == (11, 10, "nps", 10)
    assert figures.score == pytest.approx(40)
    assert figures.dropped == {"nps": [11, 0], "why": [11, 1]}
    with desk.ground.writing() as session:
        lifecycle.move(session, desk.id, "resume", desk.author, later)
        assert library.get(session, desk.id).soft_limit is None


def test_figures_are_counted_only_where_something_came_in(desk: Desk) -> None:
    version_id = desk.publish()
    _answer(desk, version_id, {"nps": 9})
    assert glances.refresh(desk.ground, NOON) == 1
    assert glances.refresh(desk.ground, NOON) == 0


@pytest.mark.parametrize("limit", [0, 9, 10_001])
def test_a_soft_launch_has_a_sensible_size(desk: Desk, limit: int) -> None:
    with pytest.raises(InvalidInput):
        desk.publish(soft_limit=limit)
