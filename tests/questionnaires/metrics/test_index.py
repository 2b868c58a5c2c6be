"""Index trees: maps to 0-100, weights, missing leaves, versions by day, files in and out, imported figures, targets."""

import io
import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.people.rules.roles import EVERYTHING
from questionnaires.metrics import index_files, indexes, own_indicators, targets
from questionnaires.metrics.asked import Asked
from questionnaires.metrics.jobs import roll_up
from questionnaires.metrics.privacy import Reader
from questionnaires.metrics.rules.compare import Verdict
from questionnaires.metrics.rules.estimate import Estimate
from questionnaires.metrics.rules.index import Bins, Linear, Percentile, Tree, score
from questionnaires.metrics.rules.periods import Period
from tests.questionnaires.metrics.world import NOON, TODAY, World

pytestmark = pytest.mark.sqlite_only
ME = Actor.system("test")
LINE = {"kind": "linear", "zero": 0, "hundred": 10}
CSV = "indicator,unit,first,last,value,n,origin\nwaiting_minutes,O1,2026-06-01,2026-06-30,7.5,300,queue machines\n"


def leaf(code: str, weight: float = 1.0, **more: object) -> dict[str, object]:
    return {"code": code, "name_zh": code, "name_en": code, "weight": weight, "indicator": code, "map": LINE, **more}


def tree(*children: dict[str, object]) -> dict[str, object]:
    root = {"code": "root", "name_zh": "根", "name_en": "Root", "children": list(children)}
    return {"code": "root", "name_zh": "根", "name_en": "Root", "root": root}


def test_maps_give_points_in_both_directions():
    assert [Linear(zero=10, hundred=0).points(value) for value in (0, 2.5, 10, 99)] == [100, 75, 0, 0]
    waiting = Bins(bins=({"to": 5, "points": 100}, {"to": 10, "points": 80}, {"points": 20}))
    assert [waiting.points(value) for value in (0, 5, 5.1, 10, 11)] == [100, 100, 80, 80, 20]
    market = Percentile(marks=(10, 20, 40))
    assert [market.points(value) for value in (5, 10, 15, 20, 30, 50)] == [0, 0, 25, 50, 75, 100]
    assert Percentile(marks=(10, 20, 40), better="lower").points(15) == 75


@given(st.lists(st.floats(0, 10), min_size=1, max_size=6))
def test_an_index_lies_between_its_leaves(values):
    weights = [1 / len(values)] * len(values)
    made = Tree.model_validate(tree(*(leaf(f"x{n}", weight) for n, weight in enumerate(weights))))
    found = score(made.root, {f"x{n}": Estimate(value, None, None, 50) for n, value in enumerate(values)})
    assert 10 * min(values) - 1e-6 <= found.points.value <= 10 * max(values) + 1e-6
    assert sum(child.share for child in found.children) == pytest.approx(1)


def test_missing_leaves_raise_the_weights_beside_them_and_are_named():
    made = Tree.model_validate(tree(leaf("a", 0.5), leaf("b", 0.3), leaf("c", 0.2)))
    found = score(made.root, {"a": Estimate(8, 7, 9, 100), "b": Estimate(4, 3, 5, 40)})
    assert found.missing == ("c",)
    assert [child.share for child in found.children] == pytest.approx([0.625, 0.375, 0])
    assert (found.points.value, found.points.n) == (pytest.approx(65), 40)
    assert found.points.lower < 65 < found.points.upper
    assert score(made.root, {}).points.value is None


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (tree(leaf("a", 0.5), leaf("b", 0.3)), "weights_do_not_sum"),
        (tree(leaf("a", 0.5), leaf("a", 0.5)), "code_twice"),
        (tree(leaf("root")), "code_twice"),
        (tree({**leaf("a"), "children": [leaf("b")]}), "leaf_or_node"),
        (tree({**leaf("a"), "map": {"kind": "linear", "zero": 1, "hundred": 1}}), "map_without_width"),
        (tree({**leaf("a"), "map": {"kind": "bins", "bins": [{"to": 5, "points": 1}, {"to": 3, "points": 2}]}}), "bins_without_end"),
        (tree(leaf("a", 0)), "tree_not_valid"),
        ({"code": "x"}, "tree_not_valid"),
    ],
)
def test_a_tree_that_makes_no_sense_is_refused_by_name(raw, code):
    with pytest.raises(InvalidInput) as refused:
        index_files.read(json.dumps(raw).encode())
    assert refused.value.fields == {"file": code}


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in (index_files.COLUMNS, *rows):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([("a", "b", "a", "a", 1, "", "", "", ""), ("b", "a", "b", "b", 1, "", "", "", "")], "circle_in_tree"),
        ([("a", "a", "a", "a", 1, "", "", "", "")], "circle_in_tree"),
        ([("a", "zz", "a", "a", 1, "", "", "", "")], "unknown_parent"),
        ([("a", "", "a", "a", 1, "nps", "linear", "0; ten", "")], "not_a_number"),
        ([("a", "", "a", "a", 1, "nps", "sine", "0; 1", "")], "unknown_map"),
        ([("a", "", "a", "a", 1, "nps", "linear", "0; 1", ""), ("b", "", "b", "b", 1, "nps", "linear", "0; 1", "")], "two_roots"),
        ([], "no_root"),
    ],
)
def test_a_workbook_that_makes_no_sense_is_refused_by_name(rows, code):
    with pytest.raises(InvalidInput) as refused:
        index_files.read(workbook(*rows))
    assert refused.value.fields == {"file": code}


def test_the_tree_that_ships_goes_out_and_comes_in_again():
    for form in ("json", "xlsx"):
        assert index_files.read(index_files.write(indexes.shipped(), form)).root.children == indexes.shipped().root.children
    sheet = load_workbook(io.BytesIO(index_files.write(indexes.shipped(), "xlsx"))).active
    assert [cell.value for cell in sheet[1]] == list(index_files.COLUMNS)
    for broken in (b"", b"{", b"[]", b"PK\x03\x04nothing", b"\xff\xfe"):
        with pytest.raises(InvalidInput):
            index_files.read(broken)


def test_versions_are_in_force_from_their_day_and_imported_figures_stand_beside_answered_ones(ground):
    with ground.writing() as session:
        world = World().build(session)
        world.answers(session, [{"nps": 10.0, "csat": 5.0}] * 15 + [{"nps": 3.0, "csat": 2.0}] * 5, "O1")
        for code in ("waiting_minutes", "complaints_10k"):
            values = {"code": code, "name_zh": code, "name_en": code, "origin": "imported", "better": "lower", "measure": "", "decimals": 1}
            own_indicators.add(session, values, ME, NOON)
        taken = own_indicators.take_figures(session, CSV, EVERYTHING, ME, NOON)
        again = own_indicators.take_figures(session, CSV.replace("7.5", "3.5"), EVERYTHING, ME, NOON)
        assert (taken.figures, again.figures, taken.rejected) == (1, 1, [])
        wrong = own_indicators.take_figures(session, CSV.replace("O1", "O9").replace("queue", "=1+1 queue"), EVERYTHING, ME, NOON)
        assert [(row.line, row.code) for row in wrong.rejected] == [(2, "unknown_unit")]
    roll_up(ground, NOON)
    reader, asked = Reader(EVERYTHING, operator=True), Asked(unit="O1", period="7")
    with ground.reading() as session:
        found = indexes.read_index(session, "experience", asked, reader, TODAY)
    points = {one.node.code: one.points.value for one in found.scored.walk()}
    assert (points["recommend"], points["satisfied"], points["waiting"]) == (75, 75, 100)
    assert found.scored.missing == ("easy", "complaints")
    assert found.sources == {"waiting_minutes": "queue machines"}
    with ground.writing() as session:
        made = Tree.model_validate({**tree({**leaf("nps"), "map": {"kind": "linear", "zero": -100, "hundred": 100}}), "code": "experience"})
        indexes.publish(session, made, TODAY - timedelta(days=3), ME, NOON)
        with pytest.raises(InvalidInput):
            indexes.publish(session, made, TODAY - timedelta(days=9), ME, NOON)
        unknown = Tree.model_validate(tree(leaf("unheard")))
        with pytest.raises(InvalidInput):
            indexes.publish(session, unknown, TODAY, ME, NOON)
        assert indexes.in_force(session, "experience", TODAY - timedelta(days=4)).version == 0
        assert indexes.in_force(session, "experience", TODAY).version == 1
        before = {"unit": "O1", "from": "2026-06-01", "to": "2026-06-10"}
        assert indexes.read_index(session, "experience", Asked.model_validate(before), reader, TODAY).in_force.version == 0


def test_a_unit_without_a_target_has_that_of_the_unit_above(ground):
    with ground.writing() as session:
        world = World().build(session)
        year = (date(2026, 1, 1), date(2026, 12, 31))
        targets.set_target(session, world.units["HO"], "nps", year, 40, ME, NOON)
        targets.set_target(session, world.units["O1"], "nps", year, 30, ME, NOON)
        targets.set_target(session, world.units["O1"], "nps", year, 35, ME, NOON)
        for days, value, fields in (
            ((year[1], year[0]), 10, {"last": "period_wrong_way_round"}),
            (year, 400, {"value": "beyond_the_scale"}),
        ):
            with pytest.raises(InvalidInput) as refused:
                targets.set_target(session, world.units["O1"], "nps", days, value, ME, NOON)
            assert refused.value.fields == fields
        own = targets.targets_of(session, [world.units[code] for code in ("O1", "B1", "HO")], Period(TODAY, TODAY))
        above = targets.targets_of(session, [world.units[code] for code in ("O2", "B1", "HO")], Period(TODAY, TODAY))
    assert (own["nps"].value, above["nps"].value) == (35, 40)
    assert targets.reached(Estimate(45, 41, 49, 500), 40) is Verdict.BETTER
    assert targets.reached(Estimate(45, 38, 52, 50), 40) is Verdict.NOT_DISTINGUISHABLE
    assert targets.reached(Estimate(30, 20, 39, 50), 40) is Verdict.WORSE


def test_pages_take_files_targets_and_indicators_and_say_what_is_wrong(ground, sample, sign_in):
    analyst, executive = sign_in("analyst"), sign_in("executive")
    page = analyst.get("/portal/indexes", follow_redirects=True).text
    assert "Customer experience index" in page
    assert "Keep as the next version" in page
    assert "Keep as the next version" not in executive.get("/portal/indexes/experience").text
    xlsx = analyst.get("/portal/indexes/experience/tree.xlsx").data
    assert analyst.get("/portal/indexes/experience/tree.pdf").status_code == 404
    assert analyst.get("/portal/indexes/nothing").status_code == 404
    add = {"code": "waiting_minutes", "name_zh": "排队", "name_en": "Waiting", "origin": "imported", "better": "lower", "decimals": "1"}
    assert analyst.post("/portal/indicators", data=add | {"code": "Bad Code"}).status_code == 422
    assert analyst.post("/portal/indicators", data=add).status_code == 302
    assert analyst.post("/portal/indicators", data=add).status_code == 422
    assert analyst.post("/portal/indicators", data=add | {"code": "complaints_10k"}).status_code == 302
    assert executive.post("/portal/indicators", data=add).status_code == 403
    sent = {"file": (io.BytesIO(xlsx), "tree.xlsx"), "effective_from": "2026-07-01"}
    assert analyst.post("/portal/indexes/experience", data=sent).status_code == 302
    bad = {"file": (io.BytesIO(json.dumps(tree(leaf("a", 0.5), leaf("b", 0.3))).encode()), "t.json"), "effective_from": "2026-07-01"}
    refused = analyst.post("/portal/indexes/experience", data=bad)
    assert refused.status_code == 422
    assert 'value="2026-07-01"' in refused.text  # what was typed is kept
    figures = analyst.post("/portal/indicators/figures", data={"file": (io.BytesIO(CSV.encode()), "f.csv")})
    assert "Figures taken in: 1" in figures.text
    assert analyst.post("/portal/indicators/figures", data={"file": (io.BytesIO(b"a,b\n1,2\n"), "f.csv")}).status_code == 422
    target = {"unit_id": str(sample.units["O1"]), "indicator": "nps", "first": "2026-01-01", "last": "2026-12-31", "value": "40"}
    assert analyst.post("/portal/targets", data=target | {"last": "2025-01-01"}).status_code == 422
    assert analyst.post("/portal/targets", data=target).status_code == 302
    assert "40" in analyst.get("/portal/targets").text
