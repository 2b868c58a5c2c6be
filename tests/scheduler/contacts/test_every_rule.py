"""T11: the simulator equals the live engine, decision by decision, under a policy with every rule on."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from portal.foundation.ground import Ground
from portal.people.centres import ensure_centre
from portal.people.models import OrgUnit
from scheduler.contacts.answers import Answering, ResponsePlan
from scheduler.contacts.auditor import check_contacts
from scheduler.contacts.models import Decision
from scheduler.contacts.plans import CustomerPlan, TouchpointPlan
from scheduler.contacts.replay import replay
from scheduler.contacts.rules.facts import Planned
from scheduler.contacts.rules.policy import ContactPolicy, standard_policy
from scheduler.contacts.rules.room import Rest
from scheduler.contacts.simulator import Setup, VariantPlan, simulate
from scheduler.engine.lease import ClockLease
from scheduler.intake.layout.reading import Reading, read_file
from scheduler.intake.layout.shape import Layout, read_layout

START = datetime(2026, 9, 20, tzinfo=UTC)
ZONE = "Asia/Shanghai"
LAYOUT = """
[file]
delimiter = ","
[event]
type = "{kind}"
event_id = "{id}"
customer_ref = "{who}"
occurred_at = "{at}"
unit = "call-centre"
"""
EVERY_RULE = {
    **standard_policy().model_dump(mode="json", exclude_none=True),
    "sampling": {"rate": 0.8},
    "quotas": [
        {"n": 4, "by": ["touchpoint"]},
        {"n": 9, "segment": "wealth"},
        {"what": "completes", "n": 2, "by": ["touchpoint"], "touchpoint": "transfer"},
        {"n": 11, "unit": "call-centre"},
    ],
    "budgets": [{"channel": "file", "cents": 44}],
    "costs": {"file": 5},
    "workload": {"capacity": 10},
    "pairs": [{"first": "loan", "then": "transfer", "days": 20}, {"first": "card", "then": "loan", "never": True}],
    "weights": {"file": 1.5},
    "holidays": {"weekends": True},
    "salt": "every",
}  # fmt: skip
EVERY_RULE["caps"] = [*EVERY_RULE["caps"], {"n": 3, "window": "60d", "weighted": True, "per": "person"}]  # type: ignore[misc]
TOUCHPOINTS = [
    TouchpointPlan(code="transfer", event_type="transfer", delay_minutes=30, rate=0.9),
    TouchpointPlan(code="loan", event_type="loan", class_="high", priority=80, delay_minutes=60, tenure_days=0),
    TouchpointPlan(code="card", event_type="card", avoid_holidays=True, cooldown={"same.sent": 100}, expires_hours=30),
    TouchpointPlan(code="desk", event_type="loan", priority=20, units=("call-centre",), in_charge="account_unit"),
    TouchpointPlan(code="far", event_type="card", units=("F-1",), in_charge="department", department="call-centre"),
]


def every_rule_setup() -> Setup:
    """Every rule, customers of every kind, two policies, planned rates and a unit that rests."""
    chance = random.Random(3)
    customers = {}
    for number in range(300):
        customers[f"C{number}"] = CustomerPlan(
            ref=f"C{number}", consent=number % 29 > 0, opt_out=number % 37 == 1, segment=chance.choice(["", "wealth", "mass"]),
            company=f"F{number // 3}" if number < 30 else "", listed="never" if number % 41 == 2 else "bypass" if number % 7 == 3 else "",
            zone=chance.choice(["", "America/New_York"]), birth_date=date(2014, 1, 1) if number % 43 == 3 else None,
            customer_since=START.date() if number % 11 == 5 else None, unit="F-1" if number % 5 == 4 else "",
            preferred_channel="file" if number % 9 == 4 else "",
        )  # fmt: skip
    policy = ContactPolicy.model_validate(EVERY_RULE)
    other = ContactPolicy.model_validate({**EVERY_RULE, "cooldown": {"any": {"sent": {"days": 5}}}, "holdout": {"share": 0.1}})
    return Setup(
        policy, ZONE, TOUCHPOINTS, customers, Answering(ResponsePlan(rate=0.4, decline_rate=0.1)), VariantPlan(other, 0.3),
        {("card", None, "2026-10"): Planned(0.5, 0.4), ("card", "call-centre", "2026-09"): Planned(0.95)},
        {"call-centre": [Rest(START + timedelta(days=8), START + timedelta(days=11))]},
    )  # fmt: skip


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    (tmp_path / "layout.toml").write_text(LAYOUT)
    return read_layout(tmp_path / "layout.toml")


@pytest.fixture
def reading(tmp_path: Path, layout: Layout) -> Iterator[Reading]:
    """1,400 events of 300 customers over four weeks around Golden Week."""
    chance = random.Random(5)
    lines = ["id,who,kind,at"]
    for number in range(1_400):
        at = START + timedelta(minutes=chance.randrange(28 * 1_440))
        kind = chance.choices(["transfer", "loan", "card"], [6, 1, 3])[0]
        lines.append(f"E{number},C{min(int(chance.expovariate(1 / 90)), 299)},{kind},{at.isoformat()}")
    (tmp_path / "events.csv").write_text("\n".join(lines))
    with read_file(tmp_path / "events.csv", layout) as found:
        yield found


def test_replay_equals_the_simulator_under_every_rule(ground: Ground, reading: Reading, layout: Layout) -> None:
    setup = every_rule_setup()
    with ground.writing() as session:
        session.add(OrgUnit(code="F-1", name_zh="网点", name_en="Outlet", kind="outlet"))
        ensure_centre(session, "call-centre")
    expected = simulate(reading.events(), setup)
    assert expected.by_unit["F-1"]["decided"] > 0, "some accounts are kept elsewhere"
    wanted = {
        "NO_CONSENT", "OPTED_OUT", "EXCLUDED", "MINOR", "TENURE", "HOLDOUT", "NOT_SAMPLED", "QUOTA", "BUDGET", "WORKLOAD", "PENDING",
        "COOLDOWN_ANY_SENT", "CAP_INVITE_ANY_24H", "PAIR",
    }  # fmt: skip
    assert wanted <= expected.drops.keys() | {"NO_CHANNEL"}, sorted(wanted - expected.drops.keys())
    assert min(expected.outcomes["OUTRANKED"], expected.deferrals) > 0
    found = replay(ground, reading, layout, setup, ClockLease())
    assert {key: told for key, told in found.decisions.items() if told != expected.decisions.get(key)} == {}
    assert found.as_dict() == expected.as_dict()
    with ground.reading() as session:
        probabilities = list(session.scalars(select(col(Decision.probability))))
        assert len(set(session.scalars(select(col(Decision.policy_version_id))))) == 2
    assert all(0 < one <= 1 for one in probabilities)
    assert len(set(probabilities)) > 50, "observed rates move the probability from decision to decision"
    assert check_contacts(ground).violations == []
