"""The pages of the contact policy: what is in force, in sentences; drafts; a second person puts them into force."""

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.foundation import web
from portal.foundation.errors import NotFound
from portal.foundation.i18n import _
from portal.people import access
from scheduler.contacts import policies, words
from scheduler.contacts.forms import PolicyForm, merged, shown
from scheduler.contacts.models import PolicyVersion
from scheduler.contacts.rules.sentences import Sentence, sentences
from scheduler.contacts.standing import policy_of
from scheduler.contacts.store import standing as store

blueprint = Blueprint("policy", __name__, url_prefix="/portal/policy")
READ, EDIT, APPROVE = "policy.read", "policy.edit", "policy.approve"
REFUSED = 422


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """The policy in force, in sentences, and all versions."""
    with web.writing() as session:  # a new installation starts with the shipped policy
        active = policies.in_force(session, web.now())
        return _page(session, active)


@blueprint.get("/<uuid:version_id>")
@access.allow(READ)
def show(version_id: UUID) -> ResponseReturnValue:
    """One version."""
    with web.reading() as session:
        return _page(session, _find(session, version_id))


def _page(session: Session, version: PolicyVersion) -> str:
    said = [(one, words_of(one)) for one in sentences(policy_of(version))]
    versions = store.policy_versions(session)
    own = version.author_id is not None and version.author_id == access.me().user_id
    return web.render("scheduler/contacts/policy.html", version=version, versions=versions, said=said, words=words, own=own)


def words_of(one: Sentence) -> str:
    """A sentence in the reader's language; its pattern is the key of its translation."""
    facts = {**one.facts, "channel": words.channel_name(one.facts["channel"])} if "channel" in one.facts else one.facts
    return str(_(one.text, **facts))


def _find(session: Session, version_id: UUID) -> PolicyVersion:
    version = store.policy_version(session, version_id)
    if version is None:
        raise NotFound
    return version


@blueprint.post("/draft")
@access.allow(EDIT)
def draft() -> ResponseReturnValue:
    """A new draft with what is in force."""
    with web.writing() as session:
        active = policies.in_force(session, web.now())
        version = policies.draft(session, policy_of(active), access.actor(), web.now())
    return redirect(url_for("policy.edit", version_id=version.id))


@blueprint.get("/<uuid:version_id>/edit")
@access.allow(EDIT)
def edit(version_id: UUID) -> ResponseReturnValue:
    """The form of a draft."""
    with web.reading() as session:
        version = _find(session, version_id)
        form = PolicyForm(data=shown(policy_of(version)))
        return web.render("scheduler/contacts/policy_form.html", form=form, version=version, problem="")


@blueprint.post("/<uuid:version_id>/edit")
@access.allow(EDIT)
def change(version_id: UUID) -> ResponseReturnValue:
    """Keep the draft, or say what makes no sense; the policy in force stays as it is."""
    form = PolicyForm()
    with web.writing() as session:
        version = _find(session, version_id)
        problem = "" if form.validate() else _("Some figures make no sense.")
        if not problem:
            try:
                policies.change(session, version_id, merged(form, policy_of(version)), access.actor(), web.now())
            except ValueError:
                problem = _("Some figures make no sense.")
        if problem:
            return web.render("scheduler/contacts/policy_form.html", form=form, version=version, problem=problem), REFUSED
    flash(_("Saved."), "good")
    return redirect(url_for("policy.show", version_id=version_id))


@blueprint.post("/<uuid:version_id>/submit")
@access.allow(EDIT)
def submit(version_id: UUID) -> ResponseReturnValue:
    """Hand a draft to a second person."""
    with web.writing() as session:
        policies.submit(session, version_id, access.actor(), web.now())
    flash(_("Submitted. A second person must put it into force."), "good")
    return redirect(url_for("policy.show", version_id=version_id))


@blueprint.post("/<uuid:version_id>/activate")
@access.allow(APPROVE)
def activate(version_id: UUID) -> ResponseReturnValue:
    """Put a version into force; never one's own."""
    with web.writing() as session:
        policies.activate(session, version_id, access.actor(), web.now())
    flash(_("In force from now on."), "good")
    return redirect(url_for("policy.show", version_id=version_id))


@blueprint.post("/<uuid:version_id>/send-back")
@access.allow(APPROVE)
def send_back(version_id: UUID) -> ResponseReturnValue:
    """Give a submitted version back to its author."""
    with web.writing() as session:
        policies.send_back(session, version_id, access.actor(), web.now())
    flash(_("Sent back."), "info")
    return redirect(url_for("policy.show", version_id=version_id))
