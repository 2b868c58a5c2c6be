"""Saving the form of one part: act on it, read it, write it; or say what is wrong, or what somebody else wrote meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor
from portal.foundation.errors import NotFound
from questionnaires.bank import nodes
from questionnaires.library import drafting, library, parts
from questionnaires.library.builder import fresh, question, screen, tree, wholes
from questionnaires.library.builder.question import Typed
from questionnaires.library.builder.screen import Asked
from questionnaires.library.drafting import Edit
from questionnaires.library.errors import PartChanged
from questionnaires.library.models import Questionnaire
from questionnaires.library.parts import QUESTION, SECTIONS, Raw

CONDITIONS = ("show_if", "valid_if", "go_if", "count_if")


@dataclass
class Given:
    """A form as it was sent."""

    at: str
    tree: tree.Tree
    seen: str
    languages: Sequence[str]
    act: str = ""


@dataclass
class Outcome:
    """What became of it: the part to show, whether its form must be drawn anew, and the status of the answer."""

    found: Questionnaire
    asked: Asked
    redraw: bool = False
    status: int = 200


def save(session: Session, questionnaire_id: UUID, given: Given, actor: Actor, now: datetime) -> Outcome:
    """Save a part's form.

    Raises  NotFound for a questionnaire or part that is gone; DraftWaits, WrongStatus
    """
    found = library.get(session, questionnaire_id)
    if not screen.known(found.draft, given.at):
        raise NotFound(part=given.at)
    draft, languages = found.draft, screen.shown_languages(found.draft, given.languages)
    if given.act.startswith("paste:"):
        _paste(given.tree, given.act.removeprefix("paste:"), languages)
    focus = tree.act(given.tree, given.act, fresh.item) if ":" in given.act and not given.act.startswith("paste:") else ""
    typed = _read(session, draft, given, languages)
    asked = Asked(given.at, languages, given.tree, typed.errors, typed.unfinished, focus)
    if typed.errors:
        return Outcome(found, asked, redraw=True, status=422)
    redraw = bool(given.act or typed.unfinished or given.tree.get("had")) or _logic(given.tree) != _logic(screen.tree_of(draft, given.at))
    try:
        found = drafting.save(session, questionnaire_id, _edit(given, typed), actor, now)
    except PartChanged:
        session.refresh(found)
        return _conflict(found, asked, typed)
    return Outcome(found, asked, redraw)


def _read(session: Session, draft: Raw, given: Given, languages: Sequence[str]) -> Typed:
    can = screen.readable(draft, given.at)
    if given.at.startswith(QUESTION):
        options = given.tree.get("options")
        if isinstance(options, list) and any(isinstance(one, dict) and one.get("node") for one in options):
            can = replace(can, tree=nodes.tree(session))
        return question.read(given.tree, parts.part_of(draft, given.at), languages, can)
    return wholes.read(draft, given.at, given.tree, languages, can)


def _edit(given: Given, typed: Typed) -> Edit:
    at = given.at
    if at.startswith(QUESTION):
        code = at.removeprefix(QUESTION)
        return Edit("question", code, lambda draft: parts.with_question(draft, code, typed.raw), {at: given.seen})
    act = "whole" if at in SECTIONS else "page"
    return Edit(act, at, lambda draft: parts.put(draft, {at: typed.raw}), {at: given.seen})


def _conflict(found: Questionnaire, asked: Asked, typed: Typed) -> Outcome:
    """Somebody wrote on this part first: both are shown, unless both say the same, or the part is gone."""
    theirs = parts.part_of(found.draft, asked.at)
    if theirs is None:
        raise NotFound(part=asked.at)
    if theirs == typed.raw:
        return Outcome(found, asked, redraw=True)
    asked.theirs = theirs
    return Outcome(found, asked, redraw=True, status=409)


def differences(theirs: Mapping[str, Any], mine: Mapping[str, Any], path: str = "") -> list[tuple[str, str, str]]:
    """Where two forms of one part differ: the field's path, what stands in the draft now, what was typed."""
    found: list[tuple[str, str, str]] = []
    for key in dict.fromkeys([*theirs, *mine]):
        if key in ("was", "had", "order", "paste", "seen", "code") and not path:
            continue
        left, right = _plain(theirs.get(key)), _plain(mine.get(key))
        if left == right:
            continue
        if isinstance(left, dict) and isinstance(right, dict):
            found += differences(left, right, f"{path}{key}.")
        else:
            found.append((f"{path}{key}", _said(left), _said(right)))
    return found


def _plain(value: Any) -> Any:
    """Lists by their place, so that both sides are compared item by item; nothing typed is the same as nothing there."""
    if isinstance(value, list):
        return {str(number): one for number, one in enumerate(value)}
    return value or ""


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return " · ".join(filter(None, (_said(_plain(one)) for key, one in value.items() if key not in ("was", "code", "id"))))
    return str(value)


def _paste(typed: tree.Tree, path: str, languages: Sequence[str]) -> None:
    """Lines as options: one a line, the languages of one option side by side with a tab or an upright line between them."""
    items = typed.get(path)
    made = list(items) if isinstance(items, list) else []
    made = [one for one in made if isinstance(one, dict) and any((one.get("text") or {}).values())]
    for row in str(typed.pop("paste", "")).splitlines()[: tree.MOST_ITEMS]:
        cells = [cell.strip() for cell in row.replace("\t", "|").split("|")]
        if any(cells):
            made.append({**fresh.item(path, made), "text": dict(zip(languages, cells, strict=False))})
    typed[path] = made


def _logic(value: Any) -> list[Any]:
    """All conditions in a form, in order."""
    if isinstance(value, list):
        return [one for item in value for one in _logic(item)]
    if not isinstance(value, dict):
        return []
    return [one for key, item in value.items() for one in ([(key, _rows(item))] if key in CONDITIONS else _logic(item))]


def _rows(condition: Any) -> Any:
    if not isinstance(condition, dict) or "groups" not in condition:
        return bool(condition)
    return [(row.get("field"), row.get("op")) for group in condition["groups"] for row in group.get("rows") or () if isinstance(row, dict)]
