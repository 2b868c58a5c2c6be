"""Cross tables, drivers and value: right on answers whose truth is known, on both databases; and feedback from programs."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.foundation.ground import Ground
from portal.people import api_keys, consent
from portal.people.rules.roles import EVERYTHING, Role
from questionnaires.analysis import crossing, driving, erasing, value
from questionnaires.analysis.reading_words import read_words
from questionnaires.analysis.rules.cross import cross, suppressed
from questionnaires.analysis.rules.mood import language_of, mood_of, score_of
from questionnaires.analysis.rules.ridge import Sums, drivers, inverted
from questionnaires.analysis.rules.rising import rising
from questionnaires.analysis.rules.taxonomy import Node, Taxonomy, merged, split
from questionnaires.analysis.shipped import lexicon
from questionnaires.analysis.store.answers import Some
from tests.bank import Sample
from tests.conftest import NOON
from tests.questionnaires.reports.answered import answer, publish

ZONE = ZoneInfo("Asia/Shanghai")
ME = Actor.system("test")
SOME = Some(EVERYTHING, NOON, NOON - timedelta(days=90), NOON)


@given(st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=2, max_size=4))
@settings(max_examples=60, deadline=None)
def test_no_hidden_cell_follows_from_its_row_or_column(grid: list[list[int]]) -> None:
    hidden = suppressed(grid)
    assert {(i, j) for i, row in enumerate(grid) for j, n in enumerate(row) if 0 < n < 10} <= hidden
    lines = [[(i, j) for j in range(3)] for i in range(len(grid))] + [[(i, j) for i in range(len(grid))] for j in range(3)]
    for line in lines:
        mine = [cell for cell in line if cell in hidden]
        if mine and len(mine) < len(line):
            assert len(mine) >= 2
            assert sum(grid[i][j] for i, j in mine) >= 10 or len(mine) == len(line)


def test_a_cross_table_counts_shares_and_strength() -> None:
    table = cross(["a", "b", "c"], ["x", "y"], {("a", "x"): 40, ("a", "y"): 10, ("b", "x"): 10, ("b", "y"): 40, ("c", "x"): 3})
    assert table.rows == ("a", "b")
    assert (table.cells[0][0].n, table.cells[0][0].share) == (40, 80.0)
    assert table.strength == pytest.approx(0.6)
    assert cross(["a"], ["x"], {("a", "x"): 9}).n == 0


def test_ridge_finds_what_moves_the_score_and_says_how_sure_it_is() -> None:
    rng = random.Random(7)
    sums = Sums()
    for _ in range(1500):
        ease, slow, rude = rng.randint(1, 5), rng.random() < 0.3, rng.random() < 0.2
        score = 4 + ease - 3 * slow + rng.gauss(0, 1)
        features = {"score:ease": float(ease)} | ({"topic:slow": 1.0} if slow else {}) | ({"topic:rude": 1.0} if rude else {})
        if rng.random() < 0.2:
            del features["score:ease"]
        sums.add(features, score)
    sums.add({"topic:rare": 1.0}, 0)
    found = {one.name: one for one in drivers(sums, frozenset({"topic:slow", "topic:rude", "topic:rare"})).effects}
    assert found["topic:slow"].lower < -3 + 0.15 < found["topic:slow"].upper + 0.3
    assert found["score:ease"].value == pytest.approx(1.0, abs=0.1)
    assert not found["topic:rude"].sure
    assert "topic:rare" not in found
    assert found["topic:slow"].weight + found["score:ease"].weight > 0.95
    assert inverted([[2.0, 0.0], [0.0, 4.0]]) == [[0.5, 0.0], [0.0, 0.25]]


def test_what_rose_beyond_chance_is_found_and_what_did_not_is_not() -> None:
    found = rising({"app": 40, "queue": 50, "few": 4}, 500, {"app": 40, "queue": 400}, 4000)
    assert [one.key for one in found] == ["app"]
    assert found[0].times == pytest.approx(8.0)
    assert rising({"new": 12}, 100, {}, 1000)[0].new
    assert rising({"new": 12}, 100, {}, 0) == []


def test_history_counts_where_merged_and_split_nodes_stand_today() -> None:
    tree = Taxonomy(
        nodes=tuple(Node(code=code, name_zh=code, name_en=code, parent=parent) for code, parent in (("a", ""), ("b", ""), ("other", "")))
    )
    tree = merged(tree, ["b"], "a")
    tree = split(tree, "a", [Node(code="a.x", name_zh="x", name_en="x"), Node(code="a.y", name_zh="y", name_en="y")])
    assert tree.totals({"a": 2, "b": 3, "a.x": 5, "gone": 1}) == {"a": 10, "a.x": 5, "other": 1}
    assert [node.code for node in tree.unused({"a": 2, "a.x": 5})] == ["a.y"]


@pytest.mark.parametrize(("text", "language", "mood"), [
    ("柜员很热情，办得很快", "zh", 1),
    ("等了一个小时，太慢了", "zh", -1),
    ("态度不好", "zh", -1),
    ("没有不满意的地方", "zh", 1),
    ("今天去了网点", "zh", 0),
    ("Very helpful and friendly staff", "en", 1),
    ("not helpful at all", "en", -1),
    ("It was good, but the app crashed and support was rude", "en", -1),
    ("", "en", 0),
])  # fmt: skip
def test_moods_know_negation_and_both_languages(text: str, language: str, mood: int) -> None:
    assert language_of(text) == language
    assert mood_of(score_of(text, lexicon())) == mood


def test_drivers_and_cross_tables_read_answers_of_the_bank(ground: Ground, sample: Sample) -> None:
    questionnaire, version = publish(ground)
    answer(ground, sample, version, "O1", [{"score": 9, "why": "staff"}] * 60)
    answer(ground, sample, version, "O2", [{"score": 3, "why": "queue", "words": "等太久了，很不满意"}] * 40, touchpoint="app")
    read_words(ground, ground.now())
    with ground.reading() as session:
        found = driving.read(session, SOME)
        assert {one.name for one in found.effects} == {"topic:waiting", "touchpoint:app"}
        assert all(one.value < 0 for one in found.effects)
        names = dict.fromkeys(crossing.CUTS, "x")
        offered = crossing.sides(session, questionnaire, "en", names)
        assert "words" not in {side.name for side in offered}
        table = crossing.read(session, questionnaire, SOME, offered, "why", "score")[0]
        assert table.cells[0][1].n is not None
        with pytest.raises(InvalidInput):
            crossing.read(session, questionnaire, SOME, offered, "why", "mail")


def test_value_is_told_in_sums_and_leaves_out_who_said_no(ground: Ground, sample: Sample) -> None:
    _questionnaire, version = publish(ground)
    people = [sample.customer(f"C{n}") for n in range(24)]
    for number, one in enumerate(people):
        answer(ground, sample, version, "O1", [{"score": 10 if number < 12 else 2}], NOON - timedelta(days=50), customer_id=one.id)
    with ground.writing() as session:
        consent.withdraw(session, people[0].id, NOON, value.PURPOSE)
    head = "客户号,资产档,持有产品数,已流失\n"
    april = head + "".join(f"C{n},3,2,\n" for n in range(24)) + "X,1,1,\n"
    may = head + "".join(f"C{n},{4 if n < 12 else 3},2,{'是' if n >= 18 else '否'}\n" for n in range(24))
    with ground.writing() as session:
        report = value.take(session, april, date(2026, 4, 1), ME, NOON, write=True)
        value.take(session, may, date(2026, 5, 1), ME, NOON, write=True)
    assert (report.taken, report.refused, [(one.column, one.code) for one in report.rejected]) == (
        23,
        1,
        [("customer", "unknown_customer")],
    )
    with ground.reading() as session:
        groups = {one.name: one for one in value.read(session, date(2026, 4, 1), date(2026, 5, 1), ZONE)}
        with pytest.raises(InvalidInput):
            value.read(session, date(2026, 5, 1), date(2026, 4, 1), ZONE)
    assert (groups["promoters"].n, groups["promoters"].stayed.value, groups["promoters"].up.value) == (11, 100.0, 100.0)
    assert (groups["detractors"].n, groups["detractors"].stayed.value) == (12, 50.0)
    with ground.writing() as session:
        assert erasing.erase(session, [people[1].id], NOON) == 2
    with pytest.raises(InvalidInput), ground.writing() as session:
        value.take(session, head, date(2027, 1, 1), ME, NOON, write=True)


@pytest.mark.sqlite_only
def test_programs_send_feedback_and_are_told_what_was_not_taken(ground: Ground, sign_in: Callable[..., FlaskClient]) -> None:
    client = sign_in(Role.ANALYST).application.test_client()
    with ground.writing() as session:
        secret = api_keys.make(session, "reviews", ["feedback.write"], ["feedback.write"], None, ME, NOON)[1]
    headers = {"Authorization": f"Bearer {secret}"}
    good = {"ref": "1", "channel": "appstore", "said_at": "2026-06-14T10:00:00+08:00", "words": "闪退", "stars": 1}
    body = [good, good | {"ref": "2", "stars": 9}, good | {"ref": "3", "said_at": "2026-06-14T10:00:00"}, good | {"ref": "4", "more": 1}]
    found = client.post("/api/v1/feedback", json=body, headers=headers).get_json()
    assert (found["received"], found["taken"], found["known"]) == (4, 1, 0)
    assert [(one["index"], one["field"]) for one in found["rejected"]] == [(1, "stars"), (2, "said_at"), (3, "more")]
    assert client.post("/api/v1/feedback", json=good, headers=headers).get_json()["known"] == 1
    assert client.post("/api/v1/feedback", data=b"{", headers=headers, content_type="application/json").status_code == 400
    assert client.post("/api/v1/feedback", data="x", headers=headers).status_code == 415
    assert client.post("/api/v1/feedback", json=[good] * 1001, headers=headers).status_code == 413
    assert client.post("/api/v1/feedback", json=good).status_code == 401
