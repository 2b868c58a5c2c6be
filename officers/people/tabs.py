"""The zone's tabs and the cards of its home page: rooms add theirs when they are imported."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import request, url_for
from flask_babel import LazyString
from sqlmodel import Session

if TYPE_CHECKING:  # the zone draws the tabs
    from officers.people.zone import Here

Load = Callable[[Session, "Here", datetime], dict[str, Any] | None]


class Tab(NamedTuple):
    """One of the few ways of the bottom bar. `blueprints`: on whose pages it is the current one, besides its own endpoint's."""

    title: LazyString | str
    endpoint: str
    icon: str
    order: int = 50
    blueprints: tuple[str, ...] = ()


class Card(NamedTuple):
    """A card of the home page; `load(session, here, now)` reads what its template shows as `values`, None leaves it out."""

    load: Load
    template: str
    order: int


_tabs: dict[str, Tab] = {}
_cards: dict[str, Card] = {}


def add_tab(tab: Tab) -> None:
    """Add a tab; once for each endpoint."""
    _tabs[tab.endpoint] = tab


def add_home(load: Load, template: str, order: int) -> None:
    """Add a card to the home page; once for each template."""
    _cards[template] = Card(load, template, order)


def drawn() -> list[dict[str, Any]]:
    """The tabs as the frame shows them."""
    return [
        {"title": one.title, "url": url_for(one.endpoint), "icon": one.icon, "current": _current(one)}
        for one in sorted(_tabs.values(), key=lambda one: one.order)
    ]


def _current(tab: Tab) -> bool:
    own = tab.endpoint.split(".")[0]
    return request.endpoint == tab.endpoint or (request.endpoint not in _tabs and request.blueprint in (own, *tab.blueprints))


def cards(session: Session, here: "Here", now: datetime) -> list[dict[str, Any]]:
    """What each card shows to this officer, those left out that have nothing to say."""
    found = []
    for card in sorted(_cards.values(), key=lambda one: one.order):
        values = card.load(session, here, now)
        if values is not None:
            found.append({"template": card.template, "values": values})
    return found
