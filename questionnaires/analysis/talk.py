"""What customers talk about: topics with moods and scores, what is hot, and new words."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlmodel import Session

from questionnaires.analysis import topics
from questionnaires.analysis.rules.dictionary import Dictionary, Topic
from questionnaires.analysis.rules.rising import Rise, rising
from questionnaires.analysis.store import words as store
from questionnaires.analysis.store.words import TopicSums, Wanted, Whole
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.periods import week_of
from questionnaires.metrics.rules.proportions import share
from questionnaires.metrics.rules.visibility import HIDDEN_BELOW

WEEKS_BEFORE = 8
NEW_WORDS = 20
EXAMPLES = 3
TRIED = 2000
"""How many texts a dictionary is tried on before it is saved."""


@dataclass(frozen=True)
class TopicRow:
    """A topic of the dictionary with its figures; `hidden` where too few people speak of it."""

    topic: Topic
    sums: TopicSums
    bad: Estimate
    low: Estimate
    hidden: bool


@dataclass(frozen=True)
class Talk:
    """The page of topics."""

    whole: Whole
    coverage: Estimate
    agreement: Estimate
    rows: tuple[TopicRow, ...]
    hot: tuple[Rise[str], ...]


def read(session: Session, wanted: Wanted) -> Talk:
    """Topics of a cut, and which of them were spoken of more in the last seven days than in the eight weeks before; five statements."""
    dictionary = topics.current(session)[1]
    whole = store.whole(session, wanted)
    sums = {one.topic: one for one in store.by_topic(session, wanted)}
    rows = [_row(topic, sums.get(topic.code, TopicSums(topic.code, 0, 0, 0, 0, 0, 0))) for topic in dictionary.topics]
    return Talk(
        whole,
        share(whole.with_topic, whole.n),
        share(whole.agree, whole.both),
        tuple(sorted(rows, key=lambda row: -row.sums.n)),
        tuple(hot(session, wanted)),
    )


def _row(topic: Topic, sums: TopicSums) -> TopicRow:
    judged = sums.low + sums.mid + sums.high
    return TopicRow(topic, sums, share(sums.bad, sums.n), share(sums.low, judged), 0 < sums.n < HIDDEN_BELOW)


def hot(session: Session, wanted: Wanted) -> list[Rise[str]]:
    """Topics of the cut that rose in its last seven days."""
    now = replace(wanted, first=wanted.last - timedelta(days=6))
    past = replace(wanted, first=now.first - timedelta(weeks=WEEKS_BEFORE), last=now.first - timedelta(days=1))
    counts = [{one.topic: one.n for one in store.by_topic(session, some)} for some in (now, past)]
    return rising(counts[0], store.count(session, now), counts[1], store.count(session, past), HIDDEN_BELOW)


def new_words(session: Session, today: date, weeks: int = 1) -> list[Rise[str]]:
    """Words of the whole bank that are said more in these weeks (the running one included) than in the eight before."""
    last = week_of(today)
    first = last - timedelta(weeks=weeks - 1)
    before = first - timedelta(weeks=WEEKS_BEFORE)
    now, past = store.weeks(session, first, last), store.weeks(session, before, first - timedelta(days=1))
    of, past_of = store.per_language(session, first, today), store.per_language(session, before, first - timedelta(days=1))
    found: list[Rise[str]] = []
    for language in of:
        some, earlier = ({word: n for (spoken, word), n in counts.items() if spoken == language} for counts in (now, past))
        found += rising(some, max(of[language], *some.values(), 1), earlier, max(past_of.get(language, 0), *earlier.values(), 1))
    return sorted(found, key=lambda one: -one.ratio)[:NEW_WORDS]


@dataclass(frozen=True)
class Trial:
    """What a dictionary gives on the newest texts, beside the one in force: coverage, and for each topic its share and examples."""

    texts: int
    covered: int
    covered_now: int
    topics: tuple[tuple[Topic, int, tuple[str, ...]], ...]
    uncovered: tuple[str, ...]


def try_out(session: Session, dictionary: Dictionary, wanted: Wanted) -> Trial:
    """Read the newest texts with a dictionary that is not saved yet."""
    in_force = topics.current(session)[1]
    texts = store.sample_texts(session, wanted, TRIED)
    counts = dict.fromkeys((topic.code for topic in dictionary.topics), 0)
    examples: dict[str, list[str]] = {code: [] for code in counts}
    uncovered: list[str] = []
    covered = 0
    for text in texts:
        found = dictionary.topics_of(text)
        covered += bool(found)
        if not found and len(uncovered) < 2 * EXAMPLES:
            uncovered.append(text)
        for code in found:
            counts[code] += 1
            if len(examples[code]) < EXAMPLES:
                examples[code].append(text)
    before = sum(bool(in_force.topics_of(text)) for text in texts)
    rows = tuple((topic, counts[topic.code], tuple(examples[topic.code])) for topic in dictionary.topics)
    return Trial(len(texts), covered, before, rows, tuple(uncovered))
