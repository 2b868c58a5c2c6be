"""Versions of the contact policy: drafted, submitted, put into force by a second person."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, NotFound
from scheduler.contacts.models import PolicyVersion
from scheduler.contacts.rules.policy import ContactPolicy, standard_policy
from scheduler.contacts.store import standing as store

OBJECT = "policy"


class SamePerson(Conflict):
    """Whoever wrote a policy can't put it into force."""

    code = "policy_same_person"


class PolicyMoved(Conflict):
    """The version is no longer in the state that the step needs."""

    code = "policy_moved"


def in_force(session: Session, now: datetime) -> PolicyVersion:
    """The policy in force; a bank that has none yet starts with the one the product is shipped with."""
    return store.active_policy(session) or put_in_force(session, standard_policy(), now)


def put_in_force(session: Session, policy: ContactPolicy, now: datetime, salt: str | None = None) -> PolicyVersion:
    """Write a version that is in force at once: for a new installation, the sample bank and replay."""
    version = _new(session, policy, now, salt=secrets.token_hex(8) if salt is None else salt)
    version.state, version.active_from = "active", now
    _retire_others(session, version, now)
    session.flush()
    return version


def draft(session: Session, policy: ContactPolicy, actor: Actor, now: datetime) -> PolicyVersion:
    """A new draft. It keeps the salt of the policy in force, so that nobody is drawn again."""
    version = _new(session, policy, now, salt=in_force(session, now).salt)
    version.author_id = actor.user_id
    session.flush()
    record(session, actor, "policy.draft", OBJECT, version.id, now, {"number": version.number, "hash": version.content_hash})
    return version


def change(session: Session, version_id: UUID, policy: ContactPolicy, actor: Actor, now: datetime) -> PolicyVersion:
    """Change a draft; whoever changes it becomes its author.

    Raises  NotFound, PolicyMoved
    """
    version = _locked(session, version_id, "draft")
    version.policy, version.content_hash, version.author_id = _stored(policy), policy.hash(), actor.user_id
    record(session, actor, "policy.change", OBJECT, version.id, now, {"number": version.number, "hash": version.content_hash})
    return version


def submit(session: Session, version_id: UUID, actor: Actor, now: datetime) -> None:
    """Hand a draft to a second person.

    Raises  NotFound, PolicyMoved
    """
    version = _locked(session, version_id, "draft")
    version.state = "submitted"
    record(session, actor, "policy.submit", OBJECT, version.id, now, {"number": version.number})


def send_back(session: Session, version_id: UUID, actor: Actor, now: datetime) -> None:
    """Make a submitted version a draft again.

    Raises  NotFound, PolicyMoved
    """
    version = _locked(session, version_id, "submitted")
    version.state = "draft"
    record(session, actor, "policy.send_back", OBJECT, version.id, now, {"number": version.number})


def activate(session: Session, version_id: UUID, actor: Actor, now: datetime) -> None:
    """Put a submitted version into force, and the one before out of it; never by its author.

    Raises  NotFound, PolicyMoved, SamePerson
    """
    version = _locked(session, version_id, "submitted")
    if actor.user_id is None or actor.user_id == version.author_id:
        raise SamePerson
    version.state, version.approved_by, version.active_from = "active", actor.user_id, now
    _retire_others(session, version, now)
    record(session, actor, "policy.activate", OBJECT, version.id, now, {"number": version.number, "hash": version.content_hash})


def _locked(session: Session, version_id: UUID, state: str) -> PolicyVersion:
    version = store.policy_version(session, version_id, lock=True)
    if version is None:
        raise NotFound
    if version.state != state:
        raise PolicyMoved(state=version.state)
    return version


def _new(session: Session, policy: ContactPolicy, now: datetime, salt: str) -> PolicyVersion:
    versions = store.policy_versions(session)
    number = versions[0].number + 1 if versions else 1
    version = PolicyVersion(number=number, policy=_stored(policy), salt=salt, content_hash=policy.hash(), created_at=now)
    session.add(version)
    return version


def _stored(policy: ContactPolicy) -> dict[str, object]:
    return policy.model_dump(mode="json", exclude_none=True, exclude={"salt"})


def _retire_others(session: Session, version: PolicyVersion, now: datetime) -> None:
    for other in store.policy_versions(session):
        if other.id != version.id and other.state == "active":
            other.state, other.retired_at = "retired", now
