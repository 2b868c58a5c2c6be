"""What touchpoints are called: their names belong to a package above, which says here how they are read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from portal.foundation.i18n import pick


@dataclass(frozen=True, slots=True)
class Line:
    """A journey (`journey:code`) or one of its stages (`stage:code`), by name."""

    code: str
    zh: str
    en: str

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return pick(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class Label:
    """A name in both languages, a shorter one for the heads of columns, and the journey and stage it is on."""

    zh: str
    en: str
    short_zh: str = ""
    short_en: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return pick(self.zh, self.en)

    @property
    def short(self) -> str:
        """The shorter name, else the whole one."""
        return pick(self.short_zh or self.zh, self.short_en or self.en)


Loader = Callable[[Session], Mapping[str, Label]]
_loaders: dict[str, Loader] = {}


NoteLoader = Callable[[Session, date, date, Iterable[UUID]], list[tuple[date, str]]]
_notes: list[NoteLoader] = []


def notes_from(loader: NoteLoader) -> None:
    """Say how the notes on charts ("new app") are read: of some days, and of some units with the whole bank's."""
    _notes[:] = [loader]


def notes(session: Session, first: date, last: date, unit_ids: Iterable[UUID]) -> list[tuple[date, str]]:
    """The notes of some days; none where nobody keeps any."""
    return _notes[0](session, first, last, unit_ids) if _notes else []


def touchpoints_from(loader: Loader) -> None:
    """Say how touchpoints' labels are read, by code; the package that owns them calls this once."""
    _loaders["touchpoints"] = loader


def touchpoints(session: Session) -> Mapping[str, Label]:
    """Labels by code; empty where nobody knows any, and codes stand for themselves."""
    loader = _loaders.get("touchpoints")
    return loader(session) if loader else {}


def journeys(labels: Mapping[str, Label]) -> dict[Line, tuple[str, ...]]:
    """The journeys and stages that touchpoints are on, each with its touchpoints, in their order."""
    found: dict[Line, list[str]] = {}
    for code, label in labels.items():
        for line in label.lines:
            found.setdefault(line, []).append(code)
    return {line: tuple(codes) for line, codes in found.items()}


def label_of(labels: Mapping[str, Label], code: str) -> Label:
    """The label of a code, or the code itself."""
    return labels.get(code) or Label(code, code)
