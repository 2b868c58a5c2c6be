"""Two people at one draft, on both databases: nothing is overwritten unseen, everybody undoes their own."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from portal.audit.trail import Actor
from portal.people.rules.roles import Role
from questionnaires.library import draft_store, drafting, library, parts
from questionnaires.library.builder import arrange
from questionnaires.library.drafting import Edit
from questionnaires.library.errors import NothingToUndo, PartChanged
from questionnaires.library.library import NewQuestionnaire
from questionnaires.library.parts import Raw
from tests.bank import Sample
from tests.conftest import NOON
from tests.questionnaires.library.world import definition, nps, words


class Room:
    """A draft of three questions, and two designers."""

    def __init__(self, sample: Sample) -> None:
        self.ground, self.now = sample.ground, NOON
        self.anna = Actor("user", str(sample.user(Role.DESIGNER)))
        self.bo = Actor("user", str(sample.user(Role.DESIGNER, "B1")))
        made = definition([nps(), words("why"), words("more")])
        with self.ground.writing() as session:
            self.id: UUID = library.create(session, NewQuestionnaire("visit", made), self.anna, NOON).id

    @property
    def draft(self) -> Raw:
        """The document now."""
        with self.ground.reading() as session:
            return dict(library.get(session, self.id).draft)

    def order(self) -> list[str]:
        """The questions' codes."""
        return [one["code"] for one in parts.questions_of(self.draft)]

    def text(self, code: str) -> str:
        """A question's English words."""
        return str((parts.find_question(self.draft, code) or {})["text"]["en"])

    def seen(self, code: str) -> str:
        """What somebody saw of a question."""
        return parts.token(self.draft, parts.question_part(code))

    def write(self, who: Actor, code: str, text: str, seen: str | None = None) -> None:
        """Save other words."""
        token = self.seen(code) if seen is None else seen
        changed = {**(parts.find_question(self.draft, code) or {}), "text": {"en": text}}
        edit = Edit("question", code, lambda draft: parts.with_question(draft, code, changed), {parts.question_part(code): token})
        self.do(who, edit)

    def do(self, who: Actor, edit: Edit) -> None:
        """Save an edit."""
        self.now += timedelta(seconds=10)
        with self.ground.writing() as session:
            drafting.save(session, self.id, edit, who, self.now)

    def step(self, who: Actor, how: Any) -> None:
        """Undo or redo."""
        with self.ground.writing() as session:
            how(session, self.id, who, self.now)


@pytest.fixture
def room(sample: Sample) -> Room:
    """Two designers at one draft."""
    return Room(sample)


def test_two_who_edit_different_questions_do_not_disturb_one_another(room: Room) -> None:
    of_anna, of_bo = room.seen("nps"), room.seen("why")
    room.write(room.anna, "nps", "Anna's", of_anna)
    room.do(room.bo, Edit("move", "more", lambda draft: arrange.step(draft, "more", -1)))
    room.write(room.bo, "why", "Bo's", of_bo)
    assert (room.text("nps"), room.text("why")) == ("Anna's", "Bo's")


def test_the_later_one_at_the_same_question_overwrites_nothing(room: Room) -> None:
    both_saw = room.seen("why")
    room.write(room.anna, "why", "Anna's", both_saw)
    with pytest.raises(PartChanged):
        room.write(room.bo, "why", "Bo's", both_saw)
    assert room.text("why") == "Anna's"
    with room.ground.reading() as session:
        said = draft_store.last_of(session, room.id, "why")
    assert said is not None
    assert said[0] == "designer HO"


def test_everybody_undoes_their_own_steps_and_no_others(room: Room) -> None:
    room.write(room.anna, "nps", "One")
    room.write(room.bo, "why", "Two")
    room.write(room.anna, "nps", "Three")
    room.step(room.anna, drafting.undo)
    room.step(room.anna, drafting.undo)
    assert (room.text("nps"), room.text("why")) == ("Recommend", "Two")
    room.step(room.anna, drafting.redo)
    assert room.text("nps") == "One"
    room.write(room.anna, "more", "New")
    with pytest.raises(NothingToUndo):
        room.step(room.anna, drafting.redo)
    room.step(room.bo, drafting.undo)
    assert (room.text("why"), room.text("more")) == ("Why", "New")


def test_what_somebody_else_changed_since_is_not_undone(room: Room) -> None:
    room.write(room.anna, "why", "Anna's")
    room.write(room.bo, "why", "Bo's")
    with pytest.raises(PartChanged):
        room.step(room.anna, drafting.undo)
    assert room.text("why") == "Bo's"


def test_a_deleted_question_comes_back_to_its_place(room: Room) -> None:
    room.do(room.anna, Edit("remove", "why", lambda draft: arrange.remove(draft, "why")))
    assert room.order() == ["nps", "more"]
    room.step(room.anna, drafting.undo)
    assert room.order() == ["nps", "why", "more"]
    assert room.text("why") == "Why"


def test_old_steps_are_dropped_in_time(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft_store, "KEPT", 3)
    for number in range(7):
        room.write(room.anna, "why", f"Text {number}")
    for _ in range(2):
        room.step(room.anna, drafting.undo)
    with room.ground.reading() as session:
        assert draft_store.can_step(session, room.id, room.anna.user_id or room.id)[1]
    assert room.text("why") == "Text 4"
