"""What a file is, by its content; its name and the browser's word for it are never believed."""

from collections.abc import Mapping

from questionnaires.logic.definition import QuestionType

MB = 1024 * 1024
JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEIC = "image/heic"
TEXT = "text/plain"
"""Only for a name typed in place of a signature; a file that merely looks like text is refused."""
PICTURES = frozenset({JPEG, PNG, WEBP})
VOICE = frozenset({"audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/webm", "audio/amr", "audio/aac"})
ALLOWED: Mapping[QuestionType, frozenset[str]] = {
    QuestionType.PHOTO: PICTURES,
    QuestionType.SIGNATURE: PICTURES,
    QuestionType.FILE: PICTURES | VOICE | {PDF, WORD, EXCEL},
}
MOST_BYTES: Mapping[QuestionType, int] = {QuestionType.PHOTO: 12 * MB, QuestionType.SIGNATURE: MB, QuestionType.FILE: 10 * MB}
MOST_PIXELS = 40_000_000
SUFFIXES: Mapping[str, str] = {
    JPEG: "jpg",
    PNG: "png",
    WEBP: "webp",
    PDF: "pdf",
    WORD: "docx",
    EXCEL: "xlsx",
    TEXT: "txt",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/webm": "webm",
    "audio/amr": "amr",
    "audio/aac": "aac",
}
_HEADS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"%PDF-", PDF),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"\x1aE\xdf\xa3", "audio/webm"),
    (b"#!AMR", "audio/amr"),
)
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_VOICE_BRANDS = (b"M4A ", b"M4B ", b"mp42", b"isom", b"iso5", b"mp41", b"dash", b"3gp4", b"3gp5")


def sniff(data: bytes) -> str | None:
    """The media type of a content; None for whatever is not taken, HEIC for what can be named when it is refused."""
    for head, media in _HEADS:
        if data.startswith(head):
            return media
    if data[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": "audio/wav"}.get(data[8:12])
    if data[4:8] == b"ftyp":
        if data[8:12] in _HEIC_BRANDS:
            return HEIC
        return "audio/mp4" if data[8:12] in _VOICE_BRANDS and b"vide" not in data[:65_536] else None
    if data[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "audio/mpeg"
    if data[:2] in (b"\xff\xf1", b"\xff\xf9"):
        return "audio/aac"
    return _office(data) if data[:4] == b"PK\x03\x04" else None


def _office(data: bytes) -> str | None:
    """A document of an office program without macros."""
    if b"[Content_Types].xml" not in data or b"vbaProject" in data:
        return None
    if b"word/document.xml" in data:
        return WORD
    return EXCEL if b"xl/workbook.xml" in data else None


def refusal(kind: QuestionType, data: bytes) -> str:
    """Why a content is not taken for a question, as a problem's code; empty where it is."""
    if not data:
        return "upload_empty"
    if len(data) > MOST_BYTES[kind]:
        return "upload_too_large"
    media = sniff(data)
    if media == HEIC:
        return "upload_heic"
    return "" if media in ALLOWED[kind] else "upload_kind_refused"
