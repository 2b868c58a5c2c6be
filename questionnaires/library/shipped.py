"""What the sample bank asks: the shipped questionnaires that its touchpoints use, published by its own people."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.people.rules.roles import Role
from portal.shell.features import Sampling
from questionnaires.bank import shipped as bank_shipped
from questionnaires.library import library, lifecycle, store
from questionnaires.library.lifecycle import Decider
from questionnaires.library.templates import Template, linked, template, templates

__all__ = ["Template", "linked", "load_sample", "template", "templates"]

BEFORE_THE_SAMPLE = timedelta(days=60)
"""The sample bank's questionnaires were published well before the month that is played."""


def load_sample(ground: Ground, sampling: Sampling) -> None:
    """Fill the question bank, and publish the templates that the touchpoints ask, by the sample bank's designer and approvers."""
    at = sampling.now - BEFORE_THE_SAMPLE
    with ground.writing() as session:
        questions = bank_shipped.load(session, Actor.system("sample"), at)
        published = [_publish(session, one, at) for one in templates() if one.sample and store.by_code(session, one.code) is None]
    sampling.tell(f"{len(published)} questionnaires published, {questions} questions in the bank")


def _publish(session: Session, one: Template, at: datetime) -> str:
    author = Actor("user", str(_holder(session, Role.DESIGNER)))
    made = library.create(session, library.NewQuestionnaire(one.code, linked(session, one), one.folder, sample=True), author, at)
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
