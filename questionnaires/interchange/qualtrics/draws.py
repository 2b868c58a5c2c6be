"""Random assignment and quotas of Qualtrics: a randomiser that shows one of several parts is an A/B test here."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from questionnaires.interchange.carrying.files import DEEPEST, objects_in, string_of, whole_of
from questionnaires.interchange.carrying.form import Form, Limit
from questionnaires.interchange.expressions.translate import Target
from questionnaires.interchange.qualtrics.logic import logic

Json = dict[str, Any]
DIRECTS = frozenset({"ForBranching", "", "None"})
"""What a quota does that only other parts of the flow ask for."""


def drawn(form: Form, elements: list[Json], blocks: Mapping[str, Json]) -> dict[int, str]:
    """The randomisers that became A/B tests, by identity, with the names that conditions know their arms by.

    A field that every arm sets to a fixed value, and nothing else sets, is another name of the arm.
    """
    flows = [one["Payload"] for one in elements if one.get("Element") == "FL" and isinstance(one.get("Payload"), dict)]
    items = [item for flow in flows for item in _within(flow, 0)]
    set_in_all = Counter(name for item in items for name in _set_by(item))
    found: dict[int, str] = {}
    for item in items:
        children = objects_in(item.get("Flow"))
        if item.get("Type") != "BlockRandomizer" or whole_of(item.get("SubSet")) != 1 or len(children) < 2:
            continue
        if all(child.get("Type") in ("Block", "Standard") and _one_page(blocks.get(string_of(child.get("ID")), {})) for child in children):
            continue  # blocks of one page each: ours can pick among them
        name = string_of(item.get("FlowID")) or "randomizer"
        target = form.draw(name, [str(number) for number in range(1, len(children) + 1)])
        if target is None:
            continue
        found[id(item)] = f"draw:{name}"
        form.fields[f"draw:{name}"] = target
        _fields(form, children, target, set_in_all)
    return found


def _within(flow: Json, depth: int) -> Iterator[Json]:
    for one in objects_in(flow.get("Flow")) if depth <= DEEPEST else ():
        yield one
        yield from _within(one, depth + 1)


def _set_by(item: Json) -> list[str]:
    return [string_of(one.get("Field")) for one in objects_in(item.get("EmbeddedData"))] if item.get("Type") == "EmbeddedData" else []


def _fields(form: Form, children: list[Json], target: Target, set_in_all: Mapping[str, int]) -> None:
    values: dict[str, dict[str, list[str]]] = {}
    for number, child in enumerate(children, 1):
        arm = target.values[str(number)]
        for item in (child, *_within(child, 1)):
            for one in objects_in(item.get("EmbeddedData")) if item.get("Type") == "EmbeddedData" else ():
                if one.get("Value") not in (None, ""):
                    values.setdefault(string_of(one.get("Field")), {}).setdefault(string_of(one.get("Value")), []).append(arm)
    for name, arms in values.items():
        if sum(len(codes) for codes in arms.values()) == len(children) == set_in_all[name]:
            twins = {value: tuple(codes) for value, codes in arms.items() if len(codes) > 1}
            form.fields[f"e:{name}"] = replace(target, values={value: codes[0] for value, codes in arms.items()}, twins=twins)


def _one_page(block: Json) -> bool:
    parts = objects_in(block.get("BlockElements"))
    return not any(one.get("Type") == "Page Break" or one.get("SkipLogic") for one in parts)


def quotas(form: Form, elements: list[Json]) -> None:
    """Quotas that end the survey for whoever is too many; others are told of."""
    for element in elements:
        payload = element.get("Payload")
        if element.get("Element") != "QO" or not isinstance(payload, dict):
            continue
        name = string_of(payload.get("Name")) or string_of(element.get("PrimaryAttribute"))
        limit, action = whole_of(payload.get("Occurrences")), string_of(payload.get("QuotaAction"))
        if limit is None or limit < 1 or action in DIRECTS or string_of(payload.get("LogicType")) == "Cross":
            form.notes.lost("quota", "QO", name, action)
            continue
        counted = logic(form, payload.get("Logic"), "QO", name)
        if counted is None:
            form.notes.lost("quota", "QO", name, limit)
        else:
            form.quotas.append(Limit(name, counted, limit, {}, "QO"))
