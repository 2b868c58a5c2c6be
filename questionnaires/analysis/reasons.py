"""Reasons that answers chose: options that are filed under nodes of the taxonomy, counted beside what texts speak of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from questionnaires.analysis import taxonomy, topics
from questionnaires.analysis.rules import taxonomy as rules
from questionnaires.analysis.rules.rising import Rise, rising
from questionnaires.analysis.rules.taxonomy import OTHER, Choice, Taxonomy
from questionnaires.analysis.store import reasons as store
from questionnaires.analysis.store import words
from questionnaires.analysis.store.words import Wanted
from questionnaires.logic.definition import CHOICES
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.proportions import share
from questionnaires.metrics.rules.visibility import HIDDEN_BELOW

WEEKS_BEFORE = 8
Filed = Mapping[str, Mapping[str, str]]
"""For each question the nodes of its options, by code."""


@dataclass(frozen=True)
class Line:
    """A node: answers that chose a reason there or below, texts with a topic there or below; None where it may not be shown."""

    choice: Choice
    chosen: int | None
    texts: int | None
    low: Estimate | None
    """Share of low scores among the answers that chose it."""


@dataclass(frozen=True)
class Reasons:
    """What a part of the bank says is wrong, by the tree of today; and which reasons rose in the last seven days."""

    lines: tuple[Line, ...]
    hot: tuple[Rise[str], ...]

    @property
    def any(self) -> bool:
        """Whether anything can be shown."""
        return any(line.chosen or line.texts for line in self.lines)


def filed(document: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The nodes that a published questionnaire's options are filed under."""
    asked = (question for page in document.get("pages", ()) for question in page.get("questions", ()) if question["type"] in CHOICES)
    found = {one["code"]: {option["code"]: option["node"] for option in one.get("options", ()) if option.get("node")} for one in asked}
    return {code: nodes for code, nodes in found.items() if nodes}


def nodes_of(answers: Mapping[str, Any], filed: Filed) -> list[str]:
    """The nodes of the options that an answer chose, each once."""
    return list(dict.fromkeys(_chosen(answers, filed)))


def _chosen(answers: Mapping[str, Any], filed: Filed) -> Iterator[str]:
    for question, nodes in filed.items():
        answer = answers.get(question)
        yield from (nodes[code] for code in (answer if isinstance(answer, list) else [answer]) if isinstance(code, str) and code in nodes)


def by_node(session: Session, first: date, last: date) -> dict[str, int]:
    """Answers that chose each node, of the whole bank."""
    return store.of_days(session, first, last)


def read(session: Session, wanted: Wanted) -> Reasons:
    """Reasons and texts of a cut by node; six statements."""
    tree = taxonomy.current(session)[1]
    sums = store.by_node(session, wanted)
    chosen = tree.totals({one.node: one.n for one in sums})
    low, judged = tree.totals({one.node: one.low for one in sums}), tree.totals({one.node: one.judged for one in sums})
    texts = tree.totals(_texts(session, wanted))
    shown, read = rules.shown(tree, chosen), rules.shown(tree, texts)
    lines = (
        Line(one, shown[one.code], read[one.code], _low(shown[one.code], low.get(one.code, 0), judged.get(one.code, 0)))
        for one in tree.choices()
        if chosen.get(one.code) or texts.get(one.code)
    )
    return Reasons(tuple(lines), tuple(hot(session, wanted, tree)))


def hot(session: Session, wanted: Wanted, tree: Taxonomy) -> list[Rise[str]]:
    """Nodes that more answers chose in the cut's last seven days than the eight weeks before explain."""
    now = replace(wanted, first=wanted.last - timedelta(days=6))
    past = replace(wanted, first=now.first - timedelta(weeks=WEEKS_BEFORE), last=now.first - timedelta(days=1))
    counts = [_today(tree, {one.node: one.n for one in store.by_node(session, some)}) for some in (now, past)]
    return rising(counts[0], store.answers(session, now), counts[1], store.answers(session, past), HIDDEN_BELOW)


def _texts(session: Session, wanted: Wanted) -> dict[str, int]:
    """Texts by the node of their topics; topics without a node are left out, as they are no problem of the tree."""
    nodes = {topic.code: topic.node for topic in topics.current(session)[1].topics if topic.node}
    found: dict[str, int] = {}
    for one in words.by_topic(session, wanted):
        if one.topic in nodes:
            found[nodes[one.topic]] = found.get(nodes[one.topic], 0) + one.n
    return found


def _today(tree: Taxonomy, counts: Mapping[str, int]) -> dict[str, int]:
    """Counts by the nodes that old codes count for today."""
    found: dict[str, int] = {}
    for code, n in counts.items():
        node = tree.today(code) if tree.today(code) in tree.by_code else OTHER
        found[node] = found.get(node, 0) + n
    return found


def _low(shown: int | None, low: int, judged: int) -> Estimate | None:
    return share(low, judged) if shown and judged >= HIDDEN_BELOW else None
