"""Versions of the contact policy: drafted, submitted, put into force by those whom the approval route names."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.errors import Conflict, InvalidInput, NotFound
from portal.people import signing_off
from portal.people.approval import SamePerson
from scheduler.contacts.models import PolicyVersion
from scheduler.contacts.rules.policy import ContactPolicy, standard_policy
from scheduler.contacts.rules.validation import Problem, problem_of_error, problems_of
from scheduler.contacts.store import standing as store
from scheduler.contacts.store.standing import HeldVersion
from scheduler.delivery.store.channels import settings as channel_settings

Approved = TypeVar("Approved", PolicyVersion, HeldVersion)

OBJECT = "policy"
CHANNELS = ("sms", "rcs", "email", "wechat", "wecom", "app", "phone", "file")
"""The channels a policy may speak of, whether they are there yet or not."""
_LONG_AGO, FAR = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Plan:
    """When and for whom a version holds.

    Shape   start None: at once; end None: until another takes over, else the one before takes over again; share, units:
            beside the version in force, for that share of the customers by hash, or those whose account these units keep
    """

    start: datetime | None = None
    end: datetime | None = None
    share: float | None = None
    units: Sequence[UUID] = ()

    @property
    def variant(self) -> bool:
        """Whether it is for some customers only."""
        return self.share is not None or bool(self.units)


AT_ONCE = Plan()


class PolicySamePerson(SamePerson):
    """Whoever wrote a policy can't put it into force."""

    code = "policy_same_person"


class PolicyRefused(InvalidInput):
    """A policy contradicts itself or its plan; `rule` names the rule, `fields` the field. What is in force stays."""

    code = "policy_refused"


class PolicyMoved(Conflict):
    """The version is no longer in the state that the step needs."""

    code = "policy_moved"


class InForce(NamedTuple):
    """The policy in force, and the variant that holds beside it for some customers."""

    version: HeldVersion
    variant: HeldVersion | None = None


def now_in_force(session: Session, now: datetime) -> InForce:
    """What holds now; versions whose time has come or gone are switched on the way, in one transaction with what they decide.

    Shape   a bank that has none yet starts with the one the product is shipped with
    """
    held = _holding(store.held(session), now)
    if held is None or held.to_switch:
        in_force(session, now)
        held = _holding(store.held(session), now)
    if held is None:
        raise RuntimeError("no policy holds, though one was just put into force")
    return InForce(held.version, held.variants[0] if held.variants else None)


def in_force(session: Session, now: datetime) -> PolicyVersion:
    """The policy in force, its row; switches as `now_in_force` does."""
    held = _holding(store.approved(session), now)
    if held is None:
        return put_in_force(session, standard_policy(), now)
    for one, state in held.to_switch:
        one.state = state
        if state == "active":
            one.active_from = one.effective_from or now
        else:
            one.retired_at = now
    return held.version


@dataclass(frozen=True)
class _Holding(Generic[Approved]):
    """Of the versions that two people approved: the one in force, the variants beside it, and those whose state is to change."""

    version: Approved
    variants: Sequence[Approved]
    to_switch: Sequence[tuple[Approved, str]]


def _holding(standing: Sequence[Approved], now: datetime) -> _Holding[Approved] | None:
    """What begins becomes active; what ended, or was overtaken for good, is retired."""
    whole = [one for one in standing if not _is_variant(one) and _holds(one, now)]
    if not whole:
        return None
    version = max(whole, key=lambda one: (one.effective_from or _LONG_AGO, one.number))
    variants = [one for one in standing if _is_variant(one) and _holds(one, now)]
    switched = [(one, _state(one, version, variants, now)) for one in standing]
    return _Holding(version, variants, [(one, state) for one, state in switched if state != one.state])


def _state(one: Approved, version: Approved, variants: Sequence[Approved], now: datetime) -> str:
    beside = one is version or one in variants
    over = one.effective_until is not None and one.effective_until <= now
    overtaken = not beside and version.effective_until is None and _holds(one, now)
    state = "active" if beside else one.state
    return "retired" if state == "active" and (over or overtaken) else state


def _holds(version: PolicyVersion | HeldVersion, now: datetime) -> bool:
    begun = version.effective_from is None or version.effective_from <= now
    return begun and (version.effective_until is None or now < version.effective_until)


def put_in_force(session: Session, policy: ContactPolicy, now: datetime, salt: str | None = None) -> PolicyVersion:
    """Write a version that is in force at once: for a new installation, the sample bank and replay."""
    version = _new(session, policy, now, salt=secrets.token_hex(8) if salt is None else salt)
    version.state, version.active_from = "active", now  # without `effective_from` it holds in simulated time too, whenever that is
    _retire_others(session, version, now)
    session.flush()
    return version


def put_variant_in_force(
    session: Session, policy: ContactPolicy, now: datetime, share: float | None, units: Sequence[UUID] = ()
) -> PolicyVersion:
    """Write a version that holds for a share of the customers, or in chosen units, beside the one in force."""
    version = _new(session, policy, now, salt=in_force(session, now).salt)
    version.state, version.active_from = "active", now
    version.variant_share, version.variant_units = share, [one.hex for one in units] or None
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


def parse(raw: Mapping[str, Any]) -> ContactPolicy:
    """A policy from its tables.

    Raises  PolicyRefused with the rule and the field
    """
    try:
        return ContactPolicy.model_validate(dict(raw))
    except ValidationError as error:
        raise _refused(problem_of_error(error)) from None


def priced(session: Session, policy: ContactPolicy) -> ContactPolicy:
    """The same with what operators say a message costs, for each channel that has a budget and no price of the policy's own."""
    needed = {one.channel for one in policy.budgets if one.cents} - policy.costs.keys()
    if not needed:
        return policy
    known = {name: row.cost for name, row in channel_settings(session).items() if name in needed and row.cost}
    return policy.model_copy(update={"costs": {**policy.costs, **known}})


def problems(session: Session, policy: ContactPolicy) -> list[Problem]:
    """What is wrong with a policy as a whole: contradictions, and names that nobody has."""
    return problems_of(policy, store.known(session, CHANNELS))


def _refused(problem: Problem) -> PolicyRefused:
    return PolicyRefused({problem.field: problem.code}, rule=problem.rule, problem=problem.code, **problem.facts)


def _check(session: Session, version: PolicyVersion) -> None:
    if found := problems(session, ContactPolicy.model_validate(version.policy)):
        raise _refused(found[0])


def submit(session: Session, version_id: UUID, actor: Actor, now: datetime) -> None:
    """Hand a draft to a second person.

    Raises  NotFound, PolicyMoved, PolicyRefused
    """
    version = _locked(session, version_id, "draft")
    _check(session, version)
    version.state = "submitted"
    record(session, actor, "policy.submit", OBJECT, version.id, now, {"number": version.number})


def send_back(session: Session, version_id: UUID, actor: Actor, now: datetime) -> None:
    """Make a submitted version a draft again.

    Raises  NotFound, PolicyMoved
    """
    version = _locked(session, version_id, "submitted")
    version.state = "draft"
    signing_off.start_again(session, OBJECT, version.id)
    record(session, actor, "policy.send_back", OBJECT, version.id, now, {"number": version.number})


def activate(session: Session, version_id: UUID, actor: Actor, now: datetime, plan: Plan = AT_ONCE) -> bool:
    """Say yes to a submitted version; the last of its route puts it into force, at once or when the plan says. Never its author.

    Returns whether it is, or will be, in force: the one before goes out of force then
    Raises  NotFound, PolicyMoved, PolicySamePerson, NotYourStep; PolicyRefused where it contradicts itself or the plan another version's
    """
    version = _locked(session, version_id, "submitted")
    last = signing_off.sign(session, OBJECT, version.id, actor, [version.author_id], now, PolicySamePerson)
    _check(session, version)
    if not last:
        return False
    _check_plan(session, plan, now)
    version.approved_by, version.effective_from, version.effective_until = actor.user_id, plan.start or now, plan.end
    version.variant_share, version.variant_units = plan.share, [one.hex for one in plan.units] or None
    version.state = "scheduled"
    session.flush()
    now_in_force(session, now)  # switches it on where its time has come
    facts = {"number": version.number, "hash": version.content_hash, "from": version.effective_from.isoformat()}
    record(session, actor, "policy.activate", OBJECT, version.id, now, facts)
    return True


def _check_plan(session: Session, plan: Plan, now: datetime) -> None:
    """No end in the past, and no two versions that would hold at the same time."""
    start = plan.start or now
    if start < now or (plan.end is not None and plan.end <= max(now, start)):
        field = "effective_from" if start < now else "effective_until"
        raise _refused(Problem("effective", field, "in_the_past", {}))
    if plan.share is not None and not 0 < plan.share < 1:
        raise _refused(Problem("variant", "variant_share", "out_of_range", {}))
    for other in store.approved(session):
        if other.state == "active" and other.effective_until is None and not (_is_variant(other) and plan.variant):
            continue  # the one in force gives way; a variant does not
        if _is_variant(other) == plan.variant and _overlap(start, plan.end, other):
            raise _refused(Problem("effective", "effective_from", "overlapping", {"number": other.number}))


def _overlap(start: datetime, end: datetime | None, other: PolicyVersion) -> bool:
    """Whether two versions would hold at once. One without an end may follow another, but not begin at the same instant or within it."""
    theirs, until = other.effective_from or _LONG_AGO, other.effective_until
    if end is None and until is None and not _is_variant(other):
        return start == theirs
    if until is None and not _is_variant(other):
        return start == theirs  # a while within a later version's time: that one takes over again
    if end is None and not _is_variant(other):
        return theirs <= start < (until or start)
    return start < (until or FAR) and theirs < (end or FAR)


def _is_variant(version: PolicyVersion | HeldVersion) -> bool:
    return version.variant_share is not None or bool(version.variant_units)


def cancel(session: Session, version_id: UUID, actor: Actor, now: datetime) -> None:
    """Take a scheduled version back: it is a draft again.

    Raises  NotFound, PolicyMoved
    """
    version = _locked(session, version_id, "scheduled")
    version.state, version.approved_by, version.effective_from, version.effective_until = "draft", None, None, None
    version.variant_share, version.variant_units = None, None
    signing_off.start_again(session, OBJECT, version.id)
    record(session, actor, "policy.cancel", OBJECT, version.id, now, {"number": version.number})


def end_variant(session: Session, version_id: UUID, actor: Actor, now: datetime) -> None:
    """End a variant: the policy in force holds for everybody again.

    Raises  NotFound, PolicyMoved
    """
    version = _locked(session, version_id, "active")
    if not _is_variant(version):
        raise PolicyMoved(state=version.state)
    version.state, version.retired_at = "retired", now
    record(session, actor, "policy.end_variant", OBJECT, version.id, now, {"number": version.number})


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
