"""The report of an import: what came in by count, what stops its publication, and by name what did not come or came otherwise."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from portal.foundation.conditions import Parsed, fields_of
from questionnaires.interchange.carrying.counts import Counts
from questionnaires.interchange.carrying.notes import Note
from questionnaires.interchange.labels import spelled
from questionnaires.logic.check import check
from questionnaires.logic.definition import Definition

if TYPE_CHECKING:  # loaded with the format that needs it
    from questionnaires.interchange.carrying.building import Built


@dataclass(frozen=True)
class Imported:
    """What a file gave: a definition, notes, and how its names and codes are called here."""

    definition: Definition
    notes: tuple[Note, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """What came in, in figures, and what did not.

    pages … conditions  what of the file was carried over
    in_file             how much the file has of each
    questions_made      how many questions it became here: some of the file's become several
    not_carried         what is missing here, each {code, construct, where, detail, why, do}
    changed             what is here in another way, the same
    stops               what the publishing check finds that stops publication, each {code, question, page, facts}
    """

    format: str
    pages: int
    questions: int
    options: int
    languages: int
    conditions: int
    errors: int
    warnings: int
    questions_made: int = 0
    conditions_not_carried: int = 0
    in_file: dict[str, int] = field(default_factory=dict)
    not_carried: list[dict[str, str]] = field(default_factory=list)
    changed: list[dict[str, str]] = field(default_factory=list)
    stops: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For `--json`, the database and pages."""
        return asdict(self)


def report_of(imported: Imported, name: str, built: "Built | None" = None) -> Report:
    """The figures of what came in."""
    made = imported.definition
    findings = check(made)
    come = built.carried if built is not None else _counts(made)
    return Report(
        format=name,
        **asdict(come),
        errors=sum(one.stops for one in findings),
        warnings=sum(not one.stops for one in findings),
        questions_made=sum(1 for _ in made.questions()),
        conditions_not_carried=built.conditions_lost if built is not None else 0,
        in_file=asdict(built.counts if built is not None else come),
        not_carried=[told(one) for one in imported.notes if one.lost],
        changed=[told(one) for one in imported.notes if not one.lost],
        stops=[{"code": one.code, "question": one.question, "page": one.page, "facts": dict(one.facts)} for one in findings if one.stops],
    )


def told(note: Note) -> dict[str, str]:
    """A note for machines, with its words in English."""
    why, todo = spelled(note.code)
    return {"code": note.code, "construct": note.construct, "where": note.where, "detail": note.detail, "why": why, "do": todo}


def _counts(made: Definition) -> Counts:
    questions = list(made.questions())
    return Counts(
        pages=len(made.pages),
        questions=len(questions),
        options=sum(len(one.options) for one in questions),
        languages=len(made.languages),
        conditions=sum(1 for one in conditions_of(made) if any(True for _ in fields_of(one))),
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
