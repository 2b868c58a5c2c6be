"""Folders of the library: made, renamed, moved into one another; a questionnaire stands in one of them, or in none."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, pick
from questionnaires.library import library, listing_store
from questionnaires.library.models import LibraryFolder

DEEPEST, LONGEST = 3, 60


@dataclass(frozen=True)
class Folder:
    """A folder as the list shows it: how deep it stands, and how many questionnaires are in it."""

    code: str
    name: str
    parent: str
    depth: int
    count: int


def shipped() -> dict[str, str]:
    """The folders that come with the product; others are named by those who make them."""
    return {
        "outlets": _("Outlets"),
        "digital": _("Digital channels"),
        "loans": _("Loans"),
        "cards": _("Cards"),
        "remote": _("Telephone bank"),
        "wealth": _("Wealth"),
        "complaints": _("Complaints"),
        "relationship": _("Relationship"),
        "corporate": _("Corporate clients"),
        "internal": _("Staff"),
        "officers": _("Experience officers"),
    }


def names(session: Session) -> dict[str, str]:
    """The names of all folders: as somebody wrote them, else as shipped, else the code itself."""
    found: dict[str, str] = dict(shipped())
    for one in listing_store.folder_rows(session):
        found[one.code] = pick(one.name_zh, one.name_en) or one.code
    return found


def tree(session: Session) -> list[Folder]:
    """Folders that somebody made or that hold something, each followed by those in it."""
    rows = {one.code: one for one in listing_store.folder_rows(session)}
    counts, said = listing_store.folder_counts(session), shipped()
    codes = [code for code in dict.fromkeys([*rows, *counts]) if code]

    def name(code: str) -> str:
        row = rows.get(code)
        return (pick(row.name_zh, row.name_en) if row else "") or said.get(code, code)

    def under(parent: str, depth: int) -> list[Folder]:
        mine = sorted((code for code in codes if _parent(rows, code) == parent), key=name)
        return [one for code in mine for one in (Folder(code, name(code), parent, depth, counts.get(code, 0)), *under(code, depth + 1))]

    return under("", 0)


def _parent(rows: Mapping[str, LibraryFolder], code: str) -> str:
    return rows[code].parent if code in rows and rows[code].parent != code else ""


def within(folders: Sequence[Folder], code: str) -> tuple[str, ...]:
    """A folder's code with those of all folders in it."""
    found = [code]
    for one in folders:
        if one.parent in found:
            found.append(one.code)
    return tuple(found)


def make(session: Session, name_zh: str, name_en: str, parent: str, actor: Actor, now: datetime) -> str:
    """A new folder; its code.

    Raises  InvalidInput without a name, or too deep
    """
    zh, en = _named(name_zh, name_en)
    _check_depth(session, parent, 0)
    stem = re.sub(r"[^a-z0-9]+", "_", en.lower()).strip("_")[:40] or "folder"
    taken = {*names(session), *listing_store.folder_counts(session)}
    code = next(one for number in range(1, 10_000) if (one := stem if number == 1 else f"{stem}_{number}") not in taken)
    session.add(LibraryFolder(code=code, name_zh=zh, name_en=en, parent=parent, created_at=now))
    trail.record(session, actor, "library_folder.make", "library_folder", code, now, {"parent": parent})
    return code


def rename(session: Session, code: str, name_zh: str, name_en: str, parent: str, actor: Actor, now: datetime) -> None:
    """Give a folder other names, or another place.

    Raises  NotFound, InvalidInput without a name, too deep, or into itself
    """
    zh, en = _named(name_zh, name_en)
    folders = tree(session)
    if code not in {one.code for one in folders}:
        raise NotFound(folder=code)
    if parent in within(folders, code):
        raise InvalidInput({"parent": "folder_in_itself"})
    below = max((one.depth for one in folders if one.code in within(folders, code)), default=0)
    _check_depth(session, parent, below - next(one.depth for one in folders if one.code == code))
    row = listing_store.folder(session, code)
    if row is None:
        row = LibraryFolder(code=code, name_zh=zh, name_en=en, parent=parent, created_at=now)
        session.add(row)
    row.name_zh, row.name_en, row.parent = zh, en, parent
    trail.record(session, actor, "library_folder.change", "library_folder", code, now, {"parent": parent})


def move(session: Session, ids: Sequence[UUID], code: str, actor: Actor, now: datetime) -> int:
    """Put questionnaires into a folder, or (empty) into none; how many.

    Raises  NotFound for a folder or questionnaire that is not there
    """
    if code and code not in {one.code for one in tree(session)}:
        raise NotFound(folder=code)
    for one in sorted(ids):
        library.set_folder(session, one, code, actor, now)
    return len(ids)


def _named(name_zh: str, name_en: str) -> tuple[str, str]:
    zh, en = name_zh.strip()[:LONGEST], name_en.strip()[:LONGEST]
    if not zh and not en:
        raise InvalidInput({"name_zh": "folder_needs_name"})
    return zh, en


def _check_depth(session: Session, parent: str, below: int) -> None:
    if not parent:
        return
    depths = {one.code: one.depth for one in tree(session)}
    if parent not in depths:
        raise NotFound(folder=parent)
    if depths[parent] + 1 + below >= DEEPEST:
        raise InvalidInput({"parent": "folder_too_deep"})
