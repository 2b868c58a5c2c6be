"""Take old answers in: in batches, each a transaction; loading the same file again adds nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.delimited.rows import Progress
from portal.foundation.errors import NotFound
from portal.foundation.ground import Ground
from portal.people import unit_store
from portal.people.centres import ensure_centre
from questionnaires.answering import private
from questionnaires.interchange import responses_store as store
from questionnaires.interchange import taking
from questionnaires.interchange.responses_heads import head_of, layout_of
from questionnaires.interchange.responses_layout import ResponsesLayout
from questionnaires.interchange.responses_reading import OldResponse, Read, Reader
from questionnaires.library import library
from questionnaires.logic.definition import Definition
from questionnaires.metrics.jobs import roll_up

BATCH = 1000
BY_COMMAND = Actor.system("responses load")


@dataclass
class Loaded:
    """What became of a file: rows = skipped + rejected + responses + duplicates."""

    rows: int = 0
    skipped: int = 0
    rejected: int = 0
    responses: int = 0
    duplicates: int = 0
    rejections: list[tuple[int, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For printing."""
        return {name: value for name, value in asdict(self).items() if name != "rejections"}

    def reject(self, line: int, reason: str) -> None:
        """Note a row that was not taken."""
        self.rejected += 1
        self.rejections.append((line, reason))


@dataclass(frozen=True)
class Preset:
    """A file of another program without a layout: the program, the zone of its times, and the unit of all its rows."""

    program: str
    timezone: str = "UTC"
    unit: str = ""


def load_responses(ground: Ground, path: Path, layout: ResponsesLayout | Preset, which: str, progress: Progress | None = None) -> Loaded:
    """Read a file for a questionnaire's current version and take its responses in; counted at once.

    which   id or code of a published questionnaire
    Raises  NotFound; InputRefused and its kinds where the file as a whole can't be trusted: then nothing is taken
    """
    with ground.reading() as session:
        questionnaire = taking.find(session, which)
        version = library.current_version(session, questionnaire)
        if version is None:
            raise NotFound(code=questionnaire.code)
        version_id, definition, salt = version.id, Definition.from_json(version.definition), questionnaire.id.hex
    further = 0
    if isinstance(layout, Preset):
        head = head_of(path)
        further, layout = head.further, layout_of(head, layout.program, definition, layout.timezone, layout.unit)
    reader, loaded = Reader(layout, definition, salt, further), Loaded()
    for _row in reader.rows(path):  # to its end before anything is kept: a file that is cut short leaves no half behind
        pass
    for batch in _batches(reader.rows(path, progress)):
        with ground.writing() as session:
            _take(session, ground, batch, layout, (version_id, private.codes_of(definition)), loaded)
    with ground.writing() as session:
        trail.record(session, BY_COMMAND, "responses.load", "questionnaire_version", version_id, ground.now(), loaded.as_dict())
    roll_up(ground, ground.now())
    return loaded


def _take(
    session: Session, ground: Ground, batch: list[Read], layout: ResponsesLayout, version: tuple[UUID, private.Codes], loaded: Loaded
) -> None:
    good: dict[UUID, tuple[int, OldResponse]] = {}
    for line, found in batch:
        loaded.rows += 1
        if found is None:
            loaded.skipped += 1
        elif isinstance(found, str):
            loaded.reject(line, found)
        elif found.submitted_at > ground.now():
            loaded.reject(line, "submitted_at: in_the_future")
        elif found.id in good:
            loaded.duplicates += 1
        else:
            good[found.id] = (line, found)
    units = _units(session, layout, [one for _line, one in good.values()])
    before = store.there(session, list(good))
    loaded.duplicates += len(before)
    fresh: list[OldResponse] = []
    for line, one in good.values():
        if one.id not in before:
            if one.unit and one.unit not in units:
                loaded.reject(line, "unit: unknown_unit")
            else:
                fresh.append(one)
    if fresh:
        store.add(session, fresh, version, units, ground.keys, ground.now())
    loaded.responses += len(fresh)


def _units(session: Session, layout: ResponsesLayout, responses: list[OldResponse]) -> dict[str, UUID]:
    if layout.fixed_unit:
        return {layout.fixed_unit: ensure_centre(session, layout.fixed_unit)}
    return {code: unit.id for code, unit in unit_store.units_by_code(session, {one.unit for one in responses if one.unit}).items()}


def _batches(rows: Iterable[Read]) -> Iterator[list[Read]]:
    stream = iter(rows)
    while several := list(islice(stream, BATCH)):
        yield several
