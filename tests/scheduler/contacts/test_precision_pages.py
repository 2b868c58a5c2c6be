"""The pages of sampling to precision: targets are tried before they are kept, and nonsense is said beside its field."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlmodel import col

from portal.foundation.ground import Ground
from portal.people.rules.roles import Role
from scheduler.contacts.precision_models import PrecisionTarget, SamplingPlan
from scheduler.contacts.rules.policy import standard_policy
from scheduler.touchpoints.models import Touchpoint
from tests.bank import Sample
from tests.scheduler.contacts.world import World

pytestmark = pytest.mark.sqlite_only
GOOD = {"level0": "all", "indicator0": "nps", "margin0": "5", "floor0": "2", "period0": "month"}


@pytest.fixture
def touchpoint_id(ground: Ground, sample: Sample) -> UUID:
    World(ground).start(standard_policy())
    with ground.reading() as session:
        return session.scalars(select(col(Touchpoint.id)).where(col(Touchpoint.code) == "transfer")).one()


def rows(ground: Ground, model: type) -> int:
    with ground.reading() as session:
        return len(list(session.scalars(select(model))))


def test_a_target_is_tried_kept_and_planned(ground: Ground, sign_in: Callable[..., FlaskClient], touchpoint_id: UUID) -> None:
    client = sign_in(Role.DESIGNER)
    address = f"/portal/precision/{touchpoint_id}"
    tried = client.post(address, data={**GOOD, "step": "try"})
    assert tried.status_code == 200
    assert b"Nothing is kept yet" in tried.data
    assert rows(ground, PrecisionTarget) == 0
    assert client.post(address, data={**GOOD, "step": "save"}).status_code == 302
    assert rows(ground, PrecisionTarget) == 1
    assert client.post("/portal/precision/run").status_code == 302
    assert rows(ground, SamplingPlan) == 1
    page = client.get("/portal/precision")
    assert b"Plan 1" in page.data
    assert b"\xc2\xb1 5" in page.data


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"margin0": "0"}, "Out of range"),
        ({"margin0": "-5"}, "Out of range"),
        ({"margin0": "nan"}, "Out of range"),
        ({"margin0": "1e400"}, "Out of range"),
        ({"margin0": "five"}, "Not a number"),
        ({"margin0": ""}, "missing"),
        ({"floor0": "101"}, "Out of range"),
        ({"level0": "planet"}, ""),
        ({"period0": "day"}, ""),
        ({"indicator0": "weather"}, ""),
        ({"level1": "all", "indicator1": "nps", "margin1": "7", "floor1": "2", "period1": "month"}, ""),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_written(
    ground: Ground, sign_in: Callable[..., FlaskClient], touchpoint_id: UUID, change: dict[str, str], message: str
) -> None:
    answer = sign_in(Role.DESIGNER).post(f"/portal/precision/{touchpoint_id}", data={**GOOD, **change, "step": "save"})
    assert answer.status_code == 422
    assert b"Nothing was saved" in answer.data
    assert rows(ground, PrecisionTarget) == 0


def test_a_plan_without_any_target_is_refused(ground: Ground, sign_in: Callable[..., FlaskClient], touchpoint_id: UUID) -> None:
    assert sign_in(Role.DESIGNER).post("/portal/precision/run").status_code == 409
    assert rows(ground, SamplingPlan) == 0


def test_a_units_figure_over_all_touchpoints_has_targets_too(
    ground: Ground, sign_in: Callable[..., FlaskClient], touchpoint_id: UUID
) -> None:
    client = sign_in(Role.DESIGNER)
    assert client.get("/portal/precision/together").status_code == 200
    assert (
        client.post("/portal/precision/together", data={**GOOD, "level0": "outlet", "step": "save"}, follow_redirects=True).status_code
        == 200
    )
    with ground.reading() as session:
        assert session.scalars(select(col(PrecisionTarget.touchpoint))).one() == "*"


def test_who_may_only_read_changes_nothing(sign_in: Callable[..., FlaskClient], touchpoint_id: UUID) -> None:
    client = sign_in(Role.ANALYST)
    assert client.get(f"/portal/precision/{touchpoint_id}").status_code == 200
    assert client.post(f"/portal/precision/{touchpoint_id}", data=GOOD).status_code == 403
