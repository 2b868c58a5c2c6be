"""The staff's pages of articles and badges."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from officers.club import articles, badges, forms, words
from officers.club.board_models import ARTICLE_STATES
from officers.club.edge import errors_of
from officers.club.models import Article, BadgeRule
from officers.club.store import articles as store
from officers.club.store import badges as badge_store
from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text
from portal.people import access
from portal.people.edge import asked, page_of, uuid_of
from questionnaires.logic.rich import rich

blueprint = Blueprint("article_desk", __name__, url_prefix="/portal/officers")
READ, EDIT = "articles.read", "articles.edit"


@blueprint.get("/articles")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """News, articles and best practice."""
    state = asked("state", 10)
    with web.reading() as session:
        rows, more = page_of(
            store.listed(session, state if state in ARTICLE_STATES else "", uuid_of(request.args.get("cursor"))), store.PAGE
        )
        officers = store.active_officers(session)
    return web.render(
        "officers/club/desk_articles.html", rows=rows, state=state, words=words, officers=officers, may_edit=access.may(EDIT),
        now=web.now(), next_cursor=str(rows[-1].id) if more else None,
    )  # fmt: skip


@blueprint.get("/articles/new")
@access.allow(EDIT)
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form({}, None)


def _form(errors: dict[str, str], article: Article | None, status: int = 200) -> ResponseReturnValue:
    pinned = article is not None and article.pinned_until is not None and article.pinned_until > web.now()
    filled = request.form if request.method == "POST" else (article.model_dump() | {"pinned": pinned} if article else {})
    return web.render("officers/club/desk_article_form.html", article=article, errors=errors, filled=filled, words=words), status


@blueprint.post("/articles/new")
@access.allow(EDIT)
def make() -> ResponseReturnValue:
    """Write a draft."""
    try:
        with web.writing() as session:
            article = articles.save(session, None, forms.article(request.form), None, access.actor(), web.now())
    except InvalidInput as error:
        return _form(errors_of(error), None, error.status)
    return redirect(url_for("article_desk.show", article_id=article.id))


@blueprint.get("/articles/<uuid:article_id>")
@access.allow(READ)
def show(article_id: UUID) -> ResponseReturnValue:
    """One article as officers see it, with who has confirmed it."""
    with web.reading() as session:
        article = articles.get(session, article_id)
        readers, more = page_of(store.readers(session, article_id, uuid_of(request.args.get("cursor"))), 50)
        officers = store.active_officers(session)
    return web.render(
        "officers/club/desk_article.html", article=article, body=rich(article.text), readers=readers, officers=officers, words=words,
        may_edit=access.may(EDIT), now=web.now(), next_cursor=str(readers[-1].officer_id) if more else None,
    )  # fmt: skip


@blueprint.get("/articles/<uuid:article_id>/edit")
@access.allow(EDIT)
def edit(article_id: UUID) -> ResponseReturnValue:
    """The form of one that is there."""
    with web.reading() as session:
        return _form({}, articles.get(session, article_id))


@blueprint.post("/articles/<uuid:article_id>/edit")
@access.allow(EDIT)
def change(article_id: UUID) -> ResponseReturnValue:
    """Change it."""
    revision = forms.number(request.form, "revision")
    try:
        with web.writing() as session:
            articles.save(session, article_id, forms.article(request.form), revision, access.actor(), web.now())
    except NotFound:
        raise
    except SoundingsError as error:
        with web.reading() as session:
            return _form(errors_of(error), articles.get(session, article_id), error.status)
    flash(_("Saved."), "good")
    return redirect(url_for("article_desk.show", article_id=article_id))


@blueprint.post("/articles/<uuid:article_id>/<any(publish, retire):act>")
@access.allow(EDIT)
def step(article_id: UUID, act: str) -> ResponseReturnValue:
    """Let officers read it, or no longer."""
    try:
        with web.writing() as session:
            (articles.publish if act == "publish" else articles.retire)(session, article_id, access.actor(), web.now())
    except articles.ArticleChanged as error:
        flash(error_text(error), "warn")
    else:
        flash(_("Published.") if act == "publish" else _("Withdrawn. Officers no longer see it."), "good")
    return redirect(url_for("article_desk.show", article_id=article_id))


@blueprint.get("/badges")
@access.allow(READ)
def badge_rules() -> ResponseReturnValue:
    """The badges, what they take, and how many have them."""
    with web.reading() as session:
        rows, counts = badge_store.rules(session), badge_store.counts(session)
    return web.render("officers/club/desk_badges.html", rows=rows, counts=counts, words=words, may_edit=access.may(EDIT))


@blueprint.get("/badges/new")
@access.allow(EDIT)
def new_badge() -> ResponseReturnValue:
    """An empty rule."""
    return _badge({}, None)


@blueprint.get("/badges/<uuid:rule_id>")
@access.allow(EDIT)
def edit_badge(rule_id: UUID) -> ResponseReturnValue:
    """The form of a rule."""
    with web.reading() as session:
        return _badge({}, _rule(session, rule_id))


def _rule(session: Session, rule_id: UUID) -> BadgeRule:
    found = badge_store.rule(session, rule_id)
    if found is None:
        raise NotFound
    return found


def _badge(errors: dict[str, str], rule: BadgeRule | None, status: int = 200) -> ResponseReturnValue:
    kept = rule.model_dump() | {"name_zh": rule.name.get("zh-Hans", ""), "name_en": rule.name.get("en", "")} if rule else {"active": True}
    filled = request.form if request.method == "POST" else kept
    page = web.render("officers/club/desk_badge_form.html", rule=rule, errors=errors, filled=filled, words=words, icons=badges.ICONS)
    return page, status


@blueprint.post("/badges/new")
@blueprint.post("/badges/<uuid:rule_id>")
@access.allow(EDIT)
def save_badge(rule_id: UUID | None = None) -> ResponseReturnValue:
    """Write a rule, or change one."""
    try:
        with web.writing() as session:
            badges.save(session, rule_id, forms.badge(request.form), access.actor(), web.now())
    except InvalidInput as error:
        with web.reading() as session:
            return _badge(errors_of(error), _rule(session, rule_id) if rule_id else None, error.status)
    flash(_("Saved. The job gives it to those who reach it."), "good")
    return redirect(url_for("article_desk.badge_rules"))
