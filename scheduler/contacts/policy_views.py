"""The pages of the contact policy: what is in force, in sentences; versions compared; a second person puts them into force."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _
from portal.people import access, signing_off
from portal.people.rules.roles import Role
from portal.people.words import ROLES
from scheduler.contacts import policies, words
from scheduler.contacts.models import PolicyVersion
from scheduler.contacts.policy_text import compared, spoken, to_toml
from scheduler.contacts.standing import policy_of
from scheduler.contacts.store import standing as store
from scheduler.delivery import outgoing
from scheduler.delivery.views import SWITCH

blueprint = Blueprint("policy", __name__, url_prefix="/portal/policy")
READ, EDIT, APPROVE = "policy.read", "policy.edit", "policy.approve"


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The policy in force, in sentences, and all versions."""
    with web.writing() as session:  # a new installation starts with the shipped policy
        active = policies.in_force(session, web.now())
        return page(session, active)


@blueprint.get("/<uuid:version_id>")
@access.allow(READ)
def show(version_id: UUID) -> ResponseReturnValue:
    """One version."""
    with web.reading() as session:
        return page(session, find(session, version_id))


def page(session: Session, version: PolicyVersion, problem: str = "") -> str:
    """A version with everything that stands beside it."""
    versions = store.policy_versions(session)
    standing = signing_off.standing(session, policies.OBJECT, version.id)
    own = version.author_id is not None and version.author_id == access.me().user_id
    return web.render(
        "scheduler/contacts/policy.html", version=version, versions=versions, said=spoken(policy_of(version)), words=words, own=own,
        problem=problem, standing=standing, due=[ROLES[Role(role)] for role in standing.due],
        stopped=store.switches(session).all_off, may_switch=access.may(SWITCH),
    )  # fmt: skip


def find(session: Session, version_id: UUID) -> PolicyVersion:
    """A version.

    Raises  NotFound
    """
    version = store.policy_version(session, version_id)
    if version is None:
        raise NotFound
    return version


@blueprint.get("/compare")
@access.allow(READ)
def compare() -> ResponseReturnValue:
    """Two versions rule by rule."""
    with web.writing() as session:
        versions = store.policy_versions(session) or [policies.in_force(session, web.now())]
        first = _named(versions, "first") or next((one for one in versions if one.state == "active"), versions[-1])
        second = _named(versions, "second") or versions[0]
        rows = compared(policy_of(first), policy_of(second))
    return web.render("scheduler/contacts/policy_compare.html", versions=versions, first=first, second=second, rows=rows, words=words)


def _named(versions: list[PolicyVersion], name: str) -> PolicyVersion | None:
    return next((one for one in versions if str(one.id) == request.args.get(name)), None)


@blueprint.get("/<uuid:version_id>/policy.toml")
@access.allow(READ)
def export(version_id: UUID) -> ResponseReturnValue:
    """A version as a file, which the simulator's command and another installation read."""
    with web.reading() as session:
        version = find(session, version_id)
        text = to_toml(policy_of(version))
    name = f"policy-{version.number}.toml"
    return Response(text, mimetype="application/toml", headers={"Content-Disposition": f'attachment; filename="{name}"'})


@blueprint.post("/<uuid:version_id>/submit")
@access.allow(EDIT)
def submit(version_id: UUID) -> ResponseReturnValue:
    """Hand a draft to a second person."""
    try:
        with web.writing() as session:
            policies.submit(session, version_id, access.actor(), web.now())
    except policies.PolicyRefused as error:
        return _refused(version_id, error)
    flash(_("Submitted. A second person must put it into force."), "good")
    return redirect(url_for("policy.show", version_id=version_id))


@blueprint.post("/<uuid:version_id>/activate")
@access.allow(APPROVE)
def activate(version_id: UUID) -> ResponseReturnValue:
    """Approve one's step; the last puts the version into force, at once or at a time; never one's own."""
    try:
        with web.writing() as session:
            done = policies.activate(session, version_id, access.actor(), web.now(), plan())
    except InvalidInput as error:
        return _refused(version_id, error)
    if not done:
        flash(_("Approved. The next step of the route waits."), "good")
        return redirect(url_for("policy.show", version_id=version_id))
    flash(_("In force from now on.") if not request.form.get("from") else _("It takes over by itself at that time."), "good")
    return redirect(url_for("policy.show", version_id=version_id))


def _refused(version_id: UUID, error: InvalidInput) -> ResponseReturnValue:
    with web.reading() as session:
        return page(session, find(session, version_id), words.refusal(error)), error.status


def plan() -> policies.Plan:
    """When and for what share it is to hold, as the form says.

    Raises  InvalidInput
    """
    share = request.form.get("share", "").strip()
    try:
        wanted = float(share) / 100 if share else None
    except ValueError:
        raise InvalidInput({"variant_share": "not_a_number"}) from None
    return policies.Plan(
        start=words.moment_of(request.form.get("from", "")), end=words.moment_of(request.form.get("until", "")), share=wanted
    )


STEPS: dict[str, Any] = {"send-back": policies.send_back, "cancel": policies.cancel, "end-variant": policies.end_variant}


@blueprint.post("/<uuid:version_id>/back/<step>")
@access.allow(APPROVE)
def back(version_id: UUID, step: str) -> ResponseReturnValue:
    """Give a submitted version back, take a scheduled one back, or end a variant."""
    if step not in STEPS:
        raise NotFound
    with web.writing() as session:
        STEPS[step](session, version_id, access.actor(), web.now())
    flash(_("Sent back.") if step == "send-back" else _("Taken back.") if step == "cancel" else _("Ended."), "info")
    return redirect(url_for("policy.show", version_id=version_id))


@blueprint.post("/all-asking/<any(stop, go_on):act>")
@access.allow(SWITCH)
def kill(act: str) -> ResponseReturnValue:
    """The kill switch: nothing more leaves by any channel, at once; or it may go on."""
    with web.writing() as session:
        outgoing.switch(session, outgoing.ALL, access.actor(), web.now(), on=act == "go_on")
    flash(_("All asking is stopped. Nothing leaves by any channel.") if act == "stop" else _("Asking goes on."), "good")
    return redirect(url_for("policy.index"))
