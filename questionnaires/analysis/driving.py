"""Which touchpoints, other scores, reasons and complaints move NPS: one pass over the answers of some months."""

from collections.abc import Iterator
from itertools import groupby
from uuid import UUID

from sqlmodel import Session

from questionnaires.analysis import taxonomy
from questionnaires.analysis.rules.ridge import Drivers, Sums, drivers
from questionnaires.analysis.store import answers as store
from questionnaires.analysis.store.answers import Some

NPS = "nps"
TOUCHPOINT, TOPIC, REASON, SCORE = "touchpoint:", "topic:", "reason:", "score:"


def read(session: Session, some: Some) -> Drivers:
    """Effects on the 0–10 score of the NPS question; touchpoints are compared with the one that most answers come from."""
    sums, touchpoints = Sums(), dict[str, int]()
    topics, reasons = _Along(store.spoken(session, some)), _Along(store.reasons(session, some))
    tree = taxonomy.current(session)[1]
    rows = groupby(store.scored(session, some), key=lambda row: (row[0], row[1]))
    for (response_id, touchpoint), scores in rows:
        given = {indicator: value for _id, _touchpoint, indicator, value in scores}
        if NPS not in given:
            continue
        touchpoints[touchpoint] = touchpoints.get(touchpoint, 0) + 1
        features = {f"{SCORE}{name}": value for name, value in given.items() if name != NPS}
        features |= {f"{TOPIC}{topic}": 1.0 for topic in topics.of(response_id)}
        features |= {f"{REASON}{tree.today(node)}": 1.0 for node in reasons.of(response_id)}
        if touchpoint:
            features[f"{TOUCHPOINT}{touchpoint}"] = 1.0
        sums.add(features, given[NPS])
    signs = frozenset(name for name in sums.seen if not name.startswith(SCORE))
    return drivers(_without(sums, _commonest(touchpoints)), signs)


def _commonest(touchpoints: dict[str, int]) -> str:
    """The touchpoint the others are compared with: all of them together would say the same twice."""
    return max(touchpoints, key=lambda code: (touchpoints[code], code)) if touchpoints else ""


def _without(sums: Sums, touchpoint: str) -> Sums:
    sums.seen.pop(f"{TOUCHPOINT}{touchpoint}", None)
    return sums


class _Along:
    """Topics or reasons of responses, read along with them: both come in the order of ids."""

    def __init__(self, rows: Iterator[tuple[UUID, str]]) -> None:
        self._groups = groupby(rows, key=lambda row: row[0])
        self._next: tuple[UUID, list[str]] | None = None
        self._step()

    def of(self, response_id: UUID) -> list[str]:
        """Those of the next response that is asked for."""
        while self._next is not None and self._next[0] < response_id:
            self._step()
        return self._next[1] if self._next is not None and self._next[0] == response_id else []

    def _step(self) -> None:
        found = next(self._groups, None)
        self._next = None if found is None else (found[0], [code for _id, code in found[1]])
