"""What a file format must do, and the formats that there are. A new one is a module of its own and one line in `FORMATS`."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from portal.foundation.conditions import Parsed, fields_of
from portal.foundation.errors import InvalidInput
from questionnaires.interchange import own_json
from questionnaires.logic.check import check
from questionnaires.logic.definition import Definition

AUTO = "auto"
LARGEST = 5 * 1024 * 1024
"""The largest file that is read, in bytes; our own largest questionnaire has a tenth of it."""


class CannotRead(InvalidInput):
    """The file is not what it should be; `fields` says where and why."""

    code = "file_cannot_be_read"


@dataclass(frozen=True)
class Imported:
    """What a file gave: a definition, and by name whatever could not be carried over."""

    definition: Definition
    not_carried: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """What came in, in figures, and what did not."""

    format: str
    pages: int
    questions: int
    options: int
    languages: int
    conditions: int
    errors: int
    warnings: int
    not_carried: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For `--json` and pages."""
        return asdict(self)


@dataclass(frozen=True)
class Format:
    """One way to write a questionnaire. `knows` guesses from the first bytes and the name; `write` is none where it only reads."""

    name: str
    knows: Callable[[bytes, str], bool]
    read: Callable[[bytes], Imported]
    write: Callable[[Definition, str], bytes] | None
    extension: str
    media_type: str


def _read_json(data: bytes) -> Imported:
    try:
        return Imported(own_json.read(data))
    except own_json.NotOurs as error:
        raise CannotRead(error.places) from None


FORMATS: Mapping[str, Format] = {
    "json": Format("json", own_json.knows, _read_json, own_json.write, "json", "application/json"),
}


def read(data: bytes, wanted: str = AUTO, filename: str = "") -> tuple[Imported, Report]:
    """A file as a definition, with its report.

    Raises  CannotRead for a file that is too large, of no known format, or not what its format says
    """
    if len(data) > LARGEST:
        raise CannotRead({"file": "file_too_large"})
    chosen = FORMATS.get(wanted) if wanted != AUTO else next((one for one in FORMATS.values() if one.knows(data, filename)), None)
    if chosen is None:
        raise CannotRead({"file": "file_of_no_known_format"})
    imported = chosen.read(data)
    return imported, report_of(imported, chosen.name)


def report_of(imported: Imported, name: str) -> Report:
    """The figures of what came in."""
    made = imported.definition
    findings = check(made)
    questions = list(made.questions())
    return Report(
        format=name,
        pages=len(made.pages),
        questions=len(questions),
        options=sum(len(one.options) for one in questions),
        languages=len(made.languages),
        conditions=sum(1 for one in conditions_of(made) if any(True for _ in fields_of(one))),
        errors=sum(one.stops for one in findings),
        warnings=sum(not one.stops for one in findings),
        not_carried=list(imported.not_carried),
    )


def conditions_of(made: Definition) -> list[Parsed]:
    """Every condition of a definition."""
    found: list[Parsed | None] = [page.show_if for page in made.pages]
    found += [jump.go_if for page in made.pages for jump in page.jumps]
    for question in made.questions():
        found += [question.show_if, *(one.show_if for one in question.options), *(one.show_if for one in question.rows)]
        found += [rule.valid_if for rule in question.rules]
    found += [one.count_if for one in made.quotas]
    found += [one.show_if for one in made.endings]
    return [one for one in found if one is not None]
