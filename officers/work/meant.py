"""Whom a task and its rows of places are meant for, in words: what its approver reads."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from officers.people import tiers
from officers.people.words import DEVICES, KINDS
from officers.work.models import Task, TaskCell
from officers.work.rules import audience
from officers.work.store import tasks as store
from portal.foundation.i18n import _, pick


def whom(session: Session, task: Task) -> list[tuple[str, str]]:
    """What limits the task's audience, as label and words; empty where it is for every officer."""
    cuts = audience.cuts_of(task.audience)
    names = {one.code: one.name for one in store.groups(session)} if cuts.get("groups") else {}
    found = [(str(_("Kind of officer")), _joined(cuts.get("kind", ()), KINDS))]
    if task.tier:
        tier = next((one for one in tiers.scheme(session).tiers if one.code == task.tier), None)
        found.append((str(_("From which tier on")), pick(tier.name_zh, tier.name_en) if tier else task.tier))
    found += [*_own(cuts), (str(_("Groups")), _joined(cuts.get("groups", ()), names))]
    return [(label, text) for label, text in found if text]


def of_cell(cell: TaskCell) -> str:
    """What limits one row of places, in a few words; empty where nothing does."""
    return " · ".join(text for _label, text in _own(audience.cuts_of(cell.condition)) if text)


def _own(cuts: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [
        (str(_("Phone system")), _joined(cuts.get("device", ()), DEVICES)),
        (str(_("Cities")), _joined(cuts.get("city", ()), {})),
        (str(_("Segments")), _joined(cuts.get("segment", ()), {})),
    ]


def _joined(codes: Sequence[str], known: Mapping[str, Any]) -> str:
    return str(_(", ")).join(str(known.get(code, code)) for code in codes)
