"""A report's rows as texts, the same for every format."""

from typing import Any

from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.reports.content import MAIN, Content
from questionnaires.reports.words import say

UNIT = {"nps": "", "csat": " %", "ces": ""}
DECIMALS = {"nps": 0, "csat": 0, "ces": 1}
MINUS = "\N{MINUS SIGN}"


def figures(content: Content, language: str) -> list[list[str]]:
    """Indicator, value, range, n, change; the response rate last."""
    rows = [_figure(one, language) for one in content.figures if one["indicator"] in MAIN]
    rate = content.rate
    shown = rate["value"] is not None
    ends = f"{number(rate['lower'], 1)} – {number(rate['upper'], 1)} %" if shown and rate["lower"] is not None else "–"
    rows.append([say("rate", language), f"{number(rate['value'], 1)} %" if shown else "–", ends, str(rate["n"]), ""])
    return rows


def _figure(one: dict[str, Any], language: str) -> list[str]:
    kind = one["indicator"]
    if one["value"] is None:
        return [
            say(kind, language),
            say("none" if one["n"] == 0 else "hidden", language),
            "–",
            str(one["n"]) if one["n"] == 0 else "< 10",
            "",
        ]
    places = DECIMALS[kind]
    few = f" ({say('few', language)})" if one["visibility"] == "greyed" else ""
    ends = f"{number(one['lower'], places)} – {number(one['upper'], places)}{UNIT[kind]}" if one["lower"] is not None else "–"
    verdict = say(str(one["change"]["verdict"]), language)
    gap = one["change"]["value"]
    change = verdict if gap is None else f"{'+' if gap > 0 else ''}{number(gap, places)} · {verdict}"
    return [say(kind, language), f"{number(one['value'], places)}{UNIT[kind]}{few}", ends, str(one["n"]), change]


def units(content: Content, language: str, few_below: int) -> list[list[str]]:
    """Units below with their figures."""
    return [
        [
            f"{row.unit.name_zh if language == 'zh' else row.unit.name_en} ({row.unit.code})",
            *(estimate(row.figures[kind], kind, language, few_below) for kind in MAIN),
        ]
        for row in content.units
    ]


def estimate(one: Estimate | None, kind: str, language: str, few_below: int) -> str:
    """A figure with its range and n in one cell."""
    if one is None or one.value is None:
        return "–"
    places = DECIMALS[kind]
    few = f" ({say('few', language)})" if one.n < few_below else ""
    ends = f" ({number(one.lower, places)} – {number(one.upper, places)})" if one.lower is not None else ""
    return f"{number(one.value, places)}{UNIT[kind]}{ends}, n {one.n}{few}"


def topics(content: Content, language: str) -> list[list[str]]:
    """Topic, how many texts, share that sound dissatisfied."""
    return [
        [
            row.zh if language == "zh" else row.en,
            str(row.n),
            f"{number(row.bad.value, 0)} % ({number(row.bad.lower, 0)} – {number(row.bad.upper, 0)})",
        ]
        for row in content.topics
    ]


def alarms(content: Content, language: str) -> list[str]:
    """A sentence for each alarm."""
    found = []
    for alarm, unit in content.alarms:
        name = "–" if unit is None else unit.name_zh if language == "zh" else unit.name_en
        indicator = say(alarm.indicator, language) if alarm.indicator in MAIN else alarm.indicator
        facts = {"unit": name, "indicator": indicator, "before": number(alarm.before, 0), "value": number(alarm.value, 0)}
        found.append(say(f"alarm_{alarm.kind}", language, **facts))
    return found


def number(value: float | None, places: int) -> str:
    """A number as it is printed."""
    return "–" if value is None else f"{value:.{places}f}".replace("-", MINUS)
