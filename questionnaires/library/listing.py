"""The library's list: one page of it, with what stands at a glance beside each questionnaire."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from questionnaires.library import folders, listing_store, present
from questionnaires.library.listing_store import Narrowed
from questionnaires.library.models import Questionnaire, VersionFigures
from questionnaires.logic.definition import Definition

PAGE = 25
LANGUAGES = len(Definition.model_fields["languages"].default)


@dataclass(frozen=True)
class Line:
    """A questionnaire in the list."""

    row: Questionnaire
    title: str
    owner: str
    version: int | None
    figures: VersionFigures | None
    waits: bool
    questions: int
    languages: int


def narrowed(args: Mapping[str, str], tree: list[folders.Folder]) -> Narrowed:
    """The filters of the address; what makes no sense is left out. A folder stands for those in it too."""
    folder, owner = args.get("folder", ""), args.get("owner", "")
    return Narrowed(
        search=args.get("search", "").strip()[:120],
        status=args.get("status", ""),
        folders=folders.within(tree, folder) if folder else (),
        owner=_uuid(owner),
        kind=args.get("kind", ""),
    )


def page(session: Session, args: Mapping[str, str]) -> dict[str, Any]:
    """One page: lines, cursor, folders, owners, counts. Six statements, however many questionnaires there are."""
    tree = folders.tree(session)
    wanted = narrowed(args, tree)
    found = listing_store.listed(session, wanted, _read(args.get("cursor", "")), PAGE + 1)
    lines = [_line(row[0], row[1], row[2], row[3], row[4]) for row in found[:PAGE]]
    last = lines[-1].row if lines else None
    return {
        "lines": lines,
        "next": _cursor(last) if last is not None and len(found) > PAGE else None,
        "total": listing_store.how_many(session, wanted),
        "folders": tree,
        "folder_names": {one.code: one.name for one in tree},
        "owners": listing_store.owners(session),
        "filters": args,
    }


def _line(row: Any, owner: Any, version: Any, figures: Any, waits: Any) -> Line:
    pages = row.draft.get("pages", ())
    questions = sum(len(one.get("questions", ())) for one in pages)
    return Line(
        row, present.title_of(row), owner or "", version, figures, bool(waits), questions, len(row.draft.get("languages", range(LANGUAGES)))
    )


def _cursor(row: Questionnaire) -> str:
    return base64.urlsafe_b64encode(f"{row.updated_at.isoformat()}|{row.id}".encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, UUID] | None:
    """A cursor's place; one that makes no sense is the first page."""
    try:
        at, _, key = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        found = datetime.fromisoformat(at), UUID(key)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return found if found[0].tzinfo is not None else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
