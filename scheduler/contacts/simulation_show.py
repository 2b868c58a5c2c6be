"""What came out of a run, arranged for charts and tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.foundation.i18n import _
from scheduler.contacts import words

MOST = 12


def shown(results: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> dict[str, Any]:
    """Charts of one or two results side by side, and the rows of their tables."""
    labels = [_("Version %(number)s", number=one["label"]) for one in results]
    return {
        "labels": labels,
        "results": results,
        "per_customer": _bars([_("none"), *map(str, range(1, 6)), _("6 or more")], labels, [one["histogram"] for one in results]),
        "drops": _drops(results, labels),
        "precision": _margins(results, labels, "by_touchpoint", names),
        "units": _margins(results, labels, "by_unit", {}),
        "workload": _bars([_("answers"), _("cases")], labels, [[one["workload"]["answers"], one["workload"]["cases"]] for one in results]),
        "touchpoints": _rows(results, "by_touchpoint", names),
        "by_unit": _rows(results, "by_unit", {})[:60],
    }


def _bars(points: Sequence[str], labels: Sequence[str], values: Sequence[Sequence[Any]], horizontal: bool = False) -> dict[str, Any]:
    series = [{"name": name, "values": list(several)} for name, several in zip(labels, values, strict=True)]
    return {"kind": "bars", "labels": list(points), "series": series, "stacked": False, "horizontal": horizontal}


def _drops(results: Sequence[Mapping[str, Any]], labels: Sequence[str]) -> dict[str, Any]:
    counts: dict[str, list[int]] = {}
    for place, one in enumerate(results):
        drops = {**one["decisions"]["DROP"], "OUTRANKED": one["decisions"]["OUTRANKED"]}
        for code, n in drops.items():
            counts.setdefault(code, [0] * len(results))[place] = n
    codes = sorted((code for code in counts if any(counts[code])), key=lambda code: (-sum(counts[code]), code))[:MOST]
    values = [[counts[code][place] for code in codes] for place in range(len(results))]
    return _bars([words.label(code) for code in codes], labels, values, horizontal=True)


def _margins(results: Sequence[Mapping[str, Any]], labels: Sequence[str], part: str, names: Mapping[str, str]) -> dict[str, Any]:
    """The ± to be expected, the largest parts first."""
    sizes: dict[str, int] = {}
    for one in results:
        for code, row in one.get(part, {}).items():
            sizes[code] = max(sizes.get(code, 0), row["SEND"])
    codes = sorted(sizes, key=lambda code: (-sizes[code], code))[:MOST]
    values = [[one.get(part, {}).get(code, {}).get("margin") for code in codes] for one in results]
    return _bars([names.get(code, code) for code in codes], labels, values, horizontal=True)


def _rows(results: Sequence[Mapping[str, Any]], part: str, names: Mapping[str, str]) -> list[dict[str, Any]]:
    codes = sorted({code for one in results for code in one.get(part, {})})
    return [{"name": names.get(code, code), "cells": [one.get(part, {}).get(code) for one in results]} for code in codes]
