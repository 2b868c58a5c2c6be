"""T9 for what persons share: tightening a quota, a budget, workload, a company's cap, pairs, draws never turns a lone DROP into SEND."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.contacts.rules.decide import Rulebook
from scheduler.contacts.rules.facts import PastContact, Person
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.rules.reasons import Outcome
from scheduler.contacts.rules.room import Rest, Room
from scheduler.contacts.rules.windows import in_order
from tests.scheduler.contacts.making import NOON, SHANGHAI, ago, candidate, person
from tests.scheduler.contacts.rules.test_properties import histories

UNIT = UUID(int=5)
SCOPE = "invites touchpoint:transfer"
CLASSES = (("normal",), ("high",), ("high", "normal"))
limits: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries({
    "quota": st.integers(0, 4), "cents": st.integers(0, 20), "capacity": st.integers(0, 2), "classes": st.sampled_from(CLASSES),
    "company": st.integers(0, 3), "pair": st.integers(0, 40), "held": st.sampled_from([0, 0.2]), "rate": st.sampled_from([0, 0.3, 0.8]),
})  # fmt: skip
shared = st.fixed_dictionaries({"used": st.integers(0, 5), "spent": st.integers(0, 25), "rests": st.booleans()})
chances = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9])


def _policy(limit: dict[str, Any]) -> ContactPolicy:
    return ContactPolicy.model_validate({
        "quotas": [{"n": limit["quota"], "by": ["touchpoint"]}],
        "budgets": [{"channel": "sms", "cents": limit["cents"]}],
        "costs": {"sms": 5},
        "workload": {"capacity": limit["capacity"], "classes": limit["classes"]},
        "caps": [{"n": limit["company"], "window": "90d", "per": "company"}],
        "pairs": [{"first": "loan", "then": "transfer", "days": limit["pair"]}] if limit["pair"] else [],
        "holdout": {"share": limit["held"]},
        "sampling": {"rate": limit["rate"]},
    })  # fmt: skip


def _tightened(limit: dict[str, Any], how: str) -> dict[str, Any]:
    """One limit tightened; what is off comes on."""
    tighter: dict[str, Any] = {
        "quota": max(1, (limit["quota"] or 6) - 1),
        "cents": max(1, (limit["cents"] or 30) - 5),
        "capacity": limit["capacity"] or 1,
        "classes": ("high", "normal"),
        "company": max(1, (limit["company"] or 5) - 1),
        "pair": limit["pair"] + 10,
        "held": limit["held"] + 0.2,
        "rate": (limit["rate"] or 1) / 2,
    }
    return {**limit, how: tighter[how]}


def _somebody(history: list[PastContact], company: list[PastContact], said: dict[str, Any]) -> Person:
    room = Room(SHANGHAI)
    day = room.day(NOON)
    room.used, room.spent = {(SCOPE, day): said["used"]}, {("sms", day): said["spent"]}
    room.rests = {UNIT: [Rest(ago(hours=1), NOON + timedelta(days=1))]} if said["rests"] else {}
    return person(*history, companies=(in_order([*history, *company]),), shared=room)


@settings(deadline=None)  # a busy machine is no fault of the rules
@given(limits, st.sampled_from(["quota", "cents", "capacity", "classes", "company", "pair", "held", "rate"]), histories, histories, shared,
       chances, chances, st.sampled_from(["normal", "high"]))  # fmt: skip
def test_tightening_what_is_shared_never_turns_a_lone_drop_into_a_send(
    limit: dict[str, Any], how: str, history: list[PastContact], company: list[PastContact], said: dict[str, Any],
    held: float, drawn: float, cls: str,
) -> None:  # fmt: skip
    one = candidate(cls=cls, in_charge=UNIT, holdout_chance=held, sample_chance=drawn)
    before = Rulebook(_policy(limit)).weigh(one, _somebody(history, company, said), NOON)
    after = Rulebook(_policy(_tightened(limit, how))).weigh(one, _somebody(history, company, said), NOON)
    assert not (before.outcome is Outcome.DROP and after.outcome is Outcome.SEND), (before, after)
