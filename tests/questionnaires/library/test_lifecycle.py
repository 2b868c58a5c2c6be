"""From draft to a version that never changes, by two persons, on both databases."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.ids import new_id
from portal.people.rules.roles import Role
from portal.people.signing_off import NotYourStep
from portal.shell.features import Sampling
from questionnaires.library import library, lifecycle, store
from questionnaires.library.errors import CodeTaken, DraftChanged, DraftWaits, NotPublishable, OwnWork, WrongStatus
from questionnaires.library.library import NewQuestionnaire
from questionnaires.library.lifecycle import Decider
from questionnaires.library.shipped import load_sample, templates
from questionnaires.logic.definition import Definition
from tests.bank import Sample
from tests.conftest import NOON
from tests.questionnaires.library.world import both, definition, nps


class Desk:
    """A designer, an approver and a compliance officer around one questionnaire."""

    def __init__(self, sample: Sample) -> None:
        self.ground = sample.ground
        self.author = Actor("user", str(sample.user(Role.DESIGNER)))
        self.approver = Decider(sample.user(Role.APPROVER), frozenset({Role.APPROVER}))
        self.compliance = Decider(sample.user(Role.COMPLIANCE_OFFICER), frozenset({Role.COMPLIANCE_OFFICER}))
        self.now = NOON
        self.id = self.make(definition())

    def make(self, made: Definition, code: str = "visit") -> UUID:
        """A new questionnaire."""
        with self.ground.writing() as session:
            return library.create(session, NewQuestionnaire(code, made), self.author, self.now).id

    @property
    def revision(self) -> int:
        """The draft's revision now."""
        with self.ground.reading() as session:
            return library.get(session, self.id).draft_revision

    def standing(self) -> tuple[str, str]:
        """Status and state of the draft."""
        with self.ground.reading() as session:
            found = library.get(session, self.id)
            return found.status, lifecycle.state_of(session, found)

    def save(self, made: Definition, revision: int | None = None) -> None:
        """Save the draft."""
        self.now += timedelta(minutes=1)
        with self.ground.writing() as session:
            library.save_draft(session, self.id, made, revision or self.revision, self.author, self.now)

    def submit(self) -> None:
        """Submit the draft."""
        with self.ground.writing() as session:
            lifecycle.submit(session, self.id, library.get(session, self.id).draft_revision, self.author, self.now)

    def approve(self, by: Decider | None = None) -> None:
        """Approve the step that is due."""
        with self.ground.writing() as session:
            lifecycle.approve(session, self.id, library.get(session, self.id).draft_revision, by or self.approver, "", self.now)

    def publish(self) -> UUID:
        """Publish the draft."""
        self.now += timedelta(minutes=1)
        with self.ground.writing() as session:
            return lifecycle.publish(session, self.id, library.get(session, self.id).draft_revision, self.author, self.now).id


@pytest.fixture
def desk(sample: Sample) -> Desk:
    """The desk with one draft on it."""
    return Desk(sample)


def test_a_draft_is_submitted_approved_and_published_by_two_persons(desk: Desk) -> None:
    assert desk.standing() == ("draft", "draft")
    desk.submit()
    assert desk.standing() == ("submitted", "submitted")
    desk.approve()
    assert desk.standing() == ("approved", "approved")
    version_id = desk.publish()
    assert desk.standing() == ("published", "published")
    with desk.ground.reading() as session:
        version = store.version(session, version_id)
        acts = [entry.act for entry in session.exec(select(AuditEntry).order_by(AuditEntry.id))]
    assert version is not None
    assert (version.number, len(version.content_hash)) == (1, 64)
    assert Definition.from_json(version.definition) == definition()
    assert acts == ["questionnaire.create", "questionnaire.submit", "questionnaire.approve", "questionnaire.publish"]


def test_nobody_approves_their_own_work(desk: Desk) -> None:
    desk.submit()
    both_roles = Decider(UUID(desk.author.id), frozenset({Role.DESIGNER, Role.APPROVER}))
    with pytest.raises(OwnWork):
        desk.approve(both_roles)
    assert desk.standing()[0] == "submitted"


def test_who_wrote_part_of_the_draft_does_not_approve_it_even_if_another_submits(desk: Desk) -> None:
    with desk.ground.writing() as session:
        library.save_draft(session, desk.id, definition([nps()]), 1, desk.approver.actor, desk.now)
    desk.submit()
    with pytest.raises(OwnWork):
        desk.approve()


def test_a_route_of_two_steps_needs_both_in_order_and_two_persons(desk: Desk) -> None:
    desk.save(definition(kind="consumer_protection"))
    desk.submit()
    with pytest.raises(NotYourStep):
        desk.approve(desk.compliance)
    desk.approve()
    assert desk.standing()[0] == "submitted"
    with pytest.raises(OwnWork):
        desk.approve(Decider(desk.approver.user_id, frozenset({Role.APPROVER, Role.COMPLIANCE_OFFICER})))
    desk.approve(desk.compliance)
    assert desk.standing()[0] == "approved"


def test_who_holds_no_role_of_the_step_decides_nothing(desk: Desk, sample: Sample) -> None:
    desk.submit()
    with pytest.raises(NotYourStep):
        desk.approve(Decider(sample.user(Role.ANALYST), frozenset({Role.ANALYST})))


def test_a_returned_draft_says_why_and_can_be_mended(desk: Desk) -> None:
    desk.submit()
    with desk.ground.writing() as session, pytest.raises(InvalidInput):
        lifecycle.send_back(session, desk.id, 1, desk.approver, " ", desk.now)
    with desk.ground.writing() as session:
        lifecycle.send_back(session, desk.id, 1, desk.approver, "Too long", desk.now)
    assert desk.standing() == ("returned", "returned")
    desk.save(definition([nps()]))
    assert desk.standing() == ("draft", "draft")
    desk.submit()
    desk.approve()
    assert desk.standing()[0] == "approved"


def test_the_later_editor_is_told_and_nothing_is_overwritten(desk: Desk) -> None:
    first, second = definition([nps(required=True)]), definition([nps(required=False)])
    desk.save(first, revision=1)
    with pytest.raises(DraftChanged) as told:
        desk.save(second, revision=1)
    assert told.value.facts == {"revision": 2, "yours": 1}
    with desk.ground.reading() as session:
        assert library.draft_of(library.get(session, desk.id)) == first


def test_saving_the_same_words_changes_nothing(desk: Desk) -> None:
    desk.save(definition())
    assert desk.revision == 1


def test_what_waits_for_approval_is_not_edited_and_what_was_approved_loses_it_when_edited(desk: Desk) -> None:
    desk.submit()
    with pytest.raises(DraftWaits):
        desk.save(definition([nps()]))
    desk.approve()
    desk.save(definition([nps()]))
    assert desk.standing() == ("draft", "draft")
    with pytest.raises(WrongStatus):
        desk.publish()


def test_nobody_approves_words_they_have_not_read(desk: Desk) -> None:
    desk.save(definition([nps()]))
    desk.submit()
    with desk.ground.writing() as session, pytest.raises(DraftChanged):
        lifecycle.approve(session, desk.id, 1, desk.approver, "", desk.now)


def test_errors_of_the_check_stop_submission_and_name_the_question(desk: Desk) -> None:
    desk.save(definition([nps(), {"code": "pin", "type": "short_text", "text": both("Your password")}]))
    with pytest.raises(NotPublishable) as told:
        desk.submit()
    assert told.value.fields == {"pin": "finding_forbidden_ask"}
    assert desk.standing()[0] == "draft"


def test_a_published_questionnaire_stays_so_while_a_new_draft_is_written(desk: Desk) -> None:
    desk.submit()
    desk.approve()
    first = desk.publish()
    desk.save(definition([nps()]))
    assert desk.standing() == ("published", "draft")
    desk.submit()
    desk.approve()
    assert desk.standing() == ("published", "approved")
    second = desk.publish()
    with desk.ground.reading() as session:
        assert [version.number for version in store.versions(session, desk.id)] == [2, 1]
        found = store.version(session, first)
        assert found is not None
        assert Definition.from_json(found.definition) == definition()
        assert library.get(session, desk.id).current_version_id == second


@pytest.mark.parametrize("statement", ["UPDATE questionnaire_version SET number = 7", "DELETE FROM questionnaire_version"])
def test_the_database_itself_refuses_to_change_a_version(desk: Desk, statement: str) -> None:
    desk.submit()
    desk.approve()
    desk.publish()
    with pytest.raises(DatabaseError), desk.ground.writing() as session:
        session.execute(text(statement))


def test_a_questionnaire_is_paused_resumed_and_retired(desk: Desk) -> None:
    def move(act: str) -> str:
        with desk.ground.writing() as session:
            return lifecycle.move(session, desk.id, act, desk.author, desk.now).status

    with pytest.raises(WrongStatus):
        move("pause")
    desk.submit()
    desk.approve()
    desk.publish()
    assert [move("pause"), move("resume"), move("retire")] == ["paused", "published", "retired"]
    with pytest.raises(WrongStatus):
        move("resume")
    with pytest.raises(WrongStatus):
        desk.save(definition([nps()]))


def test_codes_are_unique_and_copies_start_as_drafts(desk: Desk) -> None:
    with pytest.raises(CodeTaken):
        desk.make(definition())
    with desk.ground.writing() as session:
        copied = library.copy(session, desk.id, "visit_2", desk.author, desk.now)
        assert (copied.status, copied.draft, copied.title_en) == ("draft", definition().to_json(), "Visit")


def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    with desk.ground.reading() as session:
        with pytest.raises(NotFound):
            library.get(session, new_id())
        with pytest.raises(NotFound):
            library.by_code(session, "nothing")
        with pytest.raises(NotFound):
            library.hold(session, new_id())


def test_the_sample_bank_publishes_once_what_its_touchpoints_ask(desk: Desk) -> None:
    lines: list[str] = []
    sampling = Sampling(NOON, lines.append, ())
    load_sample(desk.ground, sampling)
    load_sample(desk.ground, sampling)
    with desk.ground.reading() as session:
        found = store.listed(session, store.Filters(status="published"))
        assert {one.code for one in found} == {one.code for one in templates() if one.sample}
        assert all(one.current_version_id for one in found)
    assert lines[0].startswith(f"{len(found)} questionnaires")
    assert lines[1].startswith("0 questionnaires published, 0 questions")
