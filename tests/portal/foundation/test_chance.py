"""Chance by hash: repeatable, even, and independent between labels."""

from hashlib import sha256

from portal.foundation.chance import chance

PEOPLE = [f"C{number:05d}" for number in range(20_000)]


def test_the_same_parts_give_the_same_number_and_other_parts_another() -> None:
    assert chance("sample", "salt", "T1", "C1", "2026-06") == chance("sample", "salt", "T1", "C1", "2026-06")
    assert chance("sample", "salt", "T1", "C1", "2026-06") != chance("sample", "salt", "T1", "C1", "2026-07")


def test_the_number_is_the_first_eight_bytes_of_the_hash_of_the_parts_joined_by_a_bar() -> None:
    expected = int.from_bytes(sha256(b"holdout|salt|C1").digest()[:8], "big") / 2**64
    assert chance("holdout", "salt", "C1") == expected


def test_a_share_of_the_people_lies_below_the_share_within_three_sigma() -> None:
    drawn = sum(chance("sample", "s", "T", ref, "2026-06") < 0.2 for ref in PEOPLE)
    sigma = (len(PEOPLE) * 0.2 * 0.8) ** 0.5
    assert abs(drawn - 0.2 * len(PEOPLE)) < 3 * sigma


def test_two_labels_are_independent() -> None:
    held = [ref for ref in PEOPLE if chance("holdout", "s", ref) < 0.1]
    drawn = sum(chance("sample", "s", "T", ref, "2026-06") < 0.2 for ref in held)
    sigma = (len(held) * 0.2 * 0.8) ** 0.5
    assert abs(drawn - 0.2 * len(held)) < 3 * sigma
