"""The navigation by role, and what every staff page is given."""

from typing import Any

from flask import current_app, request, url_for
from flask_login import current_user

from portal.foundation import i18n, web
from portal.foundation.i18n import _l
from portal.house import switches
from portal.people import access, store
from portal.shell.features import SECTIONS, Feature, MenuItem

FEATURES = "soundings.features"
"""Where the app keeps its features."""

TITLES = {
    "ask": _l("Ask"),
    "listen": _l("Listen"),
    "right": _l("Put right"),
    "officers": _l("Officers"),
    "manage": _l("Manage"),
}


def features() -> tuple[Feature, ...]:
    """The features of the running app."""
    return tuple(current_app.extensions[FEATURES])


def navigation_values() -> dict[str, Any]:
    """Values for the shell's templates; `navigation` and `me` are read only by pages that show them."""
    settings = web.ground().settings
    return {
        "navigation": _navigation,
        "me": _person,
        "may": access.may,
        "may_whole": access.may_whole,
        "language": i18n.current_language(),
        "languages": [(code, i18n.NAMES[code]) for code in i18n.LANGUAGES],
        "bank_name": i18n.pick(settings.bank_name_zh, settings.bank_name_en),
        "hotline": settings.hotline,
        "pick": i18n.pick,
        "pick_text": i18n.pick_text,
    }


def _person() -> dict[str, Any] | None:
    """Who is signed in: name, initials and unit; a function, called by the shell's templates."""
    if not current_user.is_authenticated:
        return None
    person = access.me()
    with web.reading() as session:
        chosen = access.chosen_unit()
        shown = chosen or person.unit_id
        unit = store.unit_by_id(session, shown) if shown else None
    name = person.name
    initials = name[:1] if not name.isascii() else "".join(part[0] for part in name.split()[:2]).upper()
    return {
        "name": name,
        "initials": initials,
        "unit_name": i18n.pick(unit.name_zh, unit.name_en) if unit else "",
        "narrowed": chosen is not None,
        "roles": sorted(person.roles),
    }


def _navigation() -> list[dict[str, Any]]:
    """The sections with the lines this person may see; a function, called by the shell's templates."""
    if not current_user.is_authenticated:
        return []
    off = switches.hidden(current_app)
    items = [one for feature in features() for one in feature.menu if access.may(one.permission) and one.endpoint.split(".")[0] not in off]
    with web.reading() as session:
        counts = {item: item.count(session, access.me(), web.now()) if item.count else 0 for item in items}
    endpoints = {item.endpoint for item in items}
    lines = {item: _line(item, counts[item], endpoints) for item in items}
    found = []
    for section in SECTIONS:
        chosen = sorted((item for item in items if item.section == section), key=lambda item: item.order)
        if chosen:
            found.append({"section": section, "title": TITLES[section], "items": [lines[item] for item in chosen]})
    return found


def _line(item: MenuItem, count: int, endpoints: set[str]) -> dict[str, Any]:
    """A line is where the reader is when it names this page, or else a page of the same blueprint that no line names."""
    here = request.blueprint == item.endpoint.split(".")[0] and (request.endpoint == item.endpoint or request.endpoint not in endpoints)
    return {"title": item.title, "url": url_for(item.endpoint), "icon": item.icon, "current": here, "count": count or None}
