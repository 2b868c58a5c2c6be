"""Fit questions of a section into a questionnaire: codes that are taken change, and all that names them changes with them."""

import re
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from questionnaires.logic.definition import JOINT, Question

_PIPE = re.compile(r"\{\{\s*([a-z][a-z0-9_]{0,79})\s*\}\}")


def fitted(questions: Iterable[Question], taken: Iterable[str]) -> tuple[Question, ...]:
    """The questions with codes that are free; conditions, carried options and pipes follow."""
    found, used = list(questions), set(taken)
    names: dict[str, str] = {}
    for question in found:
        names[question.code] = free = _free(question.code, used)
        used.add(free)
    if all(old == new for old, new in names.items()):
        return tuple(found)
    return coded(found, names)


def _free(code: str, used: set[str]) -> str:
    if code not in used:
        return code
    return next(name for number in count(2) if (name := f"{code[: 40 - len(str(number)) - 1]}_{number}") not in used)


def _renamed(raw: Any, names: Mapping[str, str], key: str = "") -> Any:
    """The document with old codes replaced wherever a code is meant, and in pipes of any text."""
    if isinstance(raw, dict):
        return {name: _renamed(value, names, name) for name, value in raw.items()}
    if isinstance(raw, list):
        return [_renamed(value, names, key) for value in raw]
    if not isinstance(raw, str):
        return raw
    if key in ("field", "question"):
        head, joint, rest = raw.partition(JOINT)
        return names.get(head, head) + joint + rest
    return _PIPE.sub(lambda pipe: "{{" + _renamed(pipe[1], names, "field") + "}}", raw)


def coded(questions: Iterable[Question], names: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions under other codes, by old code."""
    found = []
    for question in questions:
        raw = _renamed(question.model_dump(mode="json", exclude_defaults=True), names)
        found.append(Question.model_validate({**raw, "code": names.get(question.code, question.code)}))
    return tuple(found)
