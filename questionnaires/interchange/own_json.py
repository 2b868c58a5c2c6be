"""Our own JSON: the definition as it is stored, in an envelope that says what it is."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from questionnaires.logic.definition import Definition

KIND, VERSION = "soundings.questionnaire", 1
MOST_PLACES = 20
CODES = {
    "string_pattern_mismatch": "code_malformed",
    "extra_forbidden": "unknown_key",
    "missing": "needed",
    "too_long": "list_too_long",
    "string_too_long": "text_too_long_here",
    "enum": "choice_unknown",
}


class NotOurs(ValueError):
    """The file is not a questionnaire of ours; `places` are codes by where they are."""

    def __init__(self, places: Mapping[str, str]) -> None:
        super().__init__("not ours")
        self.places = dict(places)


def knows(data: bytes, filename: str) -> bool:
    """Whether it looks like JSON of ours: our envelope, or a bare definition."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return (head.startswith(b"{") and (KIND.encode() in head or b'"pages"' in data)) or filename.lower().endswith(".json")


def write(definition: Definition, code: str) -> bytes:
    """The file of a definition: sorted keys, so that two versions can be compared by any tool."""
    document = {"kind": KIND, "version": VERSION, "code": code, "definition": definition.to_json()}
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def read(data: bytes) -> Definition:
    """The definition of a file.

    Raises  NotOurs with the places of what is wrong: not JSON, another kind, wrong shapes, a code that is used twice
    """
    try:
        raw = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise NotOurs({"file": "not_json"}) from None
    if not isinstance(raw, dict):
        raise NotOurs({"file": "not_a_questionnaire"})
    if "kind" in raw and "definition" in raw:
        if raw["kind"] != KIND or raw.get("version") != VERSION:
            raise NotOurs({"file": "not_a_questionnaire"})
        raw = raw["definition"]
    try:
        found = Definition.from_json(raw)
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_context=False, include_url=False)[:MOST_PLACES]
        raise NotOurs({_place(one["loc"]): CODES.get(one["type"], "value_refused") for one in wrong}) from None
    except (ValueError, RecursionError):
        raise NotOurs({"file": "value_refused"}) from None
    if twice := _twice(found):
        raise NotOurs(twice)
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _place(loc: tuple[int | str, ...]) -> str:
    """Where it is, readable: `pages.1.questions.2.options.3.code`, counted from 1."""
    return ".".join(str(one + 1) if isinstance(one, int) else one for one in loc if one not in ("function-before", "all", "any")) or "file"


def _twice(found: Definition) -> dict[str, str]:
    """Codes and page ids that stand twice: the builder could not tell their questions apart."""
    wrong: dict[str, str] = {}
    for names in ([one.code for one in found.questions()], [one.id for one in found.pages]):
        wrong |= {name: "code_twice" for number, name in enumerate(names) if name in names[:number]}
    for question in found.questions():
        for items in (question.options, question.rows):
            codes = [one.code for one in items]
            wrong |= {f"{question.code}.{code}": "code_twice" for number, code in enumerate(codes) if code in codes[:number]}
    return wrong
