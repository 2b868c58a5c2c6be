"""Test links: answer a published version oneself; such answers are left out of every figure. And `questionnaires …`."""

from typing import Any
from uuid import UUID

import click
from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from portal.audit import trail
from portal.foundation import web
from portal.foundation.db import insert_rows
from portal.foundation.errors import NotFound
from portal.foundation.ground import Ground
from portal.people import access
from portal.people.customers import customers_by_ref
from portal.shell.cli import OpenGround, put
from questionnaires.answering.invitations import InvitationSpec, link, make_rows, make_test_link
from questionnaires.answering.models import Invitation
from questionnaires.library import library, present
from questionnaires.library import store as library_store

blueprint = Blueprint("test_links", __name__, url_prefix="/portal/test-links")


@blueprint.post("/<uuid:version_id>")
@access.allow("questionnaires.read")
def make(version_id: UUID) -> ResponseReturnValue:
    """Make a test link to a version and show it."""
    ground = web.ground()
    with web.writing() as session:
        version = library_store.version(session, version_id)
        if version is None:
            raise NotFound
        questionnaire = library.get(session, version.questionnaire_id)
        address = make_test_link(session, ground.keys, version.id, ground.settings.effective_public_url, web.now())
        trail.record(session, access.actor(), "questionnaire.test_link", "questionnaire_version", version.id, web.now())
    title = present.title_of(questionnaire)
    return web.render("questionnaires/answering/test_link.html", address=address, version=version, questionnaire=questionnaire, title=title)


def link_for(session: Session, ground: Ground, which: str, customer: str | None) -> str:
    """A link to a questionnaire's current version: a test link, or one customer's own.

    which   id or code of a questionnaire
    Raises  NotFound for a questionnaire that is not there or has no version
    """
    try:
        found = library.get(session, UUID(which))
    except ValueError:
        found = library.by_code(session, which)
    if found.current_version_id is None:
        raise NotFound(code=found.code)
    public_url, now = ground.settings.effective_public_url, ground.now()
    if customer is None:
        return make_test_link(session, ground.keys, found.current_version_id, public_url, now)
    known = customers_by_ref(session, [customer], now, keys=ground.keys).get(customer)
    if known is None:
        raise NotFound(customer=customer)
    spec = InvitationSpec(found.current_version_id, person_id=known.person_id, customer_id=known.id, unit_id=known.unit_id, channel="link")
    rows = make_rows([spec], ground.keys, now)
    insert_rows(session, Invitation, rows)
    return link(public_url, ground.keys, Invitation(**rows[0]))


@click.group()
def questionnaires() -> None:
    """The library of questionnaires, and links to answer them."""


@questionnaires.command("list")
@click.option("--status", default="", help="Only those of this status.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def list_command(opened: OpenGround, status: str, as_json: bool) -> None:
    """The library, with status and version."""
    with opened.ground.reading() as session:
        rows = library_store.listed(session, library_store.Filters(status=status))
        versions = library_store.versions_by_id(session, [row.current_version_id for row in rows if row.current_version_id])
    found = [
        {
            "id": str(row.id),
            "code": row.code,
            "title_zh": row.title_zh,
            "title_en": row.title_en,
            "folder": row.folder,
            "status": row.status,
            "version": versions[row.current_version_id].number if row.current_version_id else None,
        }
        for row in rows
    ]
    put({"questionnaires": found}, as_json, _lines)


def _lines(result: dict[str, Any]) -> list[str]:
    return [
        f"{one['id']}  {one['status']:<10} v{one['version'] or '-'}  {one['code']}  {one['title_en']}" for one in result["questionnaires"]
    ]


@questionnaires.command("link")
@click.argument("which", metavar="ID")
@click.option("--customer", default=None, metavar="REF", help="One customer's own link; without it a test link, left out of the figures.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def link_command(opened: OpenGround, which: str, customer: str | None, as_json: bool) -> None:
    """A link that answers a questionnaire, given by id or code."""
    with opened.ground.writing() as session:
        address = link_for(session, opened.ground, which, customer)
    put({"link": address, "test": customer is None}, as_json, lambda result: [result["link"]])
