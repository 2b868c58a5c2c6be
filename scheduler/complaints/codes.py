"""The code list: the one that ships, a bank's own from a file, and guesses of codes from a complaint's words."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.resources import files
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from sqlmodel import Session

from portal.audit.trail import Actor, record
from portal.foundation.archives import within_bounds
from portal.foundation.crypto import Keys
from portal.foundation.errors import InvalidInput
from scheduler.complaints.models import CODE_KINDS, ComplaintCode
from scheduler.complaints.rules.classify import Guess, Measured, Model, by_words, kept_apart, learn, measure
from scheduler.complaints.store import codes as store

COLUMNS = ("kind", "code", "parent", "name_zh", "name_en", "words", "unit")
LEARNT = ("business", "reason")
MOST_ROWS, MOST_TEXTS, FEWEST_TEXTS = 2000, 20_000, 60
_MODELS: dict[str, tuple[tuple[int, datetime], Model]] = {}
"""This process's model of each kind: a model never changes once it is kept, and only the newest is asked."""


def shipped() -> list[dict[str, Any]]:
    """The list that ships, as rows."""
    raw = json.loads(files("scheduler.complaints").joinpath("content/codes.json").read_text(encoding="utf-8"))
    return [
        {
            "kind": kind, "code": one["code"], "parent": "", "name_zh": one["zh"], "name_en": one["en"], "words": one.get("words", []),
            "unit_id": None, "position": place, "retired_at": None,
        }
        for kind in CODE_KINDS
        for place, one in enumerate(raw[kind])
    ]  # fmt: skip


def ensure(session: Session) -> Sequence[ComplaintCode]:
    """The list in force; the shipped one is written once into a bank that has none."""
    found = store.all_codes(session)
    if not found and not store.all_codes(session, retired=True):
        store.put(session, shipped())
        found = store.all_codes(session)
    return found


def take_file(session: Session, content: bytes, actor: Actor, now: datetime) -> dict[str, int]:
    """A new list from a spreadsheet; of each kind it names, lines it lacks are no longer on offer. Gives lines by kind.

    Raises  InvalidInput for `file`, naming the line at fault; nothing is changed then
    """
    rows = _rows(session, content)
    ensure(session)
    store.put(session, rows)
    counted: dict[str, int] = {}
    for kind in CODE_KINDS:
        codes = [row["code"] for row in rows if row["kind"] == kind]
        if codes:
            store.retire_others(session, kind, codes, now)
            counted[kind] = len(codes)
    record(session, actor, "complaint_codes.import", "complaint_code", None, now, counted)
    return counted


def _rows(session: Session, content: bytes) -> list[dict[str, Any]]:
    try:
        if not within_bounds(content):
            raise InvalidInput({"file": "file_too_large"})
        sheet = load_workbook(BytesIO(content), read_only=True, data_only=True).worksheets[0]
        cells = [
            [("" if one is None else str(one)).strip() for one in row] for row in sheet.iter_rows(max_row=MOST_ROWS + 2, values_only=True)
        ]
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError, IndexError):
        raise InvalidInput({"file": "malformed_file"}) from None
    if not cells or [one.lower() for one in cells[0][: len(COLUMNS)]] != list(COLUMNS):
        raise InvalidInput({"file": "wrong_columns"})
    if len(cells) > MOST_ROWS + 1:
        raise InvalidInput({"file": "too_many_rows"})
    lines = [dict(zip(COLUMNS, row, strict=False)) for row in cells[1:] if any(row)]
    units = store.units_by_code(session, {one.get("unit", "") for one in lines} - {""})
    made = [_row(line, number, units) for number, line in enumerate(lines, 2)]
    keys = [(row["kind"], row["code"]) for row in made]
    if not made or len(set(keys)) < len(keys):
        raise InvalidInput({"file": "duplicate_columns" if made else "empty_file"})
    return made


def _row(line: dict[str, str], number: int, units: dict[str, Any]) -> dict[str, Any]:
    unit = line.get("unit", "")
    right = line["kind"] in CODE_KINDS and 0 < len(line["code"]) <= 40 and 0 < len(line["name_zh"]) <= 120 and len(line["name_en"]) <= 120
    if not right or (unit and unit not in units):
        raise InvalidInput({"file": "wrong_line"}, line=number)
    words = [one.strip() for one in line["words"].replace("，", ",").split(",") if one.strip()]
    return {
        "kind": line["kind"], "code": line["code"], "parent": line["parent"][:40], "name_zh": line["name_zh"],
        "name_en": line["name_en"] or line["name_zh"], "words": words,
        "unit_id": units.get(unit), "position": number, "retired_at": None,
    }  # fmt: skip


Guesser = Callable[[str, Sequence[ComplaintCode]], dict[str, list[Guess]]]


def guesser(session: Session) -> Guesser:
    """What gives the likeliest business and reason of texts: by what was learnt, else by the list's own words."""
    models = {kind: _model(session, kind) for kind in LEARNT}

    def guess(text: str, codes: Sequence[ComplaintCode]) -> dict[str, list[Guess]]:
        found: dict[str, list[Guess]] = {}
        for kind, model in models.items():
            offered = {one.code: one.words for one in codes if one.kind == kind}
            guesses = [one for one in model.guess(text) if one.code in offered] if model else []
            found[kind] = guesses or by_words(text, list(offered.items()))
        return found

    return guess


def _model(session: Session, kind: str) -> Model | None:
    key = store.newest_key(session, kind)
    held = _MODELS.get(kind)
    if key is None or (held is not None and held[0] == key):
        return held[1] if key and held else None
    row = store.newest_model(session, kind)
    if row is None:
        return None
    _MODELS[kind] = (key, Model.from_json(row.document))
    return _MODELS[kind][1]


def learn_anew(session: Session, keys: Keys, now: datetime) -> dict[str, Measured]:
    """Learn from the complaints that are classified, and measure on the fifth that was kept apart; nothing below sixty texts."""
    found: dict[str, Measured] = {}
    for kind in LEARNT:
        texts = [(keys.decrypt(sealed), code) for sealed, code in store.classified(session, kind, MOST_TEXTS)]
        if len(texts) < FEWEST_TEXTS:
            continue
        known = [one for one in texts if not kept_apart(one[0])]
        model = learn(known)
        measured = measure(model, [one for one in texts if kept_apart(one[0])])
        row = {
            "kind": kind, "document": model.as_json(), "trained_on": len(known), "tested_on": measured.tested, "right": measured.right,
            "right_of_three": measured.right_of_three, "made_at": now,
        }  # fmt: skip
        store.add_model(session, row)
        found[kind] = measured
    return found
