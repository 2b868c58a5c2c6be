"""What somebody types into the search for a case's number."""

from datetime import date

import pytest

from scheduler.cases.rules.numbers import TAIL_DAYS, Sought, sought

TODAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("GD-20260615-0001", Sought(("GD-20260615-0001",))),
        (" gd-20260615-0001 ", Sought(("GD-20260615-0001",))),
        ("202606150001", Sought(("GD-20260615-0001",))),
        ("20260615-12345", Sought(("GD-20260615-12345",))),
        ("20260615", Sought(start="GD-20260615")),
        ("202606", Sought(start="GD-202606")),
        ("GD-2026", Sought(start="GD-2026")),
        ("GD-20260615-00", Sought(start="GD-20260615-00")),
        ("gd", Sought(start="GD")),
        ("%", Sought()),
        ("张三", Sought()),
        ("٣٤٥", Sought()),
    ],
)
def test_what_was_typed_is_read(typed: str, found: Sought) -> None:
    assert sought(typed, TODAY) == found


def test_a_tail_is_looked_for_on_the_days_of_a_year() -> None:
    found = sought("42", TODAY).numbers
    assert (found[0], len(found)) == ("GD-20260615-0042", TAIL_DAYS)
    assert "GD-20250616-0042" in found
