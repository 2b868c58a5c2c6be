"""A dashboard in the reader's words: what the page's parts are given."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import current_app, url_for

from portal.foundation.i18n import _
from portal.people.customer_kinds import segment_name
from questionnaires.metrics.asked import SOURCES, Asked
from questionnaires.metrics.breakdown import Cell
from questionnaires.metrics.dashboard import Dashboard
from questionnaires.metrics.exemptions import Exemption
from questionnaires.metrics.figures import Figure, Point
from questionnaires.metrics.labels import Line, journeys, label_of
from questionnaires.metrics.models import ALONE
from questionnaires.metrics.naming import (
    AGAINST,
    AGAINST_SHORT,
    CUT_NAMES,
    DECIMALS,
    KINDS,
    LEVELS,
    PERIODS,
    RANGE,
    SHORT_KINDS,
    SOURCE_NAMES,
    STEP_NAMES,
    TREES,
    UNIT_OF,
    WHOLE_PERIODS,
    channel_name,
    day_label,
    name_of,
    span,
    version_name,
)
from questionnaires.metrics.privacy import hidden_values
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.rules.ranges import ranges
from questionnaires.metrics.rules.ranking import TIES_AT_EACH_END, TIES_FOR_ALL_UP_TO
from questionnaires.metrics.rules.ranking import Place as Ranked
from questionnaires.metrics.rules.tally import Tally
from questionnaires.metrics.rules.tally import figure as figure_of
from questionnaires.metrics.rules.weights import Weighted, enough, weighted_figure
from questionnaires.metrics.store.reading import Unit
from questionnaires.metrics.targets import reached
from questionnaires.metrics.tree import Tree
from questionnaires.metrics.verbatims import Verbatim

SHOWN_PLACES = 4
CUT_ROWS = 12


def address(asked: Asked, **changes: str) -> str:
    """The dashboard's address with some choices changed."""
    keep = asked.model_dump(mode="json", by_alias=True, exclude_defaults=True) | changes
    return url_for("metrics.dashboard", **{key: value for key, value in keep.items() if value})


def page(board: Dashboard) -> dict[str, Any]:
    """All values of the dashboard's template."""
    kind = board.asked.indicator
    return {
        "board": board,
        "title": _title(board),
        "words_url": _words_url(board),
        "wall_url": url_for("metrics_wall.wall", unit=board.asked.unit or None),
        "purpose": _purpose(board),
        "crumbs": _crumbs(board),
        "filters": filters(board),
        "kind": kind,
        "kind_name": KINDS[kind],
        "short_name": SHORT_KINDS[kind],
        "decimals": DECIMALS[kind],
        "unit": UNIT_OF[kind],
        "range": RANGE[kind],
        "others": _others(board),
        "against": str(AGAINST_SHORT[board.asked.against]),
        "beside": [beside(board, figure) for figure in board.figures.values()],
        "exempt": [exempted(board, one) for one in board.breakdown.exempt],
        "cuts": [cut for cut in (cut_of(board, name) for name in CUT_NAMES) if len(cut["rows"]) > 1],
        "chart": chart(board),
        "funnel": [{"label": STEP_NAMES[step], "value": n} for step, n in board.funnel.steps] if board.funnel else [],
        "heat": heat(board),
        "best": [place_row(board.tree, board.asked, one) for one in board.breakdown.ranking.best()[:SHOWN_PLACES]],
        "weakest": [place_row(board.tree, board.asked, one) for one in board.breakdown.ranking.weakest()[-SHOWN_PLACES:]],
        "places": [place_row(board.tree, board.asked, one) for one in listed(board.breakdown.ranking.places)],
        "verbatims": None if board.verbatims is None else [said(board, one) for one in board.verbatims],
    }


def _words_url(board: Dashboard) -> str:
    """The page of all verbatims, where the package above has one."""
    if "words.verbatims" not in current_app.view_functions:
        return ""
    return url_for("words.verbatims", unit=board.asked.unit or None, touchpoint=board.asked.touchpoint or None)


def _title(board: Dashboard) -> str:
    return name_of(board.place.unit) if board.place.unit else _("My units")


def _purpose(board: Dashboard) -> str:
    count, dates = len(board.place.below), span(board.period.first, board.period.last)
    if count > 1:
        return str(_("How customers of %(units)s units judged what just happened to them, %(dates)s.", units=count, dates=dates))
    return str(_("How customers judged what just happened to them, %(dates)s.", dates=dates))


def _crumbs(board: Dashboard) -> list[tuple[str, str]]:
    """The way up, as far as the reader may see."""
    if board.place.unit is None:
        return []
    visible = {branch.unit.id for branch in board.choices}
    above = [unit for unit in reversed(board.tree.above(board.place.unit)[1:]) if unit.id in visible]
    return [(name_of(unit), address(board.asked, unit=unit.code)) for unit in above]


def filters(board: Dashboard) -> dict[str, list[Any]]:
    """What may be chosen instead."""
    asked, labels = board.asked, board.labels
    touchpoints = sorted({*board.breakdown.touchpoints, *filter(None, [asked.touchpoint])})
    channels = sorted({*board.breakdown.channels, *filter(None, [asked.channel])})
    periods = list((WHOLE_PERIODS if board.reader.coarse else PERIODS).items())
    if asked.first and asked.last:
        periods.append(("", span(asked.first, asked.last)))
    return {
        "journeys": [("", _("All journeys")), *((line.code, _line_name(line)) for line in journeys(labels))],
        "segments": _choices(_("All segments"), board, "segment"),
        "products": _choices(_("All products"), board, "product") if _several(board, "product") else [],
        "versions": _choices(_("All versions"), board, "version") if _several(board, "version") else [],
        "staff": _choices(_("All staff"), board, "staff"),
        "against": list(AGAINST.items()),
        "trees": list(TREES.items()),
        "units": [{"id": one.unit.code, "name": name_of(one.unit), "depth": one.depth} for one in board.choices],
        "touchpoints": [("", _("All touchpoints")), *((code, label_of(labels, code).name) for code in touchpoints)],
        "channels": [("", _("All channels")), *((code, channel_name(code)) for code in channels)],
        "periods": periods,
        "sources": [(code, SOURCE_NAMES[code]) for code in SOURCES],
        "levels": list(LEVELS.items()) if board.tree.has_outlets_deeper(board.place.units) else [],
        "indicators": [(str(kind), name) for kind, name in SHORT_KINDS.items()],
    }


def _choices(everything: str, board: Dashboard, dimension: str) -> list[tuple[str, str]]:
    """What may be chosen of a dimension, named ones in their order and before others; nothing where answers know none of it."""
    names, there = _names(board, dimension), {*board.breakdown.values[dimension], *filter(None, [getattr(board.asked, dimension)])}
    known = [*(code for code in names if code in there), *sorted(there - names.keys())]
    return [("", everything), *((value, names.get(value, value)) for value in known)] if known else []


def _names(board: Dashboard, dimension: str) -> dict[str, str]:
    """What values of a dimension are called, in their order; others stand by the code that the bank's systems send."""
    if dimension == "version":
        return {one.value: version_name(one) for one in board.versions}
    return {code: segment_name(board.segments, code) for code in board.segments} if dimension == "segment" else {}


def _several(board: Dashboard, dimension: str) -> bool:
    """Whether there is a choice: one version or product alone is no cut. What is chosen can be taken back."""
    there = {row.value for row in board.cells.of_place if row.dimension == dimension and row.tally.n}
    return len(there) > 1 or bool(getattr(board.asked, dimension))


def _line_name(line: Line) -> str:
    """A journey by its name, a stage set in a little."""
    return f"\u2003{line.name}" if line.code.startswith("stage:") else line.name


def _others(board: Dashboard) -> list[dict[str, Any]]:
    """The sources that stand beside the chosen one, never summed in."""
    beside = ((source, n) for source, n in board.sources.items() if source != board.asked.source and n)
    return [{"name": SOURCE_NAMES[source], "n": n, "url": address(board.asked, source=source)} for source, n in sorted(beside)]


def chart(board: Dashboard) -> dict[str, Any]:
    """The trend as the chart part wants it."""
    kind, points = board.asked.indicator, board.trend
    return {
        "kind": "trend",
        "labels": [day_label(point.period.first) for point in points],
        "series": [
            {
                "name": str(SHORT_KINDS[kind]),
                "values": [point.estimate.value for point in points],
                "lower": [point.estimate.lower for point in points],
                "upper": [point.estimate.upper for point in points],
            }
        ],
        "n": [point.estimate.n for point in points],
        "unit": UNIT_OF[kind],
        "decimals": DECIMALS[kind],
        **_target_line(board),
        "events": [
            {"at": day_label(point.period.first), "text": words} for day, words in board.notes for point in points if _inside(day, point)
        ],
    }


def _inside(day: date, point: Point) -> bool:
    return point.period.first <= day <= point.period.last


def _target_line(board: Dashboard) -> dict[str, Any]:
    target = board.targets.get(board.asked.indicator)
    return {"target": target.value, "target_label": _("Target")} if target else {}


def beside(board: Dashboard, figure: Figure) -> dict[str, Any]:
    """What stands beside a figure: its target, the figure after appeals, and how it is weighed."""
    target = board.targets.get(figure.indicator)
    return {
        "name": SHORT_KINDS[figure.kind],
        "figure": figure,
        "target": target.value if target and not figure.hidden else None,
        "reached": str(reached(figure.estimate, target.value)) if target and not figure.hidden else "",
        "decimals": DECIMALS[figure.kind],
        "unit": UNIT_OF[figure.kind],
    }


def exempted(board: Dashboard, one: Exemption) -> dict[str, Any]:
    """A unit that the ranking leaves out, and by whose leave."""
    return {"name": name_of(board.tree.by_id[one.unit_id]), "by": one.by, "until": one.until}


def _value_name(board: Dashboard, dimension: str, value: str) -> str:
    if dimension == "channel":
        return channel_name(value)
    return _names(board, dimension).get(value, value) or _("Not known")


def cut_of(board: Dashboard, dimension: str) -> dict[str, Any]:
    """A place's figures by one dimension; what would give a small one away is hidden."""
    kind = board.asked.indicator
    tallies: dict[str, Tally] = {}
    weights: dict[str, Weighted] = {}
    for row in board.cells.of_place:
        if row.dimension == dimension and row.indicator == kind and row.tally.n:
            tallies[row.value] = tallies.get(row.value, Tally()) + row.tally
            weights[row.value] = weights.get(row.value, Weighted()) + row.weighted
    hidden = frozenset(tallies) if board.chosen.hidden else hidden_values(board.cells.of_place, dimension, kind)
    rows = [
        {
            "name": _value_name(board, dimension, value),
            "url": address(board.asked, **{**dict.fromkeys(("touchpoint", "journey", "channel", *ALONE), ""), dimension: value}),
            "estimate": Estimate.nothing(tally.n) if value in hidden else _estimate(kind, tally, enough(weights[value], tally.n)),
        }
        for value, tally in sorted(tallies.items(), key=lambda one: -one[1].n)
    ]
    return {"dimension": dimension, "title": CUT_NAMES[dimension], "rows": rows[:CUT_ROWS], "more": max(0, len(rows) - CUT_ROWS)}


def _estimate(kind: Kind, tally: Tally, weighted: Weighted | None) -> Estimate:
    return weighted_figure(kind, weighted) if weighted else figure_of(kind, tally)


def by_week(points: list[Point]) -> bool:
    """Whether a trend goes by weeks."""
    return any(point.period.days > 1 for point in points)


def heat(board: Dashboard) -> dict[str, Any]:
    """Units against touchpoints."""
    columns = board.breakdown.columns
    rows = []
    for row in board.breakdown.rows:
        unit = board.tree.by_id[row.unit_id]
        if any(row.cells):
            cells = [_cell(board, unit, column, cell) for column, cell in zip(columns, row.cells, strict=True)]
            rows.append({"name": name_of(unit), "url": address(board.asked, unit=unit.code), "cells": cells})
    return {"columns": [label_of(board.labels, code).short or _("Without touchpoint") for code in columns], "rows": rows}


def _cell(board: Dashboard, unit: Unit, column: str, cell: Cell | None) -> dict[str, Any]:
    if cell is None:
        return {"value": None, "n": 0, "level": None, "url": ""}
    url = address(board.asked, unit=unit.code, touchpoint=column)
    return {"value": cell.estimate.value, "n": cell.tally.n, "level": None if cell.hidden else cell.level, "url": url}


def listed(places: Sequence[Ranked[UUID]]) -> Sequence[Ranked[UUID]]:
    """All places, or the first and last of very many: only those know their ties."""
    if len(places) <= TIES_FOR_ALL_UP_TO:
        return places
    return (*places[:TIES_AT_EACH_END], *places[-TIES_AT_EACH_END:])


def place_row(tree: Tree, asked: Asked, ranked: Ranked[UUID]) -> dict[str, Any]:
    """One place of the ranking."""
    unit, estimate = tree.by_id[ranked.key], ranked.estimate
    return {
        "place": ranked.rank,
        "name": name_of(unit),
        "url": address(asked, unit=unit.code),
        "value": estimate.value,
        "lower": estimate.lower,
        "upper": estimate.upper,
        "n": estimate.n,
        "tied": ranges({ranked.rank, *ranked.tied}) if ranked.tied else "",
    }


def said(board: Dashboard, verbatim: Verbatim) -> dict[str, Any]:
    """One customer's words with where and when."""
    unit = board.tree.by_id.get(verbatim.unit_id) if verbatim.unit_id else None
    where = [label_of(board.labels, verbatim.touchpoint).name, name_of(unit) if unit else ""]
    return {
        "text": verbatim.text,
        "score": verbatim.score,
        "kind": str(verbatim.kind),
        "measure": SHORT_KINDS[verbatim.kind] if verbatim.score is not None else "",
        "where": " · ".join(filter(None, where)),
        "who": _("Customer %(code)s", code=verbatim.who) if verbatim.who else "",
        "at": verbatim.said_at,
    }
