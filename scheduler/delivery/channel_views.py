"""The page of one channel: how it is set up, who signs, how it does; a test; the pause that it takes when it is down."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import NAMES, _, code_text
from portal.people import access
from scheduler.delivery import setting_up, tallying, words
from scheduler.delivery.channel_models import USES, ChannelSetting, ChannelState
from scheduler.delivery.channels.available import set_up
from scheduler.delivery.channels.base import Refused, Sent
from scheduler.delivery.rules.setup import TLS
from scheduler.delivery.setting_up import IDENTITY, NotSetUp, Trial
from scheduler.delivery.store import channels as store
from scheduler.delivery.store import pages
from scheduler.delivery.store.tallies import Sums
from scheduler.delivery.views import blueprint
from scheduler.delivery.wordings import CHANNELS

EDIT = "channels.edit"
LONGEST = 4_000
Errors = Mapping[str, str]
NOTHING: Errors = {}


def _known(channel: str) -> str:
    if channel not in CHANNELS:
        raise NotFound
    return channel


def _typed() -> dict[str, str]:
    """What a form holds; a NUL is what nobody types."""
    return {name: value[:LONGEST].replace("\x00", "\ufffd") for name, value in request.form.items()}


@blueprint.get("/channels/<channel>")
@access.allow(EDIT)
def channel_page(channel: str) -> ResponseReturnValue:
    """A channel."""
    return _page(_known(channel))


def _page(channel: str, typed: Mapping[str, str] | None = None, errors: Errors = NOTHING, form: str = "") -> ResponseReturnValue:
    """The page, with what was typed into one of its forms where that was refused."""
    now = web.now()
    with web.reading() as session:
        row = store.settings(session).get(channel)
        state = store.states(session).get(channel) or ChannelState(channel=channel)
        signers = store.identities(session)
        on = pages.switches(session).get(channel, True)
        ready = channel in set_up(web.ground().settings, [row] if row else [])
        month = tallying.month(session, web.ground().settings.zone, now).get(channel, Sums())
    values = {"settings": _as_typed(row)} | {use: _signer(signers.get((channel, use))) for use in USES}
    if typed is not None and form:
        values[form] = {**values.get(form, {}), **typed}
    words_of = {name: code_text(code) for name, code in errors.items()}
    page = web.render(
        "scheduler/delivery/channel.html", channel=channel, row=row, state=state, now=now, on=on, ready=ready, month=month,
        values=values, errors={form: words_of}, uses=words.USES, words=words, tls=TLS, language_names=NAMES,
        by_environment=ready and not (row and (row.url or row.account)), tried=typed if form == "test" else {},
    )  # fmt: skip
    return page, 422 if errors else 200


def _as_typed(row: ChannelSetting | None) -> dict[str, Any]:
    """A setting as its form shows it; secrets are never shown."""
    if row is None:
        return {"tls": "starttls"}
    templates = "\n".join(f"{code} = {name}" for code, name in sorted(row.options.get("templates", {}).items()))
    plain = {name: "" if (value := getattr(row, name)) is None else value for name in ("url", "account", "rate", "cost")}
    return {**plain, **row.options, "templates": templates}


def _signer(row: Any) -> dict[str, str]:
    return {name: getattr(row, name) for name in IDENTITY} if row else {}


@blueprint.post("/channels/<channel>")
@access.allow(EDIT)
def set_up_channel(channel: str) -> ResponseReturnValue:
    """Set a channel up."""
    typed, now = _typed(), web.now()
    try:
        with web.writing() as session:
            setting_up.save(web.ground(), session, _known(channel), typed, access.actor(), now)
    except InvalidInput as error:
        return _page(channel, _without_secrets(typed), error.fields, "settings")
    flash(_("Saved. What is sent from now on goes by it."), "good")
    return redirect(url_for("messages.channel_page", channel=channel))


def _without_secrets(typed: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in typed.items() if name not in ("token", "receipt_secret")}


@blueprint.post("/channels/<channel>/signer/<use>")
@access.allow(EDIT)
def sign_channel(channel: str, use: str) -> ResponseReturnValue:
    """Say who signs."""
    if use not in USES:
        raise NotFound
    form = _typed()
    typed = {name: form.get(f"{use}_{name}", "") for name in IDENTITY}
    try:
        with web.writing() as session:
            setting_up.sign(session, _known(channel), use, typed, access.actor(), web.now())
    except InvalidInput as error:
        return _page(channel, typed, error.fields, use)
    flash(_("Saved."), "good")
    return redirect(url_for("messages.channel_page", channel=channel))


@blueprint.post("/channels/<channel>/test")
@access.allow(EDIT)
def test_channel(channel: str) -> ResponseReturnValue:
    """Send made-up words to the operator's own address."""
    typed, now = _typed(), web.now()
    trial = Trial(*(typed.get(name, "").strip() for name in Trial._fields))
    try:
        outcome = setting_up.try_out(web.ground(), _known(channel), trial, access.actor(), now)
    except InvalidInput as error:
        return _page(channel, typed, error.fields, "test")
    except NotSetUp:
        flash(_("The channel is not set up."), "bad")
        return redirect(url_for("messages.channel_page", channel=channel))
    reason = "" if isinstance(outcome, Sent) else str(words.REASONS.get(outcome.reason, outcome.reason))
    if isinstance(outcome, Sent):
        flash(_("The provider has taken the test."), "good")
    elif isinstance(outcome, Refused):
        flash(_("The provider has not taken the test: %(reason)s.", reason=reason), "bad")
    else:
        flash(_("Nobody knows whether the test arrived: %(reason)s.", reason=reason), "warn")
    return redirect(url_for("messages.channel_page", channel=channel))


@blueprint.post("/channels/<channel>/wake")
@access.allow(EDIT)
def wake_channel(channel: str) -> ResponseReturnValue:
    """Use a channel that rests again at once."""
    with web.writing() as session:
        setting_up.wake(session, _known(channel), access.actor(), web.now())
    flash(_("The channel is tried again at once."), "good")
    return redirect(url_for("messages.channel_page", channel=channel))
