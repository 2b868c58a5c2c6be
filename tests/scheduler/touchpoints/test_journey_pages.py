"""Journeys: the drawn map with its figures, and the form in which stages are named and put in order."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as listen
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from questionnaires.metrics.models import DailyCount, FunnelDay
from scheduler.touchpoints import journey_store, touchpoints
from scheduler.touchpoints.models import Journey, Stage, Touchpoint
from scheduler.touchpoints.rules.drawing import PLOT_HEIGHT, PLOT_TOP, Reading, draw
from tests.bank import Sample
from tests.conftest import NOON
from tests.scheduler.touchpoints.making import a_questionnaire, a_touchpoint

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]
TODAY = NOON.date()


def counted(sample: Sample, touchpoint: str, unit: str, low: int, mid: int, high: int, asked: int) -> None:
    """Answers and invitations of yesterday."""
    day, n = TODAY - timedelta(days=1), low + mid + high
    row = {"day": day, "unit_id": sample.units[unit], "purpose": "customer", "source": "invited", "indicator": "nps",
           "touchpoint": touchpoint, "channel": "sms", "version_id": new_id(), "n": n, "sum": 0.0, "sum2": 0.0, "low": low, "mid": mid,
           "high": high, "adj_n": n, "adj_sum": 0.0, "adj_sum2": 0.0, "adj_low": low, "adj_mid": mid, "adj_high": high}  # fmt: skip
    steps = [("candidates", "", 2 * asked), ("invited", "", asked), ("completed", "", n), ("dropped", "NOT_SAMPLED", asked)]
    funnel = [
        {"day": day, "unit_id": sample.units[unit], "touchpoint": touchpoint, "channel": "", "step": step, "code": code, "n": amount}
        for step, code, amount in steps
    ]
    with sample.ground.writing() as session:
        insert_rows(session, DailyCount, [row])
        insert_rows(session, FunnelDay, funnel)


@pytest.fixture
def mapped(ground: Ground, sample: Sample) -> dict[str, Touchpoint]:
    with ground.writing() as session:
        touchpoints.add_event_type(session, "loan.decided", "贷款审批", "Loan decided")
        stages = touchpoints.add_journey(session, "loans", "贷款", "Loans", stages=[("apply", "申请", "Apply"), ("repay", "还款", "Repay")])
        asked = a_questionnaire(session)
        made = {
            "loan": a_touchpoint(session, asked.id, code="loan", stage_id=stages["apply"], name_en="Loan decision"),
            "repaid": a_touchpoint(session, asked.id, code="repaid", stage_id=stages["repay"], name_en="Loan repaid"),
        }
    counted(sample, "loan", "O1", 10, 20, 70, 400)
    counted(sample, "repaid", "O3", 3, 1, 2, 50)
    return made


def test_the_map_shows_score_interval_n_and_volume_at_each_touchpoint(sign_in: SignIn, mapped: dict[str, Touchpoint]) -> None:
    page = sign_in("analyst").get("/portal/journeys").text
    for piece in ("Loan decision", "NPS 60 (", "n 100", "400 asked of 800", "Apply", "Loan repaid"):
        assert piece in page, piece
    assert "Too few answers" in page  # six answers at the other touchpoint


def test_a_unit_narrows_the_map(sign_in: SignIn, mapped: dict[str, Touchpoint]) -> None:
    page = sign_in("analyst").get("/portal/journeys?unit=B2&days=30").text
    assert "400 asked" not in page
    assert "50 asked of 100" in page
    assert sign_in("analyst", "B1").get("/portal/journeys?unit=O3").status_code == 404


def test_the_map_costs_the_same_however_much_is_on_it(
    ground: Ground, sample: Sample, sign_in: SignIn, mapped: dict[str, Touchpoint]
) -> None:
    client = sign_in("analyst")
    client.get("/portal/journeys")

    def statements() -> int:
        seen: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        listen.listen(ground.db.engine, "before_cursor_execute", note)
        client.get("/portal/journeys")
        listen.remove(ground.db.engine, "before_cursor_execute", note)
        return len([one for one in seen if one.lstrip().upper().startswith("SELECT")])

    before = statements()
    with ground.writing() as session:
        stages = touchpoints.add_journey(session, "more", "更多", "More", stages=[(f"s{n}", "阶段", f"Stage {n}") for n in range(8)])
        for number, stage in enumerate(stages.values()):
            a_touchpoint(session, mapped["loan"].questionnaire_id, code=f"more-{number}", stage_id=stage)
    assert statements() == before


def test_a_journey_is_made_named_and_put_in_order_by_keyboard_and_by_dragging(ground: Ground, sample: Sample, sign_in: SignIn) -> None:
    client = sign_in("designer")
    place = client.post("/portal/journeys/new", data={"code": "cards", "name_zh": "信用卡", "name_en": "Cards"}).location
    for code in ("a", "b", "c"):
        assert client.post(f"{place}/add", data={"code": code, "name_zh": "阶段", "name_en": f"Stage {code}"}).status_code == 302
    with ground.reading() as session:
        journey = session.exec(select(Journey)).one()
        ids = [str(one.id) for one in journey_store.stages_of(session, journey.id)]
    client.post(f"{place}/order", data={"id": ids, "up": ids[2]})
    client.post(f"{place}/order", data={"id": [ids[0], ids[2], ids[1]], "down": ids[0]})
    with ground.reading() as session:
        assert [one.code for one in journey_store.stages_of(session, journey.id)] == ["c", "a", "b"]
    client.post(f"{place}/names", data={"stage": ids[0], "name_zh": "新名", "name_en": "Renamed"})
    client.post(f"{place}/remove", data={"stage": ids[1]})
    page = client.get(place).text
    assert "Renamed" in page
    assert "Stage b" not in page
    with ground.reading() as session:
        acts = [one.act for one in session.exec(select(AuditEntry))]
    assert {"journey.add", "stage.add", "stage.order", "stage.rename", "stage.remove"} <= set(acts)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"code": "two words", "name_zh": "名", "name_en": "N"}, "not_a_code"),
        ({"code": "x", "name_zh": "", "name_en": "N"}, "missing"),
        ({"code": "x", "name_zh": "名" * 61, "name_en": "N"}, "too_long"),
        ({"code": "loans", "name_zh": "名", "name_en": "N"}, "code_taken"),
    ],
)
def test_what_is_wrong_with_a_journey_is_said_and_nothing_is_kept(
    ground: Ground, sign_in: SignIn, mapped: dict[str, Touchpoint], data: dict[str, str], words: str
) -> None:
    answer = sign_in("designer").post("/portal/journeys/new", data=data)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    with ground.reading() as session:
        assert len(session.exec(select(Journey)).all()) == 1


def test_a_stage_with_touchpoints_stays(ground: Ground, sign_in: SignIn, mapped: dict[str, Touchpoint]) -> None:
    client = sign_in("designer")
    with ground.reading() as session:
        journey, stages = session.exec(select(Journey)).one(), session.exec(select(Stage)).all()
    for data in ({"stage": str(stages[0].id)}, {}):
        client.post(f"/portal/journeys/{journey.id}/remove", data=data)
    assert client.post(f"/portal/journeys/{journey.id}/order", data={"id": ["nonsense"]}).status_code == 404
    assert client.post(f"/portal/journeys/{journey.id}/order", data={"id": [str(new_id())]}).status_code == 422
    with ground.reading() as session:
        assert len(session.exec(select(Stage)).all()) == 2


def test_readers_change_no_journey(sign_in: SignIn, mapped: dict[str, Touchpoint]) -> None:
    for role in ("analyst", "auditor", "approver"):
        assert sign_in(role).post("/portal/journeys/new", data={}).status_code == 403


def test_the_drawing_keeps_scores_inside_its_frame_and_leaves_room_for_empty_stages() -> None:
    top, bottom = Reading(100, 90, 140, -100, 100), Reading(-100, -120, -90, -100, 100)
    drawing = draw([[top, None], [], [bottom]])
    (first, second), empty, (last,) = drawing.nodes
    assert (first.y, first.top, last.y, last.bottom) == (PLOT_TOP, PLOT_TOP, PLOT_TOP + PLOT_HEIGHT, PLOT_TOP + PLOT_HEIGHT)
    assert (second.y, empty) == (None, ())
    assert len(drawing.arrows) == 3
    assert first.x < second.x < last.x < drawing.width
    assert drawing.line.count(",") == 2
