"""The formats that there are: how a file is known, read and written. Their modules are loaded when they are needed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from questionnaires.interchange import own_json
from questionnaires.interchange.carrying.files import LARGEST, CannotRead
from questionnaires.interchange.carrying.written import Written
from questionnaires.interchange.reporting import Imported, Report, conditions_of, report_of
from questionnaires.logic.definition import Definition

__all__ = ["AUTO", "FORMATS", "LARGEST", "CannotRead", "Format", "Imported", "Report", "conditions_of", "read", "report_of", "write"]

AUTO = "auto"
HERE = "questionnaires.interchange."
ZIP, OLE = b"PK", b"\xd0\xcf\x11\xe0"
UTF_16_LE, UTF_16_BE = b"\xff\xfe", b"\xfe\xff"


@dataclass(frozen=True)
class Format:
    """One way to write a questionnaire. `reads` and `writes` are `module:function`; none where it goes one way only."""

    name: str
    extension: str
    media_type: str
    reads: str = ""
    writes: str = ""

    def function(self, where: str) -> Callable[..., Any]:
        """The function that a `module:function` names."""
        module, _, name = where.partition(":")
        found: Callable[..., Any] = getattr(import_module(HERE + module), name)
        return found


JSON, XML = "application/json", "text/xml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("json", "json", JSON, "own_json:read", "own_json:write"),
        Format("surveyjs", "json", JSON, "surveyjs.reading:read", "surveyjs.writing:write"),
        Format("lss", "lss", XML, "limesurvey.reading:read", "limesurvey.writing:write"),
        Format("lsg", "lsg", XML, "limesurvey.reading:read"),
        Format("lsq", "lsq", XML, "limesurvey.reading:read"),
        Format("tsv", "txt", "text/tab-separated-values", "limesurvey.reading:read_tabbed"),
        Format("xlsform", "xlsx", SHEET, "xlsform.reading:read", "xlsform.writing:write"),
        Format("qsf", "qsf", JSON, "qualtrics.reading:read"),
        Format("fhir", "json", JSON, "fhir.reading:read"),
    )
}
READABLE = tuple(one.name for one in FORMATS.values() if one.reads)
WRITABLE = tuple(one.name for one in FORMATS.values() if one.writes)


def guessed(data: bytes, filename: str = "") -> str | None:
    """The format of a file, by what stands in it; its name decides only where that is JSON of no other kind."""
    if data.startswith((ZIP, OLE)):
        return "xlsform"
    if data.startswith((UTF_16_LE, UTF_16_BE)):
        data = data.replace(b"\x00", b"")  # close enough to ASCII to know the marks of each format
    head = data[:20_000]
    if b"LimeSurveyDocType" in head:
        kind = head.partition(b"LimeSurveyDocType>")[2][:10].lower()
        return "lsg" if kind.startswith(b"group") else "lsq" if kind.startswith(b"question") else "lss"
    first = head.split(b"\n", 1)[0].replace(b"\x00", b"").lower()
    if b"\t" in first and b"class" in first and b"type/scale" in first:
        return "tsv"
    if b'"SurveyElements"' in data:
        return "qsf"
    if b'"resourceType"' in data and b'"Questionnaire"' in data:
        return "fhir"
    if own_json.KIND.encode() not in head and (
        b'"elements"' in data or (b'"pages"' in data and b'"questions"' in data and b'"code"' not in data)
    ):
        return "surveyjs"
    if own_json.knows(data, filename):
        return "json"
    return "lss" if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") else None


def read(data: bytes, wanted: str = AUTO, filename: str = "", largest: int = LARGEST) -> tuple[Imported, Report]:
    """A file as a definition, with its report.

    Raises  CannotRead for a file that is too large, of no known format, or not what its format says
    """
    if len(data) > largest:
        raise CannotRead("file_too_large")
    if not data.strip(b"\x00 \r\n\t"):
        raise CannotRead("not_json" if wanted == "json" else "empty_file")
    name = guessed(data, filename) if wanted == AUTO else wanted
    chosen = FORMATS.get(name or "")
    if chosen is None or not chosen.reads:
        raise CannotRead("file_of_no_known_format")
    try:
        return _own(data) if chosen.name == "json" else _other(data, chosen)
    except RecursionError:
        raise CannotRead("nested_too_deep") from None


def _other(data: bytes, chosen: Format) -> tuple[Imported, Report]:
    built = chosen.function(chosen.reads)(data)
    imported = Imported(built.definition, built.notes, built.names, built.codes)
    return imported, report_of(imported, chosen.name, built)


def _own(data: bytes) -> tuple[Imported, Report]:
    try:
        imported = Imported(own_json.read(data))
    except own_json.NotOurs as error:
        raise CannotRead(error.places) from None
    return imported, report_of(imported, "json")


def write(definition: Definition, name: str, code: str) -> Written:
    """The file of a definition in a format.

    Raises  CannotRead for a format that is not there or can't be written
    """
    chosen = FORMATS.get(name)
    if chosen is None or not chosen.writes:
        raise CannotRead({"format": "choice_unknown"})
    made = chosen.function(chosen.writes)(definition, code)
    return made if isinstance(made, Written) else Written(made)
