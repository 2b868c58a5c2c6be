"""What a file is, by its content; its name and the browser's word for it are never believed."""

from questionnaires.answering.rules.filekinds import EXCEL, HEIC, MB, PDF, PICTURES, SUFFIXES, VOICE, WORD, sniff

VIDEO = frozenset({"video/mp4", "video/quicktime", "video/webm"})
PAPERS = frozenset({PDF, WORD, EXCEL})
MOST_BYTES = {**dict.fromkeys(PICTURES, 12 * MB), **dict.fromkeys(PAPERS | VOICE, 20 * MB), **dict.fromkeys(VIDEO, 50 * MB)}
LARGEST = 50 * MB
ENDINGS = {**SUFFIXES, "video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm"}
HEAD = 65_536
_VIDEO_BRANDS = (
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"MSNV",
    b"dash",
    b"3gp4",
    b"3gp5",
    b"3gp6",
)


def media_of(data: bytes) -> str | None:
    """The media type; None for whatever is not taken, HEIC so that it can be named when it is refused."""
    found = sniff(data)
    if found == "audio/webm" and (b"V_VP" in data[:HEAD] or b"V_AV1" in data[:HEAD]):
        return "video/webm"
    if found is not None:
        return found
    if data[4:8] == b"ftyp":
        if data[8:12] == b"qt  ":
            return "video/quicktime"
        return "video/mp4" if data[8:12] in _VIDEO_BRANDS else None
    return None


def refusal(data: bytes) -> str:
    """Why a content is not taken, as a problem's code; empty where it is."""
    if not data:
        return "upload_empty"
    media = media_of(data)
    if media == HEIC:
        return "upload_heic"
    if media is None or media not in MOST_BYTES:
        return "upload_kind_refused"
    return "upload_too_large" if len(data) > MOST_BYTES[media] else ""


def sort_of(media: str) -> str:
    """`photo`, `voice`, `video` or `paper`: how a page shows it."""
    for sort, several in (("photo", PICTURES), ("voice", VOICE), ("video", VIDEO)):
        if media in several:
            return sort
    return "paper"
