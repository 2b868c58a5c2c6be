"""Differences, rankings, and what is too small to show."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.metrics.rules.compare import Verdict, compare, difference
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.rules.ranking import rank
from questionnaires.metrics.rules.tally import Tally, of_values
from questionnaires.metrics.rules.visibility import Visibility, suppressed, visibility


def answers(low: int, mid: int, high: int, kind: Kind = Kind.NPS) -> Tally:
    low_value, mid_value, high_value = {Kind.NPS: (3, 7, 10), Kind.CSAT: (1, 3, 5), Kind.CES: (2, 4, 6)}[kind]
    return of_values(kind, [low_value] * low + [mid_value] * mid + [high_value] * high)


@pytest.mark.parametrize(
    ("kind", "here", "there", "verdict"),
    [
        (Kind.NPS, (10, 20, 70), (30, 30, 40), Verdict.BETTER),
        (Kind.NPS, (30, 30, 40), (10, 20, 70), Verdict.WORSE),
        (Kind.NPS, (10, 20, 30), (11, 20, 29), Verdict.NOT_DISTINGUISHABLE),
        (Kind.NPS, (0, 0, 3), (1, 1, 1), Verdict.NOT_DISTINGUISHABLE),
        (Kind.NPS, (0, 0, 0), (1, 1, 1), Verdict.UNKNOWN),
        (Kind.CSAT, (5, 5, 90), (15, 15, 70), Verdict.BETTER),
        (Kind.CSAT, (5, 5, 40), (5, 6, 39), Verdict.NOT_DISTINGUISHABLE),
        (Kind.CES, (40, 5, 55), (5, 5, 90), Verdict.WORSE),
        (Kind.CES, (1, 0, 0), (5, 5, 90), Verdict.UNKNOWN),
        (Kind.CES, (0, 0, 5), (0, 5, 0), Verdict.NOT_DISTINGUISHABLE),
    ],
)
def test_only_a_difference_beyond_its_interval_is_one(kind, here, there, verdict):
    assert compare(kind, answers(*here, kind), answers(*there, kind)) is verdict


def test_the_difference_of_two_shares_is_newcombes_published_example():
    """56 of 70 against 48 of 80: 0.2000, from 0.0524 to 0.3339 (Newcombe 1998, method 10)."""
    gap = difference(Kind.CSAT, answers(14, 0, 56, Kind.CSAT), answers(32, 0, 48, Kind.CSAT))
    assert (gap.value, gap.lower, gap.upper) == pytest.approx((20.0, 5.24, 33.39), abs=0.01)


tallies = st.builds(answers, st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))


@given(tallies, tallies)
def test_a_difference_turned_round_is_its_own_mirror(here, there):
    gap, mirror = difference(Kind.NPS, here, there), difference(Kind.NPS, there, here)
    if gap.value is not None:
        assert (gap.value, gap.lower, gap.upper) == pytest.approx((-mirror.value, -mirror.upper, -mirror.lower))
        assert gap.lower <= gap.value <= gap.upper


def test_equal_units_are_seldom_called_different():
    chance = random.Random(7)
    wrong = sum(
        compare(Kind.NPS, *(answers(*_drawn(chance, 60)) for _ in range(2))) is not Verdict.NOT_DISTINGUISHABLE for _ in range(2000)
    )
    assert 0.02 < wrong / 2000 < 0.075


def _drawn(chance: random.Random, n: int) -> tuple[int, int, int]:
    drawn = chance.choices((0, 1, 2), weights=(2, 3, 5), k=n)
    return drawn.count(0), drawn.count(1), drawn.count(2)


def test_a_ranking_says_who_is_tied_and_leaves_out_the_small():
    ranking = rank(
        Kind.NPS,
        {
            "east": answers(10, 90, 300),
            "harbour": answers(40, 100, 160),
            "garden": answers(42, 98, 160),
            "west": answers(150, 100, 50),
            "kiosk": answers(0, 0, 29),
        },
    )
    assert [(place.key, place.rank, place.tied) for place in ranking.places] == [
        ("east", 1, ()),
        ("harbour", 2, (3,)),
        ("garden", 3, (2,)),
        ("west", 4, ()),
    ]
    assert ranking.left_out == 1
    assert [place.key for place in ranking.best()][:1] == ["east"]
    assert [place.key for place in ranking.weakest()] == ["west"]


def test_of_very_many_units_the_first_and_last_know_their_ties():
    ranking = rank(Kind.NPS, {number: answers(20 + number % 7, 20, 60) for number in range(150)})
    known = [place.rank for place in ranking.places if place.tied]
    assert known == [*range(1, 11), *range(141, 151)]


def test_one_unit_alone_is_neither_best_nor_weakest():
    ranking = rank(Kind.NPS, {"only": answers(10, 10, 80)})
    assert ranking.places[0].against_others is Verdict.UNKNOWN
    assert ranking.best() == ranking.weakest() == []


@pytest.mark.parametrize(
    ("n", "how"),
    [
        (0, Visibility.NONE),
        (1, Visibility.HIDDEN),
        (9, Visibility.HIDDEN),
        (10, Visibility.GREYED),
        (29, Visibility.GREYED),
        (30, Visibility.SHOWN),
    ],
)
def test_few_answers_are_hidden_or_greyed(n, how):
    assert visibility(n) is how


@pytest.mark.parametrize(
    ("siblings", "hidden"),
    [
        ({"a": 50, "b": 60}, set()),
        ({"a": 50, "b": 0}, set()),
        ({"a": 50, "b": 4, "c": 70}, {"a", "b"}),
        ({"a": 50, "b": 4, "c": 5}, {"a", "b", "c"}),
        ({"a": 50, "b": 6, "c": 5}, {"b", "c"}),
        ({"a": 4}, {"a"}),
    ],
)
def test_a_hidden_sibling_takes_another_with_it(siblings, hidden):
    assert suppressed(siblings) == hidden


@given(st.dictionaries(st.integers(), st.integers(0, 60), max_size=8))
def test_no_subtraction_finds_fewer_than_ten_answers(siblings):
    hidden = suppressed(siblings)
    behind = sum(siblings.values()) - sum(n for key, n in siblings.items() if key not in hidden)
    assert all(not 0 < n < 10 for key, n in siblings.items() if key not in hidden)
    everything_hidden = all(key in hidden for key, n in siblings.items() if n)
    assert behind == 0 or behind >= 10 or everything_hidden
