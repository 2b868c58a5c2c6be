"""The pages on which a draft of the contact policy is written: the form, what it says meanwhile, and a file instead."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _
from portal.foundation.sent_files import maybe_file
from portal.people import access
from scheduler.contacts import forms, policies, policy_fields, words
from scheduler.contacts.models import PolicyVersion
from scheduler.contacts.policy_text import spoken
from scheduler.contacts.policy_views import EDIT, find
from scheduler.contacts.rules.policy import ContactPolicy, from_toml
from scheduler.contacts.rules.reasons import Rule
from scheduler.contacts.standing import policy_of

blueprint = Blueprint("policy_draft", __name__, url_prefix="/portal/policy")
REFUSED = 422
MOST_BYTES = 200_000


@blueprint.post("/draft")
@access.allow(EDIT)
def draft() -> ResponseReturnValue:
    """A new draft with what is in force, or with what a file says."""
    sent = maybe_file(most=MOST_BYTES)
    try:
        with web.writing() as session:
            policy = _of_file(sent.data) if sent else policy_of(policies.in_force(session, web.now()))
            version = policies.draft(session, policy.model_copy(update={"salt": ""}), access.actor(), web.now())
    except InvalidInput as error:
        flash(words.refusal(error), "bad")
        return redirect(url_for("policy.index"))
    return redirect(url_for("policy_draft.edit", version_id=version.id))


def _of_file(content: bytes) -> ContactPolicy:
    if len(content) > MOST_BYTES:
        raise InvalidInput({"file": "too_large"})
    try:
        return from_toml(content.decode("utf-8-sig"))
    except ValueError as error:
        raise InvalidInput({"file": "not_a_policy"}, why=str(error).splitlines()[0][:200]) from None


@blueprint.get("/<uuid:version_id>/edit")
@access.allow(EDIT)
def edit(version_id: UUID) -> ResponseReturnValue:
    """The form of a draft."""
    with web.reading() as session:
        version = find(session, version_id)
        policy = policy_of(version)
    return _page(version, forms.shown(policy), spoken(policy), {}, "")


@blueprint.post("/<uuid:version_id>/edit")
@access.allow(EDIT)
def change(version_id: UUID) -> ResponseReturnValue:
    """Keep the draft, or say what makes no sense and by which rule; the policy in force stays as it is."""
    with web.writing() as session:
        version = find(session, version_id)
        try:
            policy = policies.priced(session, policies.parse(forms.read(request.form, request.form.getlist)))
            problems = policies.problems(session, policy)
            if problems:
                first = problems[0]
                raise policies.PolicyRefused({one.field: one.code for one in problems}, rule=first.rule, problem=first.code, **first.facts)
            policies.change(session, version_id, policy, access.actor(), web.now())
        except policies.PolicyRefused as error:
            fields = {forms.beside(name): words.problem(code, error.facts) for name, code in error.fields.items()}
            typed = forms.typed_again(request.form, request.form.getlist)
            return _page(version, typed, spoken(policy_of(version)), fields, words.refusal(error)), REFUSED
    flash(_("Saved."), "good")
    return redirect(url_for("policy.show", version_id=version_id))


def _page(version: PolicyVersion, values: dict[str, Any], said: Any, problems: dict[str, str], problem: str) -> str:
    return web.render(
        "scheduler/contacts/policy_form.html", version=version, values=values, said=_by_rule(said), problems=problems, problem=problem,
        groups=policy_fields.GROUPS, steps=policy_fields.STEPS, scopes=policy_fields.SCOPES, words=words, Rule=Rule,
    )  # fmt: skip


def _by_rule(said: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for sentence, text in said:
        found.setdefault(str(sentence.rule), []).append(text)
    return found


@blueprint.post("/say")
@access.allow(EDIT)
def say() -> ResponseReturnValue:
    """What the form says as it stands, in sentences: a part of the page."""
    try:
        policy = policies.parse(forms.read(request.form, request.form.getlist))
        with web.reading() as session:
            policy = policies.priced(session, policy)
            problems = [words.problem(one.code, one.facts) + f" ({one.rule})" for one in policies.problems(session, policy)]
    except policies.PolicyRefused as error:
        return web.render("scheduler/contacts/_policy_said.html", said=[], problems=[words.refusal(error)], words=words)
    return web.render("scheduler/contacts/_policy_said.html", said=spoken(policy), problems=problems, words=words)
