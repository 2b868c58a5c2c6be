"""The questionnaires that come with the product: templates to begin from, and what the sample bank asks."""

import functools
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.people.rules.roles import Role
from portal.shell.features import Sampling
from questionnaires.bank import shipped as bank_shipped
from questionnaires.library import library, lifecycle, store
from questionnaires.library.lifecycle import Decider
from questionnaires.logic.definition import Definition

BEFORE_THE_SAMPLE = timedelta(days=60)
"""The sample bank's questionnaires were published well before the month that is played."""


@dataclass(frozen=True)
class Template:
    """A ready questionnaire."""

    code: str
    folder: str
    definition: Definition


@functools.cache
def templates() -> tuple[Template, ...]:
    """All templates, by code."""
    folder = resources.files("questionnaires.library") / "content"
    found = [json.loads(file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name.endswith(".json")]
    return tuple(sorted((_template(one) for one in found), key=lambda template: template.code))


def _template(raw: dict[str, object]) -> Template:
    return Template(str(raw["code"]), str(raw["folder"]), Definition.from_json(raw["definition"]))


def template(code: str) -> Template | None:
    """A template by its code."""
    return next((one for one in templates() if one.code == code), None)


def load_sample(ground: Ground, sampling: Sampling) -> None:
    """Publish every template in the sample bank, by its designer and approvers, and fill the question bank."""
    at = sampling.now - BEFORE_THE_SAMPLE
    with ground.writing() as session:
        questions = bank_shipped.load(session, Actor.system("sample"), at)
        published = [_publish(session, one, at) for one in templates() if store.by_code(session, one.code) is None]
    sampling.tell(f"{len(published)} questionnaires published, {questions} questions in the bank")


def _publish(session: Session, one: Template, at: datetime) -> str:
    author = Actor("user", str(_holder(session, Role.DESIGNER)))
    made = library.create(session, library.NewQuestionnaire(one.code, one.definition, one.folder, sample=True), author, at)
    for step in lifecycle.submit(session, made.id, made.draft_revision, author, at + timedelta(hours=1)):
        roles = frozenset(Role(role) for role in step.roles)
        decider = Decider(_holder(session, *roles), roles)
        lifecycle.approve(session, made.id, made.draft_revision, decider, "", at + timedelta(hours=1 + step.step))
    lifecycle.publish(session, made.id, made.draft_revision, author, at + timedelta(hours=5))
    return made.code


def _holder(session: Session, *roles: Role) -> UUID:
    found = store.holder_of(session, roles)
    assert found is not None, f"the sample bank has nobody who is {roles}"
    return found
