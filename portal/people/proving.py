"""Deeds that open doors for others ask once more who is there, where that was shown long ago: an unlocked desk is not enough.

What was typed comes along: the page that asks holds the fields of the form, and sends them again with the password.
"""

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.i18n import code_text, error_text
from portal.people import access, edge, entering, passwords, provisioning, second_factor, session_store, sessions, signing_in, store

View = TypeVar("View", bound=Callable[..., Any])
PROOF = "_proof"
"""The field with the password or code; no form of ours calls a field so."""
LONGEST = 200
REFUSED = 422


def asked(view: View) -> View:
    """For what gives rights or opens doors: run the view once the person showed lately that it is still they. Below the access mark."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if _proved():
            return view(*args, **kwargs)
        if PROOF not in request.form:
            return _page("")
        problem = _try()
        return _page(problem, REFUSED) if problem else view(*args, **kwargs)

    return cast(View, guarded)


def _proved() -> bool:
    mine = access.me().session_id
    with web.reading() as session:
        found = session_store.session_by_id(session, mine) if mine is not None else None
        return sessions.proved(found, web.now(), web.ground().settings)


def _way() -> str:
    """By what this person can show who they are: `password`, `code`, or `again` by coming in anew."""
    with web.reading() as session:
        user = store.user_by_id(session, access.me().user_id)
        if user is not None and user.password_hash != provisioning.OPENS_NOTHING and web.ground().settings.password_log_in:
            return "password"
        return "code" if session_store.has_factor(session, access.me().user_id) else "again"


def _page(problem: str, status: int = 200) -> ResponseReturnValue:
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in (PROOF, "csrf_token")]
    came = urlsplit(request.referrer or "").path
    back = came if edge.inside(came) else url_for("shell.home")
    again = url_for("sso.start", next=back, again="1")
    values = {"fields": fields, "problem": problem, "way": _way(), "back": back, "again": again, "proof": PROOF}
    return web.render("portal/people/prove.html", action=request.full_path.rstrip("?"), **values), status


def _try() -> str:
    """What is wrong with the password or code, in words; empty where it is right, which is then written down."""
    me, way = access.me(), _way()
    typed, key = request.form[PROOF].replace("\x00", "")[:LONGEST], entering.key_of(f"proof|{me.user_id}")
    with web.reading() as session:
        wait = signing_in.wait_of(session, key, web.now())
        user = store.user_by_id(session, me.user_id)
    if wait:
        return error_text(entering.MustWait(wait))
    right = way == "password" and passwords.matches(user.password_hash if user else None, typed)
    with web.writing() as session:
        if way == "code":
            right = second_factor.check(session, web.ground().keys, me.user_id, typed, web.now(), entering.where_from())
        if right and me.session_id is not None:
            session_store.drop_try(session, key)
            sessions.note_proof(session, me.session_id, access.actor(), web.now())
            return ""
        signing_in.note_failure(session, me.user_id, key, web.now())
    return code_text("wrong_code" if way == "code" else "wrong_password")
