"""Versions ready to be asked: parsed once, their constant pages made and compressed once, kept within bounds."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar
from uuid import UUID

from portal.foundation import i18n
from questionnaires.answering import private
from questionnaires.answering.drawing import parts_of
from questionnaires.answering.rules.possible import hanging
from questionnaires.answering.rules.reveal import style_of
from questionnaires.logic import paging, seeing
from questionnaires.logic.definition import UPLOADS, Definition, QuestionType, text_in
from questionnaires.logic.validate import Validator, compile_validator

MOST_VERSIONS = 64
MOST_BODIES = 600
Key = TypeVar("Key")
Value = TypeVar("Value")


class Bounded(Generic[Key, Value]):
    """A cache that forgets what was not used for longest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """What is kept under a key."""
        found = self._kept.get(key)
        if found is not None:
            try:
                self._kept.move_to_end(key)
            except KeyError:  # another thread dropped it between the two lines
                return found
        return found

    def keep(self, key: Key, value: Value) -> Value:
        """Keep a value; the oldest one goes."""
        self._kept[key] = value
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return value

    def __len__(self) -> int:
        return len(self._kept)


class Ready:
    """One version, parsed: what a request needs of it without looking again."""

    def __init__(self, version_id: UUID | None, definition: Definition) -> None:
        self.version_id = version_id
        self.definition = definition
        self.validator: Validator = compile_validator(definition)
        self.constant = [seeing.same_for_all(definition, index) for index in range(len(definition.pages))]
        self.single = len(definition.pages) == 1 and definition.pages[0].show_if is None
        self.names = [frozenset(name for question in page.questions for name in question.names) for page in definition.pages]
        self.uploads = [any(question.type in UPLOADS for question in page.questions) for page in definition.pages]
        self.signed = any(question.type is QuestionType.SIGNATURE for question in definition.questions())
        self.private = private.codes_of(definition)
        self.parts = frozenset(part for question in definition.questions() for part in parts_of(question))
        self.reveals = "".join(style_of(definition, page) for page in definition.pages)
        self.conditional = any(hanging(definition, page) for page in definition.pages)
        self.start: int | None = 0 if seeing.same_start(definition) else None
        """The first page where it is the same for everybody; None where the event or chance decides."""

    def first_page(self, context: Mapping[str, Any]) -> int:
        """The page somebody starts with."""
        found = self.start if self.start is not None else paging.next_page(self.definition, {}, -1, context)
        return 0 if found is None else found

    def language(self, asked: str | None, invited: str | None, accepted: Callable[[], str]) -> str:
        """The language by the address, else the invitation, else the browser, as far as the version speaks it."""
        for tag in (asked, invited):
            if tag and (found := self.spoken(tag)):
                return found
        return self.spoken(accepted()) or self.definition.language

    def spoken(self, tag: str) -> str | None:
        """The version's own language for a tag, or for its relative."""
        if tag in self.definition.languages:
            return tag
        wanted = i18n.match_language(tag)
        if wanted is None:
            return None
        return next((one for one in self.definition.languages if i18n.match_language(one) == wanted), None)

    def words(self, texts: Mapping[str, str], language: str) -> str:
        """The words of one language."""
        return text_in(texts, language, self.definition.language)


class Shelf:
    """The versions and bodies of one process."""

    def __init__(self) -> None:
        self.versions: Bounded[UUID, Ready] = Bounded(MOST_VERSIONS)
        self.bodies: Bounded[tuple[Any, ...], Any] = Bounded(MOST_BODIES)

    def version(self, version_id: UUID, load: Callable[[UUID], dict[str, Any] | None]) -> Ready | None:
        """A published version; read once, since it never changes."""
        found = self.versions.get(version_id)
        if found is not None:
            return found
        document = load(version_id)
        if document is None:
            return None
        return self.versions.keep(version_id, Ready(version_id, Definition.from_json(document)))
