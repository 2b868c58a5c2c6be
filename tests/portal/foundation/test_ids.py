"""Ids rise, carry their moment and never meet."""

import time
from uuid import UUID

from portal.foundation.ids import first_id_of, new_id, new_ids


def test_ids_rise_within_a_process_one_by_one_and_in_sets() -> None:
    made = [new_id(), *new_ids(5000), new_id(), *new_ids(3)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_id_is_a_version_7_uuid_of_this_moment() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    assert made.version == 7
    assert made.variant == UUID(int=new_id().int).variant
    assert before - 5 <= made.int >> 80 <= time.time_ns() // 1_000_000 + 5


def test_the_first_id_of_a_moment_bounds_all_ids_made_from_then_on() -> None:
    bound = first_id_of(time.time_ns() // 1_000_000 - 1)
    assert bound < new_id() < first_id_of(time.time_ns() // 1_000_000 + 10_000)
