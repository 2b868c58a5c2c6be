"""XML read as a stream, without a document type, entities or anything from outside; bounded in depth and size."""

from collections.abc import Callable
from xml.parsers import expat

from questionnaires.interchange.carrying.files import CannotRead

DEEPEST = 40
MOST_ELEMENTS = 12_000_000
LONGEST_TEXT = 1_000_000
Start = Callable[[str, dict[str, str]], None]
End = Callable[[str, str], None]


class XmlStream:
    """Feeds a document to two functions: each start of an element with its attributes, each end with the element's own text.

    Raises  CannotRead (from `feed`, `close`) for what is no well-formed XML, declares a type or entities, or is too deep or too long
    """

    def __init__(self, start: Start, end: End, *, refusal: str = "not_xml") -> None:
        self._start, self._end, self._refusal = start, end, refusal
        self._texts: list[list[str]] = []
        self._count, self._length = 0, 0
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._started
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = self._said
        parser.StartDoctypeDeclHandler = self._forbidden
        parser.EntityDeclHandler = self._forbidden
        parser.buffer_text = True
        parser.buffer_size = 65536
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._parser = parser

    def feed(self, data: bytes) -> None:
        """The next piece."""
        try:
            self._parser.Parse(data, False)
        except (expat.ExpatError, ValueError, LookupError):
            raise CannotRead(self._refusal) from None

    def close(self) -> None:
        """The end: the document has to be whole."""
        try:
            self._parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError):
            raise CannotRead(self._refusal) from None

    def _started(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._texts) >= DEEPEST:
            raise CannotRead("nested_too_deep")
        if self._count > MOST_ELEMENTS:
            raise CannotRead("file_too_large")
        self._texts.append([])
        self._length = 0
        self._start(name, attributes)

    def _said(self, text: str) -> None:
        if self._texts and self._length < LONGEST_TEXT:
            self._texts[-1].append(text)
            self._length += len(text)

    def _ended(self, name: str) -> None:
        self._end(name, "".join(self._texts.pop()))

    def _forbidden(self, *_said: object) -> None:
        raise CannotRead("entities_refused")
