"""Index trees: their versions with the day from which each is in force, and what an index is for a place and period."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from questionnaires.metrics.asked import Asked, Place, find_place
from questionnaires.metrics.dashboard import read_figures
from questionnaires.metrics.index_models import IndexTree, Indicator
from questionnaires.metrics.privacy import Reader
from questionnaires.metrics.rules import means
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.index import Scored, Tree, score
from questionnaires.metrics.rules.indicators import kind_of
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.visibility import HIDDEN_BELOW
from questionnaires.metrics.store import indexes as store
from questionnaires.metrics.store import reading
from questionnaires.metrics.tree import Tree as Organisation

OWN_PROBLEMS = (
    *("map_without_width", "bins_without_end", "bins_out_of_order", "marks_out_of_order"),
    *("leaf_or_node", "weights_do_not_sum", "code_twice", "tree_too_deep"),
)
"""What a tree says of itself; everything else that pydantic refuses is a plain mistake in the file."""


@dataclass(frozen=True)
class InForce:
    """The tree that counts on a day: its version, 0 for the one that ships, and since when."""

    tree: Tree
    version: int
    since: date | None


@dataclass(frozen=True)
class IndexFigure:
    """An index of a place and period with its nodes."""

    in_force: InForce
    place: Place
    period: Period
    scored: Scored
    sources: Mapping[str, str]
    """Where an imported figure came from, by indicator."""


@cache
def shipped() -> Tree:
    """The made-up tree that ships."""
    raw = files("questionnaires.metrics").joinpath("content/index.json").read_text(encoding="utf-8")
    return Tree.model_validate_json(raw)


def parse(raw: Mapping[str, Any]) -> Tree:
    """A tree from a document.

    Raises  InvalidInput whose field names the node at fault, whose code what is wrong
    """
    try:
        return Tree.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        code = first["type"] if first["type"] in OWN_PROBLEMS else "tree_not_valid"
        raise InvalidInput({"file": code}, place=".".join(str(part) for part in first["loc"]) or "tree") from None


def publish(session: Session, tree: Tree, effective_from: date, actor: Actor, now: datetime) -> IndexTree:
    """Keep a tree as the next version of its code, in force from a day on.

    Raises  InvalidInput where a leaf's indicator is unknown, or a later version is in force from an earlier day
    """
    known = {row.code for row in store.indicators(session)}
    unknown = [name for name in tree.indicators if kind_of(name) is None and name not in known]
    if unknown:
        raise InvalidInput({"file": "unknown_indicator"}, place=", ".join(unknown))
    latest = store.latest(session, tree.code)
    if latest and effective_from < latest.effective_from:
        raise InvalidInput({"effective_from": "before_the_version_before"})
    made = IndexTree(
        code=tree.code,
        version=latest.version + 1 if latest else 1,
        name_zh=tree.name_zh,
        name_en=tree.name_en,
        document=json.loads(tree.model_dump_json()),
        effective_from=effective_from,
        created_by=actor.user_id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    facts = {"code": made.code, "version": made.version, "from": effective_from.isoformat()}
    trail.record(session, actor, "index.publish", "index_tree", made.id, now, facts)
    return made


def codes(session: Session) -> dict[str, tuple[str, str]]:
    """The indexes that there are, with their names; the one that ships among them."""
    names = {shipped().code: (shipped().name_zh, shipped().name_en)}
    return names | {row.code: (row.name_zh, row.name_en) for row in store.all_trees(session)}


def in_force(session: Session, code: str, day: date) -> InForce:
    """The version of an index on a day.

    Raises  NotFound
    """
    row = store.on(session, code, day)
    if row is not None:
        return InForce(Tree.model_validate(row.document), row.version, row.effective_from)
    if code != shipped().code:
        raise NotFound
    return InForce(shipped(), 0, None)


def version_of(session: Session, code: str, number: int) -> Tree:
    """One version of a tree, whether or not it is in force.

    Raises  NotFound
    """
    row = store.version(session, code, number)
    if row is None:
        raise NotFound
    return Tree.model_validate(row.document)


def read_index(session: Session, code: str, asked: Asked, reader: Reader, today: date) -> IndexFigure:
    """An index by the tree in force on the period's last day; hidden figures count as missing.

    Raises  NotFound for an index or unit that is not there
    """
    organisation = Organisation(reading.units(session, today))
    place = find_place(asked, organisation, reader.scope, today=today)
    found = in_force(session, code, today)
    own = {row.code: row for row in store.indicators(session)}
    answered = [name for name in found.tree.indicators if name not in own or own[name].origin == "answered"]
    series, _cells = read_figures(session, place, asked, reader, organisation, today, answered)
    current = in_force(session, code, series.period.last)
    if current.version != found.version:
        answered = [name for name in current.tree.indicators if name not in own or own[name].origin == "answered"]
        series, _cells = read_figures(session, place, asked, reader, organisation, today, answered)
    figures = {
        name: series.figure(name).estimate if kind_of(name) else _mean(series, name, own[name])
        for name in answered
        if kind_of(name) or name in own
    }
    visible = {name: one if one.n >= HIDDEN_BELOW else Estimate.nothing(one.n) for name, one in figures.items()}
    imported = store.imported(session, place.unit.id, series.period, current.tree.indicators) if place.unit else []
    brought = {row.indicator: Estimate(row.value, None, None, row.n or 0) for row in imported}
    sources = {row.indicator: row.origin for row in imported}
    return IndexFigure(current, place, series.period, score(current.tree.root, {**visible, **brought}), sources)


def _mean(series: Any, name: str, indicator: Indicator) -> Estimate:
    """A custom answered indicator: its mean on its own scale."""
    tally = series.tally(name, series.period)
    if series.around.hides(name, series.period) or name in series.around.siblings:
        return Estimate.nothing(0)
    scale = (
        indicator.lowest if indicator.lowest is not None else float("-inf"),
        indicator.highest if indicator.highest is not None else float("inf"),
    )
    return means.mean(tally.n, tally.total, tally.squares, scale)
