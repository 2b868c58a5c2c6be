"""What points into the taxonomy: each room says how often, by node; this room reads the sums for the review and knows none of them.

Topics of verbatims and reasons that answers chose are the first; cases (root causes), complaints (reasons) and issues add
theirs from above.
"""

from collections.abc import Callable, Mapping
from datetime import date

from flask_babel import LazyString
from sqlmodel import Session

from portal.foundation.i18n import _l
from questionnaires.analysis import reasons, topics
from questionnaires.analysis.rules.taxonomy import OTHER
from questionnaires.analysis.store import uses as store

Counter = Callable[[Session, date, date], Mapping[str, int]]
"""From the first to the last day, both inside: how often each node's code was used, old codes too."""
_counters: dict[str, tuple[LazyString | str, Counter]] = {}


def add(name: str, title: LazyString | str, counter: Counter) -> None:
    """Say how often a room's things point at nodes; called once, when the room is loaded."""
    _counters[name] = (title, counter)


def read(session: Session, first: date, last: date) -> list[tuple[LazyString | str, Mapping[str, int]]]:
    """Every use with its counts by code."""
    return [(title, counter(session, first, last)) for title, counter in _counters.values()]


def by_topics(session: Session, first: date, last: date) -> dict[str, int]:
    """Verbatims by the nodes of their topics; those without a topic are other."""
    nodes = {topic.code: topic.node or OTHER for topic in topics.current(session)[1].topics}
    counts, rest = store.by_topic(session, first, last)
    found = {OTHER: rest}
    for topic, n in counts.items():
        node = nodes.get(topic, OTHER)
        found[node] = found.get(node, 0) + n
    return found


add("topics", _l("Topics of verbatims"), by_topics)
add("reasons", _l("Reasons chosen"), reasons.by_node)
