"""A month of a real call centre: the numbers that must come out, in memory and through the live engine."""

import gzip
import os
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from sqlmodel import Session

from portal.foundation.ground import Ground
from scheduler.contacts.answers import Answering, ResponsePlan
from scheduler.contacts.auditor import check_contacts
from scheduler.contacts.replay import replay
from scheduler.contacts.rules.policy import ContactPolicy, from_toml, standard_policy
from scheduler.contacts.simulator import Setup, simulate
from scheduler.engine.lease import ClockLease
from scheduler.intake.layout.reading import Reading, read_file
from scheduler.intake.layout.shape import Layout, read_layout
from scheduler.intake.load import load_events
from tests.scheduler.contacts.test_every_rule import EVERY_RULE
from tests.scheduler.contacts.world import all_of

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "callcentre"
MONTH = {1: 7_640, 7: 5_338, 14: 4_486, 30: 3_721}
ZONE, PORTION = "Asia/Shanghai", 10_500

pytestmark = [
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the call-centre data are not beside the checkout"),
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def layout() -> Layout:
    return read_layout(FOLDER / "layout.toml")


@pytest.fixture(scope="module")
def reading(layout: Layout) -> Iterator[Reading]:
    with read_file(FOLDER / "january.tsv.gz", layout) as found:
        yield found


@pytest.fixture
def portion(reading: Reading, layout: Layout, dialect: str, tmp_path: Path) -> Iterator[Reading]:
    """The month; on PostgreSQL its first third, in the long profile all of it there too."""
    if dialect == "sqlite" or os.environ.get("SOUNDINGS_DEEP"):
        yield reading
        return
    with gzip.open(FOLDER / "january.tsv.gz", "rb") as whole, gzip.open(tmp_path / "portion.tsv.gz", "wb", 1) as part:
        part.writelines(islice(whole, PORTION))
    with read_file(tmp_path / "portion.tsv.gz", layout) as found:
        yield found


def _pause(days: int) -> Setup:
    return Setup(from_toml(f"[cooldown.any.sent]\ndays = {days}\n"), ZONE)


def test_every_row_is_skipped_rejected_an_event_or_a_duplicate(reading: Reading) -> None:
    assert (reading.rows, reading.count, reading.rejected) == (31_599, 11_289, 23)
    assert reading.rows == reading.skipped + reading.rejected + reading.count + reading.duplicates


@pytest.mark.parametrize(("days", "invitations"), MONTH.items())
def test_the_simulator_gives_the_month(reading: Reading, days: int, invitations: int) -> None:
    result = simulate(reading.events(), _pause(days)).as_dict()
    assert result["decisions"] == {"SEND": invitations, "DROP": {"COOLDOWN_ANY_SENT": 11_289 - invitations}, "OUTRANKED": 0}
    assert (result["candidates"], result["waiting"], result["deferrals"]) == (11_289, 0, 0)


ANSWERED = Setup(standard_policy(), ZONE, answering=Answering(ResponsePlan(rate=0.3, decline_rate=0.02)))

EVERY = Setup(ContactPolicy.model_validate(EVERY_RULE), ZONE, answering=ANSWERED.answering)


@pytest.mark.parametrize(
    "setup",
    [
        pytest.param(_pause(7), id="a week's pause"),
        *(pytest.param(_pause(days), id=f"{days} days' pause", marks=pytest.mark.deep) for days in (1, 14, 30)),
        pytest.param(ANSWERED, id="the shipped policy, with answers", marks=pytest.mark.deep),
        pytest.param(EVERY, id="every rule on, with answers", marks=pytest.mark.deep),
    ],
)
def test_replay_equals_the_simulator_decision_by_decision(ground: Ground, portion: Reading, layout: Layout, setup: Setup) -> None:
    expected = simulate(portion.events(), setup)
    result = replay(ground, portion, layout, setup, ClockLease())
    assert result.decisions == expected.decisions
    assert result.as_dict() == expected.as_dict()
    audit = check_contacts(ground)
    assert (audit.checked, audit.violations) == (expected.outcomes["SEND"], [])
    with ground.reading() as session:
        _nothing_is_left_to_send(session)
    again = replay(ground, portion, layout, setup, ClockLease())
    assert again.as_dict() == expected.as_dict(), "a replay that had ended changes nothing"


def _nothing_is_left_to_send(session: Session) -> None:
    from questionnaires.answering.models import Invitation, Response
    from scheduler.delivery.models import Message

    assert Counter(message.state for message in all_of(session, Message)).keys() == {"accepted"}
    answered = [link for link in all_of(session, Invitation) if link.submitted_at]
    assert len(answered) == len(all_of(session, Response))


def test_loading_twice_adds_nothing(ground: Ground, reading: Reading, layout: Layout) -> None:
    first = load_events(ground, reading, layout)
    assert (first.events, first.duplicates) == (11_289, 0)
    second = load_events(ground, reading, layout)
    assert (second.events, second.duplicates) == (0, 11_289)
