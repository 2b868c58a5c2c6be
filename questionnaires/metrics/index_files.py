"""Index trees as files: JSON, and a workbook with one row a node that people can edit."""

import io
import json
from collections.abc import Mapping
from typing import Any
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from portal.foundation.archives import within_bounds
from portal.foundation.errors import InvalidInput
from portal.people.sheets import harmless
from questionnaires.metrics.indexes import parse
from questionnaires.metrics.rules.index import Bins, Linear, Node, Percentile, Tree

COLUMNS = ("code", "parent", "name_zh", "name_en", "weight", "indicator", "map", "values", "better")
MOST_BYTES, MOST_ROWS = 2_000_000, 2_000
JSON_FILE, XLSX_FILE = "json", "xlsx"


def read(data: bytes) -> Tree:
    """A tree from a JSON file or a workbook, whichever it is.

    Raises  InvalidInput for `file`
    """
    if len(data) > MOST_BYTES:
        raise InvalidInput({"file": "too_long"})
    if data.startswith(b"PK\x03\x04"):
        return parse(_of_rows(_rows(data)))
    try:
        raw = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise InvalidInput({"file": "malformed_file"}) from None
    if not isinstance(raw, dict):
        raise InvalidInput({"file": "malformed_file"})
    return parse(raw)


def write(tree: Tree, form: str) -> bytes:
    """A tree as a file of a form, `json` or `xlsx`."""
    if form == JSON_FILE:
        return json.dumps(tree.model_dump(mode="json", exclude_none=True), ensure_ascii=False, indent=2).encode()
    book = Workbook()
    sheet = book.active
    assert sheet is not None, "a new workbook has a sheet"
    sheet.title = "index"
    sheet.append(COLUMNS)
    for row in _as_rows(tree):
        sheet.append([cell if isinstance(cell, float) else harmless(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _as_rows(tree: Tree) -> list[list[Any]]:
    rows: list[list[Any]] = []

    def add(node: Node, parent: str) -> None:
        kind, values, better = _of_map(node)
        names = (tree.name_zh, tree.name_en) if not parent else (node.name_zh, node.name_en)
        rows.append([node.code, parent, *names, node.weight, node.indicator or "", kind, values, better])
        for child in node.children:
            add(child, node.code)

    add(tree.root, "")
    return rows


def _of_map(node: Node) -> tuple[str, str, str]:
    if isinstance(node.map, Linear):
        return "linear", f"{node.map.zero:g}; {node.map.hundred:g}", ""
    if isinstance(node.map, Bins):
        return "bins", "; ".join(f"{'' if one.to is None else f'{one.to:g}'}={one.points:g}" for one in node.map.bins), ""
    if isinstance(node.map, Percentile):
        return "percentile", "; ".join(f"{mark:g}" for mark in node.map.marks), node.map.better
    return "", "", ""


def _rows(data: bytes) -> list[dict[str, str]]:
    try:
        if not within_bounds(data):
            raise InvalidInput({"file": "file_too_large"})
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError):
        raise InvalidInput({"file": "malformed_file"}) from None
    sheet = book.worksheets[0]
    lines = sheet.iter_rows(values_only=True, max_col=len(COLUMNS) + 20, max_row=MOST_ROWS + 2)
    head = [str(cell or "").strip().lower() for cell in next(lines, ())]
    missing = [name for name in COLUMNS if name not in head]
    if missing:
        raise InvalidInput({"file": "missing_columns"}, place=", ".join(missing))
    found = [{name: "" if cell is None else str(cell).strip() for name, cell in zip(head, row, strict=False) if name} for row in lines]
    rows = [row for row in found if any(row.values())]
    if len(rows) > MOST_ROWS:
        raise InvalidInput({"file": "too_many_rows"})
    return rows


def _of_rows(rows: list[dict[str, str]]) -> dict[str, Any]:
    """A document from rows that name their parents.

    Raises  InvalidInput: no_root, two_roots, code_twice, unknown_parent, circle_in_tree, not_a_number
    """
    by_code = {row["code"]: row for row in rows}
    if len(by_code) < len(rows):
        raise InvalidInput({"file": "code_twice"})
    for row in rows:
        if row["parent"] and row["parent"] not in by_code:
            raise InvalidInput({"file": "unknown_parent"}, place=row["code"][:40])
        _check_circle(row, by_code)
    roots = [row for row in rows if not row["parent"]]
    if len(roots) != 1:
        raise InvalidInput({"file": "two_roots" if roots else "no_root"})
    root = _node(roots[0], rows)
    return {"code": root["code"], "name_zh": root["name_zh"], "name_en": root["name_en"], "root": root}


def _check_circle(row: Mapping[str, str], by_code: Mapping[str, Mapping[str, str]]) -> None:
    seen, above = {row["code"]}, row["parent"]
    while above:
        if above in seen:
            raise InvalidInput({"file": "circle_in_tree"}, place=row["code"][:40])
        seen.add(above)
        above = by_code[above]["parent"] if above in by_code else ""


def _node(row: Mapping[str, str], rows: list[dict[str, str]]) -> dict[str, Any]:
    node: dict[str, Any] = {"code": row["code"], "name_zh": row["name_zh"], "name_en": row["name_en"]}
    if row["weight"]:
        node["weight"] = _number(row["weight"], row)
    if children := [_node(child, rows) for child in rows if child["parent"] == row["code"]]:
        return node | {"children": children}
    return node | {"indicator": row["indicator"] or None, "map": _map(row)}


def _map(row: Mapping[str, str]) -> dict[str, Any] | None:
    parts = [part.strip() for part in row["values"].replace("\uff1b", ";").split(";") if part.strip()]
    if row["map"] == "linear" and len(parts) == 2:
        return {"kind": "linear", "zero": _number(parts[0], row), "hundred": _number(parts[1], row)}
    if row["map"] == "bins":
        pairs = [part.partition("=") for part in parts]
        return {
            "kind": "bins",
            "bins": [{"to": _number(to, row) if to.strip() else None, "points": _number(points, row)} for to, _, points in pairs],
        }
    if row["map"] == "percentile":
        return {"kind": "percentile", "marks": [_number(part, row) for part in parts], "better": row["better"] or "higher"}
    if row["map"]:
        raise InvalidInput({"file": "unknown_map"}, place=row["code"][:40])
    return None


def _number(text: str, row: Mapping[str, str]) -> float:
    try:
        return float(text.strip().lstrip("'"))
    except ValueError:
        raise InvalidInput({"file": "not_a_number"}, place=row["code"][:40]) from None
