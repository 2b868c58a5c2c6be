"""What touchpoints are called: their names belong to a package above, which says here how they are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from portal.foundation.i18n import pick


@dataclass(frozen=True, slots=True)
class Label:
    """A name in both languages, and a shorter one for the heads of columns."""

    zh: str
    en: str
    short_zh: str = ""
    short_en: str = ""

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


def touchpoints_from(loader: Loader) -> None:
    """Say how touchpoints' labels are read, by code; the package that owns them calls this once."""
    _loaders["touchpoints"] = loader


def touchpoints(session: Session) -> Mapping[str, Label]:
    """Labels by code; empty where nobody knows any, and codes stand for themselves."""
    loader = _loaders.get("touchpoints")
    return loader(session) if loader else {}


def label_of(labels: Mapping[str, Label], code: str) -> Label:
    """The label of a code, or the code itself."""
    return labels.get(code) or Label(code, code)
