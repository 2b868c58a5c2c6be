"""How much a file of each format holds, counted by a few lines of its own that share nothing with the readers."""

import io
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

DATA = Path(__file__).parents[4] / "shared" / "data" / "questionnaires"
FILES = sorted(DATA.glob("*/*"))


def rows(root: ElementTree.Element, table: str) -> list[dict[str, str]]:
    """The rows of a table."""
    found = root.find(f"{table}/rows")
    return [{cell.tag: cell.text or "" for cell in row} for row in found] if found is not None else []


def in_lss(data: bytes) -> dict[str, int]:
    """Counted by hand: questions without a parent, once for all their languages; answers likewise, and ticks of multiple choices."""
    root = ElementTree.fromstring(data)  # noqa: S314  # a file of the tests
    top = {row["qid"]: row for row in rows(root, "questions") if row.get("parent_qid", "0") in ("", "0")}
    answers = {(row["qid"], row["code"], row["scale_id"]) for row in rows(root, "answers") if row["qid"] in top}
    ticked = {row["qid"] for row in top.values() if row["type"] in "MP"}
    grids = {
        row["qid"] for row in rows(root, "question_attributes") if row["attribute"] == "multiflexible_checkbox" and row["value"] == "1"
    }
    ranked = {qid for qid, row in top.items() if row["type"] == "R"} - {qid for qid, _code, _scale in answers}
    subs = {(row["qid"], row["parent_qid"], row.get("scale_id", "0")) for row in rows(root, "subquestions")}
    count = len(answers) + sum(
        parent in ticked | ranked or (parent in grids and scale == "1" and top[parent]["type"] == ":") for _qid, parent, scale in subs
    )
    shares = {
        row["qid"]
        for row in rows(root, "question_attributes")
        if row["attribute"] == "equals_num_value" and re.fullmatch(r"\d+", row["value"].strip())
    }
    count += sum(parent in shares and top[parent]["type"] == "K" for _qid, parent, _scale in subs)
    groups = {row["gid"] for row in rows(root, "groups")}
    return {"pages": len(groups), "questions": len(top), "options": count, "languages": len(root.findall("languages/language"))}


def in_surveyjs(data: bytes) -> dict[str, int]:
    """Elements that are asked, panels within panels, and their choices."""
    raw = json.loads(data)
    elements: list[dict[str, Any]] = []

    def walk(one: Any) -> None:
        for element in one.get("elements", one.get("questions", [])):
            elements.append(element)
            walk(element)

    pages = raw.get("pages", [raw])
    for page in pages:
        walk(page)
    asked = [one for one in elements if one["type"] != "panel"]
    special = sum(bool(one.get(switch)) for one in asked for switch in ("showOtherItem", "hasOther", "showNoneItem", "hasNone"))
    return {
        "pages": len(pages),
        "questions": len(asked),
        "options": special + sum(len(one.get("choices") or one.get("columns") or []) for one in asked),
    }


def in_qsf(data: bytes) -> dict[str, int]:
    """Questions that do not lie in the trash."""
    raw = json.loads(data)["SurveyElements"]
    blocks = [
        block
        for one in raw
        if one["Element"] == "BL"
        for block in (one["Payload"].values() if isinstance(one["Payload"], dict) else one["Payload"])
    ]
    trash = {part.get("QuestionID") for block in blocks if block["Type"] == "Trash" for part in block.get("BlockElements", [])}
    return {"questions": sum(one["Element"] == "SQ" and one["PrimaryAttribute"] not in trash for one in raw)}


def in_xlsform(data: bytes) -> dict[str, int]:
    """Rows with a type that is no end or beginning of a group."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    sheets = {sheet.title.lower(): [list(row) for row in sheet.iter_rows(max_row=300, max_col=30, values_only=True)] for sheet in book}
    survey = sheets.get("survey") or next(iter(sheets.values()))
    head = [str(cell or "").strip().lower() for cell in survey[0]]
    kinds = [str(row[head.index("type")] or "").strip().lower() for row in survey[1:]]
    off = head.index("disabled") if "disabled" in head else None
    asked = [
        kind
        for kind, row in zip(kinds, survey[1:], strict=True)
        if kind and not re.match(r"(begin|end)[ _]", kind) and not (off is not None and row[off] == "yes")
    ]
    return {"questions": len(asked)}


COUNTED: Mapping[str, Callable[[bytes], dict[str, int]]] = {"lss": in_lss, "surveyjs": in_surveyjs, "qsf": in_qsf, "xlsform": in_xlsform}
