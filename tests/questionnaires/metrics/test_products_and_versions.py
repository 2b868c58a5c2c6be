"""Cuts by product and by version of the questionnaire: counted, weighed, protected and shown as the others are."""

import os
import random
from itertools import product
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, col, select

from portal.foundation.db import insert_rows
from portal.foundation.ids import new_id
from portal.migrations import run
from portal.people.rules.roles import EVERYTHING
from questionnaires.library.models import QuestionnaireVersion
from questionnaires.metrics.asked import Asked
from questionnaires.metrics.checking import differences, rebuild
from questionnaires.metrics.dashboard import read_dashboard
from questionnaires.metrics.jobs import roll_up
from questionnaires.metrics.models import DailyCut
from questionnaires.metrics.privacy import Reader
from questionnaires.metrics.report import report
from questionnaires.metrics.rules.indicators import Kind
from questionnaires.metrics.rules.periods import Period
from questionnaires.metrics.rules.visibility import nested, suppressed
from questionnaires.metrics.rules.weights import weighted_figure
from questionnaires.metrics.store import reading
from questionnaires.metrics.store.reading import Cut
from questionnaires.metrics.weighing import differences as unequal_weights
from questionnaires.metrics.weighing import weigh
from tests.questionnaires.metrics.test_dashboard_page import DEFINITION, get, plain, statements
from tests.questionnaires.metrics.world import NOON, TODAY, World, nps

ZONE = ZoneInfo("Asia/Shanghai")


def second(session: Session, world: World) -> UUID:
    """Publish the next version of what everybody answers; returns its id."""
    first = session.get_one(QuestionnaireVersion, world.version_id)
    row = {"id": new_id(), "questionnaire_id": first.questionnaire_id, "number": 2, "definition": first.definition}
    insert_rows(session, QuestionnaireVersion, [row | {"content_hash": "1" * 64, "published_at": NOON}])
    return row["id"]


def rows_of(session: Session, dimension: str) -> dict[tuple[UUID, str], tuple[int, float]]:
    """Answers and their sum by node and value."""
    rows = session.exec(select(DailyCut).where(col(DailyCut.dimension) == dimension)).all()
    return {(row.node_id, row.value): (row.n, row.sum) for row in rows}


def test_products_and_versions_are_counted_and_weighed_and_survive_the_schema_going_down_and_up(ground, db):
    with ground.writing() as session:
        world = World().build(session)
        other = second(session, world)
        world.answers(session, nps(0, 0, 20), unit="O1", probability=1.0, product="card", version_id=other)
        world.answers(session, nps(20, 0, 0), unit="O2", probability=0.1, product="card", version_id=other)
        world.answers(session, nps(0, 12, 0), unit="O3", probability=1.0)
    roll_up(ground, NOON)
    weigh(ground, NOON)
    day, nodes = Period(TODAY, TODAY), (world.units["HO"],)
    with ground.reading() as session:
        found = {(one.dimension, one.value): one for one in reading.cells(session, Cut(nodes), [], day, ["nps"])}
        assert [found["product", value].tally.n for value in ("card", "")] == [40, 12]
        assert [found["version", one.hex].tally.n for one in (other, world.version_id)] == [40, 12]
        for key in (("product", "card"), ("version", other.hex)):
            assert weighted_figure(Kind.NPS, found[key].weighted).value == pytest.approx(100 * (20 - 200) / 220)
        versions = rows_of(session, "version")
        assert len(versions) == 9, "five nodes above the one, four above the other"
    with ground.reading() as session:
        assert differences(session, ZONE)[1] == []
    with ground.reading() as session:
        assert unequal_weights(session, TODAY.replace(month=8))[1] == []
    run.downgrade(db.engine, "0036")
    run.upgrade(db.engine)
    run.check(db.engine)
    with ground.reading() as session:
        assert rows_of(session, "version") == versions, "made of the daily counts"
        assert rows_of(session, "product") == {}
    with ground.writing() as session:
        rebuild(session, ZONE, NOON)
    weigh(ground, NOON)
    with ground.reading() as session:
        assert differences(session, ZONE)[1] == []
    with ground.reading() as session:
        assert unequal_weights(session, TODAY.replace(month=8))[1] == []


@pytest.mark.sqlite_only
def test_the_dashboard_offers_them_where_there_is_a_choice(ground, sample, sign_in):
    world = World(units=sample.units)
    with ground.writing() as session:
        world.version(session, DEFINITION)
        world.answers(session, nps(10, 20, 70), "O1", answers={"why": "First words"})
    roll_up(ground, NOON)
    analyst = sign_in("analyst")
    one = plain(get(analyst))
    assert "By questionnaire version" not in one
    assert "All versions" not in one
    assert "By bank product" not in one
    with ground.writing() as session:
        other = second(session, world)
        world.answers(session, nps(30, 5, 5), "O1", product="card", version_id=other, answers={"why": "Second words"})
        world.answers(session, nps(5, 5, 50), "O1", product="mortgage", version_id=other, answers={"why": "Second words"})
    roll_up(ground, NOON)
    page = get(analyst, "/portal/dashboard?unit=O1")
    for words in (
        "By questionnaire version",
        "All versions",
        "Q, version 1",
        "Q, version 2",
        "By bank product",
        "All products",
        ">mortgage<",
    ):
        assert words in page
    cut = get(analyst, f"/portal/dashboard?unit=O1&version={other}")
    assert "n 100" in plain(cut)
    assert "Second words" in cut
    assert "First words" not in cut, "words are those of the version too"
    assert "Not known for this choice" in cut
    assert "n 40" in plain(get(analyst, "/portal/dashboard?unit=O1&product=card"))
    for wrong in ("version=2", f"version={other}&touchpoint=loan", "product=card&segment=gold", "product=card&tree=today"):
        assert analyst.get(f"/portal/dashboard?{wrong}").status_code == 422

    def read(asked: Asked, coarse: bool) -> None:
        with ground.reading() as session:
            read_dashboard(session, Reader(EVERYTHING, coarse=coarse), asked, TODAY, ZONE, NOON)

    for coarse, words in product((False, True), ({}, {"unit": "O1"}, {"unit": "O1", "version": other.hex}, {"product": "card"})):
        assert statements(ground, lambda words=words, coarse=coarse: read(Asked(**words), coarse)) <= 15, (coarse, words)


def test_what_nearly_is_a_touchpoint_is_hidden_with_another_one():
    assert nested({"v1": {"nps": 50}, "v2": {"nps": 5}}, [{"nps": 55}]) == {"v1"}
    assert nested({"v1": {"nps": 55}}, [{"nps": 50}]) == {"v1"}, "a touchpoint inside of a version"
    assert nested({"v1": {"nps": 50, "csat": 9}}, [{"nps": 55}]) == frozenset(), "it holds other answers"
    assert nested({"v1": {"nps": 50}}, [{"nps": 50}, {"nps": 60}]) == frozenset()
    assert suppressed({"v1": 50, "v2": 40, "v3": 70}, dark={"v1"}) == {"v1", "v2"}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("seed", range(20, 40) if os.environ.get("SOUNDINGS_DEEP") else [20, 24])
def test_no_two_cuts_of_a_unit_give_one_to_nine_people_away(ground, seed):
    """Whole, touchpoint, product and version, each as a filter: what is shown is subtracted from all that is shown."""
    chance, answers = random.Random(seed), []
    with ground.writing() as session:
        world = World().build(session)
        versions = [world.version_id, second(session, world)]
        for touchpoint, bank_product, version in product(("counter", "loan"), ("card", None), versions):
            own = (touchpoint == "loan") == (version == versions[1])  # each version mostly at a touchpoint of its own
            n = chance.choice([15, 40] if own else [0, 0, 0, 3, 9])
            world.answers(session, nps(0, 0, n), "O1", touchpoint=touchpoint, product=bank_product, version_id=version)
            answers += [{"touchpoint": touchpoint, "product": bank_product or "", "version": version.hex}] * n
    roll_up(ground, NOON)
    shown: list[frozenset[int]] = []
    with ground.reading() as session:
        for name, value in [("unit", "O1"), *sorted({(name, one[name]) for one in answers for name in one if one[name]})]:
            asked = Asked.model_validate({"unit": "O1", "period": "7", name: value})
            if report(session, Reader(EVERYTHING), asked, TODAY)["figures"][0]["value"] is not None:
                shown.append(frozenset(at for at, one in enumerate(answers) if name == "unit" or one[name] == value))
    assert shown, "something is shown"
    for inner, outer in product(shown, shown):
        assert not inner < outer or len(outer - inner) >= 10
