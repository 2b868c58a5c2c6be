"""Read new words: filtered, with language, mood, score and topics, into verbatims; and again when the dictionary changed.
Reasons that were chosen are read along with them, from the same queue.

Texts are read outside the transaction that writes: on SQLite the one writer is not kept waiting for them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from questionnaires.analysis import reasons, shipped, topics
from questionnaires.analysis.models import FEEDBACK
from questionnaires.analysis.rules import mood
from questionnaires.analysis.store import reasons as reasons_store
from questionnaires.analysis.store import texts as store
from questionnaires.analysis.store.texts import Answered, Told
from questionnaires.analysis.topics import Reader
from questionnaires.logic.definition import OTHER_SUFFIX
from questionnaires.metrics.rules.indicators import SCALES, Kind, kind_of
from questionnaires.metrics.rules.masking import masked
from questionnaires.metrics.rules.periods import day_of, week_of
from questionnaires.metrics.store import reading, unread
from questionnaires.metrics.words import text_questions

BATCH = 500
AGAIN = timedelta(days=400)
"""Verbatims older than this keep the topics of their time."""
LONGEST = 4000
COPIED = ("day", "unit_id", "touchpoint", "source", "purpose", "band", "value")
"""What a topic's row repeats of its verbatim."""


@dataclass
class Found:
    """Rows in the making."""

    verbatims: list[dict[str, Any]]
    topics: list[dict[str, Any]]
    words: Counter[tuple[date, str, str]]


def read_words(ground: Ground, now: datetime, batch: int = BATCH) -> int:
    """Read everything that waits, set by set; how many texts and responses were seen. Safe to run twice and in two processes."""
    zone, seen = ZoneInfo(ground.settings.zone), 0
    with ground.reading() as session:
        reader = topics.load(session, ground.settings.mood_model)
        since = day_of(now, zone) - AGAIN
        if not store.anything(session, reader.number, since):
            return 0
    while n := _responses(ground, reader, zone, batch) + _feedback(ground, reader, zone, now, batch) + _again(ground, reader, since, batch):
        seen += n
    return seen


def _responses(ground: Ground, reader: Reader, zone: ZoneInfo, batch: int) -> int:
    with ground.reading() as session:
        waiting = unread.waiting(session, batch)
        rows = store.responses(session, waiting)
        documents = reading.definitions(session, {row.version_id for row in rows})
        scores = _main(reading.scores(session, [row.id for row in rows]))
    questions = {key: frozenset(text_questions(body)) for key, body in documents.items()}
    filed = {key: reasons.filed(body) for key, body in documents.items()}
    given = [one for row in rows for one in _reasons(row, filed.get(row.version_id, {}), scores.get(row.id), zone)]
    read = {row.id: _of_response(row, questions.get(row.version_id, frozenset()), scores.get(row.id), reader, zone) for row in rows}
    if not waiting:
        return 0
    with ground.writing() as session:
        ours = store.still_unread(session, waiting)
        _put(session, [one for key, some in read.items() if key in ours for one in some])
        reasons_store.put(session, [one for one in given if one["response_id"] in ours])
        unread.done(session, list(ours))
    return len(waiting)


def _feedback(ground: Ground, reader: Reader, zone: ZoneInfo, now: datetime, batch: int) -> int:
    with ground.reading() as session:
        rows = store.feedback(session, batch)
    if not rows:
        return 0
    read = {row.id: _of_feedback(row, reader, zone) for row in rows}
    with ground.writing() as session:
        ours = store.take_feedback(session, list(read), now)
        _put(session, [one for key, one in read.items() if key in ours])
    return len(rows)


def _again(ground: Ground, reader: Reader, since: date, batch: int) -> int:
    """Verbatims that an older dictionary read."""
    with ground.reading() as session:
        rows = store.old_readings(session, reader.number, since, batch)
    if not rows:
        return 0
    moods: dict[int, list[UUID]] = defaultdict(list)
    found: list[dict[str, Any]] = []
    for row in rows:
        said = reader.read(row.words)
        moods[said.mood].append(row.id)
        found += _topic_rows(row._asdict(), said.topics, said.mood)
    with ground.writing() as session:
        store.put_again(session, moods, found, reader.number)
    return len(rows)


def _of_response(
    row: Answered, questions: frozenset[str], score: tuple[str, float] | None, reader: Reader, zone: ZoneInfo
) -> list[dict[str, Any]]:
    """A verbatim for each question that was answered in own words."""
    common = {
        "response_id": row.id,
        "feedback_id": None,
        "said_at": row.submitted_at,
        "day": day_of(row.submitted_at, zone),
        **{name: getattr(row, name) for name in ("unit_id", "touchpoint", "channel", "source", "purpose")},
        **_score(score),
    }
    said = {
        code: text.strip()
        for code, text in row.answers.items()
        if isinstance(text, str) and text.strip() and (code in questions or code.endswith(OTHER_SUFFIX))
    }
    return [_verbatim(common | {"question": code}, text, reader) for code, text in said.items()]


def _reasons(
    row: Answered, filed: Mapping[str, Mapping[str, str]], score: tuple[str, float] | None, zone: ZoneInfo
) -> list[dict[str, Any]]:
    """A row for each node that the chosen options are filed under."""
    common = {name: getattr(row, name) for name in ("unit_id", "touchpoint", "source", "purpose")}
    common |= {"response_id": row.id, "day": day_of(row.submitted_at, zone), **_score(score)}
    common.pop("indicator")
    return [{**common, "node": node} for node in reasons.nodes_of(row.answers, filed)]


def _of_feedback(row: Told, reader: Reader, zone: ZoneInfo) -> dict[str, Any]:
    """Stars stand beside the words, in no indicator: 1 and 2 low, 3 middle, 4 and 5 high."""
    band = None if row.stars is None else (row.stars > 3) - (row.stars < 3)
    common = {
        "response_id": None,
        "feedback_id": row.id,
        "question": "",
        "said_at": row.said_at,
        "day": day_of(row.said_at, zone),
        "unit_id": row.unit_id,
        "touchpoint": row.touchpoint,
        "channel": row.channel,
        "source": FEEDBACK,
        "purpose": "customer",
        "indicator": "",
        "value": None,
        "band": band,
    }
    return _verbatim(common, row.words, reader)


def _verbatim(common: Mapping[str, Any], text: str, reader: Reader) -> dict[str, Any]:
    words = masked(text)[:LONGEST]
    said = reader.read(words)
    own = {"id": new_id(), "words": words, "language": mood.language_of(words), "mood": said.mood, "read_with": reader.number}
    return {**common, **own, "topics": said.topics}


def _put(session: Session, read: Iterable[dict[str, Any]]) -> None:
    found = Found([], [], Counter())
    for row in read:
        said = row.pop("topics")
        found.verbatims.append(row)
        found.topics += _topic_rows(row, said, row["mood"])
        for word in shipped.segmenter().words_of(row["words"], row["language"]):
            found.words[week_of(row["day"]), row["language"], word] += 1
    store.put(session, found.verbatims, found.topics)
    store.add_words(session, found.words)


def _topic_rows(row: Mapping[str, Any], codes: Iterable[str], felt: int) -> list[dict[str, Any]]:
    return [{"verbatim_id": row["id"], "topic": code, "mood": felt, **{name: row[name] for name in COPIED}} for code in codes]


def _score(score: tuple[str, float] | None) -> dict[str, Any]:
    if score is None:
        return {"indicator": "", "value": None, "band": None}
    indicator, value = score
    kind = kind_of(indicator) or Kind.NPS
    scale = SCALES[kind]
    return {"indicator": indicator, "value": value, "band": (value >= scale.high_from) - (value < scale.middle_from)}


def _main(rows: Iterable[tuple[UUID, str, float]]) -> dict[UUID, tuple[str, float]]:
    """One score a response: NPS before satisfaction before ease."""
    order = list(Kind)
    found: dict[UUID, tuple[str, float]] = {}
    for response_id, indicator, value in rows:
        kind = kind_of(indicator)
        if kind is None:
            continue
        before = kind_of(found[response_id][0]) if response_id in found else None
        if before is None or order.index(kind) < order.index(before):
            found[response_id] = (indicator, value)
    return found
