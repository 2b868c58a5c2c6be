"""Files read by a layout: rows add up, order is that of time, and a file that can't be trusted is refused as a whole."""

import gzip
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.foundation.delimited import errors
from scheduler.intake.layout.reading import Reading, Rejection, read_file
from scheduler.intake.layout.shape import Layout, parse_layout, read_layout

JANUARY = Path(__file__).parents[4] / "shared" / "data" / "callcentre"

EVENT = {
    "type": "counter.{kind}",
    "event_id": "{branch}-{number}",
    "customer_ref": "{customer}",
    "occurred_at": "{time}",
    "timezone": "Asia/Shanghai",
    "unit": "{branch}",
    "attributes": ["amount", "kind"],
}
HEADER = "branch,number,customer,time,kind,amount\n"


def layout(**parts: Any) -> Layout:
    return parse_layout({"event": EVENT, **parts})


def read(tmp_path: Path, text: str | bytes, name: str = "events.csv", **parts: Any) -> Reading:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_file(path, layout(**parts))


def row(number: int, at: str = "2026-06-15 12:00:00", customer: str = "C1", kind: str = "cash", amount: str = "5") -> str:
    return f"O1,{number},{customer},{at},{kind},{amount}\n"


def test_a_row_becomes_an_event(tmp_path: Path) -> None:
    with read(tmp_path, HEADER + row(7, amount="12.50")) as reading:
        (event,) = reading.events()
    assert (event.event_id, event.event_type, event.customer_ref, event.unit) == ("O1-7", "counter.cash", "C1", "O1")
    assert event.occurred_at == datetime(2026, 6, 15, 4, tzinfo=UTC)
    assert event.attributes == {"amount": 12.5, "kind": "cash"}


def test_rows_are_skipped_rejected_events_or_duplicates_and_add_up(tmp_path: Path) -> None:
    text = HEADER + row(1) + row(1) + row(2, kind="card") + row(1, customer="C9") + row(3, at="noon") + "O1,4,C1\n" + row(5, customer="")
    reading = read(tmp_path, text, where=[{"column": "kind", "op": "ne", "value": "card"}])
    assert (reading.rows, reading.skipped, reading.rejected, reading.duplicates, reading.count) == (7, 1, 4, 1, 1)
    assert list(reading.rejections()) == [
        Rejection(5, "event_id_conflict"),
        Rejection(6, "occurred_at: not_a_time"),
        Rejection(7, "wrong_number_of_columns"),
        Rejection(8, "customer_ref: missing"),
    ]
    reading.close()


def test_events_come_in_order_of_time_whatever_the_order_of_the_file(tmp_path: Path) -> None:
    start = datetime(2026, 6, 1, 12, tzinfo=UTC)
    rows = [row(n, at=(start + timedelta(minutes=n // 3)).isoformat()) for n in range(300)]
    shuffled = random.Random(4).sample(rows, len(rows))
    with read(tmp_path, HEADER + "".join(rows)) as one, read(tmp_path, HEADER + "".join(shuffled)) as other:
        events = list(one.events())
        assert events == list(other.events())
    assert [event.occurred_at for event in events] == sorted(event.occurred_at for event in events)


@pytest.mark.parametrize(
    ("test", "kept"),
    [
        ({"op": "eq", "value": "5"}, ["5"]),
        ({"op": "eq", "value": 5}, ["5", "5.0"]),
        ({"op": "ne", "value": 5}, ["", "40", "x"]),
        ({"op": "gt", "value": 5}, ["40"]),
        ({"op": "le", "value": 5}, ["5", "5.0"]),
        ({"op": "gt", "value": "4"}, ["40", "5", "5.0", "x"]),
        ({"op": "in", "value": ["x", 40]}, ["40", "x"]),
        ({"op": "matches", "value": "^[0-9]+$"}, ["40", "5"]),
        ({"op": "present"}, ["40", "5", "5.0", "x"]),
        ({"op": "absent"}, [""]),
    ],
)
def test_where_keeps_the_rows_that_hold(tmp_path: Path, test: dict[str, Any], kept: list[str]) -> None:
    rows = [row(n, amount=amount) for n, amount in enumerate(["", "40", "5", "5.0", "x"])]
    with read(tmp_path, HEADER + "".join(rows), where=[{"column": "amount", **test}]) as reading:
        assert sorted(str(event.attributes.get("amount", "")) for event in reading.events()) == kept


def test_a_requirement_rejects_with_its_own_reason(tmp_path: Path) -> None:
    needed = {"column": "customer", "op": "matches", "value": "^[0-9]+$", "reason": "customer is not a whole number"}
    with read(tmp_path, HEADER + row(1, customer="3.27E+11"), require=[needed]) as reading:
        assert list(reading.rejections()) == [Rejection(2, "customer is not a whole number")]


@pytest.mark.parametrize(
    ("written", "read_as"), [("5", 5), ("-5", -5), ("0", 0), ("0.5", 0.5), ("007", "007"), ("-01", "-01"), ("1e5", "1e5")]
)
def test_numbers_become_numbers_and_codes_stay_text(tmp_path: Path, written: str, read_as: object) -> None:
    with read(tmp_path, HEADER + row(1, amount=written)) as reading:
        (event,) = reading.events()
    assert event.attributes["amount"] == read_as
    assert type(event.attributes["amount"]) is type(read_as)


def test_quoted_fields_may_hold_the_delimiter_and_line_ends(tmp_path: Path) -> None:
    with read(tmp_path, HEADER + row(1, kind='"a, b\nc"') + "\n" + row(2, at="noon")) as reading:
        assert [event.attributes["kind"] for event in reading.events()] == ["a, b\nc"] or reading.rejected == 2
        assert list(reading.rejections())[-1].line == 5


def test_a_chinese_file_is_read_by_its_encoding_and_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    with read(tmp_path, (HEADER + row(1, amount="柜面")).encode("gb18030"), file={"encoding": "gb18030"}) as reading:
        assert next(reading.events()).attributes["amount"] == "柜面"
    with read(tmp_path, (HEADER + row(1)).encode("utf-8-sig"), file={"encoding": "utf-8"}) as reading:
        assert reading.count == 1


def test_a_file_without_a_header_has_numbered_columns(tmp_path: Path) -> None:
    event = {"type": "t", "event_id": "{1}", "customer_ref": "{2}", "occurred_at": "{3}"}
    path = tmp_path / "events.tsv"
    path.write_text("E1\tC1\t2026-06-15T12:00:00Z\n")
    shape = parse_layout({"file": {"delimiter": "\t", "header": False, "columns": 3, "quote": ""}, "event": event})
    with read_file(path, shape) as reading:
        assert next(reading.events()).customer_ref == "C1"


def test_gzip_is_known_by_its_bytes_and_progress_tells_bytes_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_bytes(gzip.compress((HEADER + row(1)).encode()))
    seen: list[int] = []
    with read_file(path, layout(), seen.append) as reading:
        assert reading.count == 1
    assert sum(seen) == path.stat().st_size


def test_the_rejected_rows_are_listed_beside_the_file_and_an_old_list_goes(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    with read(tmp_path, HEADER + row(3, at="noon")) as reading:
        reading.write_rejected(path)
    listed = tmp_path / "events.csv.rejected.csv"
    assert listed.read_text().splitlines() == ["line,reason", "2,occurred_at: not_a_time"]
    with read(tmp_path, HEADER + row(3)) as reading:
        reading.write_rejected(path)
    assert not listed.exists()


def refused(tmp_path: Path, text: str | bytes, name: str = "events.csv", **parts: Any) -> errors.InputRefused:
    with pytest.raises(errors.InputRefused) as caught:
        read(tmp_path, text, name, **parts)
    return caught.value


def test_a_layout_that_names_a_missing_column_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, HEADER + row(1), where=[{"column": "counter", "op": "present"}])
    assert (error.code, error.facts) == ("layout_column_missing", {"column": "counter"})


def test_a_column_that_is_needed_and_there_twice_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, HEADER.replace("kind", "time")).code in ("layout_column_missing", "file_column_twice")
    assert refused(tmp_path, HEADER.strip() + ",kind\n").code == "file_column_twice"


def test_a_file_in_another_encoding_is_refused_with_the_line(tmp_path: Path) -> None:
    error = refused(tmp_path, (HEADER + row(1) + row(2, kind="现金")).encode("gb18030"))
    assert error.code == "file_wrong_encoding"


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_gzip_file_cut_in_the_middle_is_refused(tmp_path: Path, keep: float) -> None:
    whole = gzip.compress((HEADER + "".join(row(random.Random(n).randrange(10**9)) for n in range(2000))).encode())
    assert refused(tmp_path, whole[: int(len(whole) * keep)], "events.csv.gz").code == "file_cut_short"


def test_a_plain_file_cut_inside_a_row_loses_only_that_row(tmp_path: Path) -> None:
    with read(tmp_path, HEADER + row(1) + row(2)[:12]) as reading:
        assert (reading.count, list(reading.rejections())) == (1, [Rejection(3, "wrong_number_of_columns")])


def test_a_file_cut_inside_quotation_marks_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, HEADER + row(1) + 'O1,2,C1,"2026-06')
    assert (error.code, error.facts["line"]) == ("file_cut_short", 3)


def test_stray_quotation_marks_reject_their_row_only(tmp_path: Path) -> None:
    with read(tmp_path, HEADER + row(1) + 'O1,"2"x,C1,2026-06-15,cash,5\n' + row(3)) as reading:
        assert (reading.count, list(reading.rejections())) == (2, [Rejection(3, "malformed_row")])


def test_what_only_calls_itself_gzip_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, HEADER + row(1), "events.csv.gz").code == "file_damaged"
    broken = bytearray(gzip.compress((HEADER + row(1) * 50).encode()))
    broken[30] ^= 0xFF
    assert refused(tmp_path, bytes(broken), "events.csv.gz").code in ("file_damaged", "file_cut_short")


def test_a_gzip_bomb_is_given_up_long_before_its_end(tmp_path: Path) -> None:
    block = gzip.compress((HEADER + row(1)).encode() + b"," * 4_000_000 + b"\n")
    assert refused(tmp_path, block, "events.csv.gz").code == "file_row_too_long"
    lines = gzip.compress((b"x" * 1_000 + b"\n") * 20_000)
    assert refused(tmp_path, gzip.compress(HEADER.encode()) + lines, "events.csv.gz").code == "file_expands_too_far"


def test_an_empty_or_absent_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "").code == "file_empty"
    with pytest.raises(errors.FileUnreadable):
        read_file(tmp_path / "absent.csv", layout())
    with pytest.raises(errors.FileUnreadable):
        read_file(tmp_path, layout())


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"event": {**EVENT, "event_id": "{branch"}}, "event.event_id"),
        ({"event": {**EVENT, "timezone": "Mars/Olympus"}}, "event.timezone"),
        ({"event": {**EVENT, "colour": "red"}}, "event.colour"),
        ({"file": {"encoding": "morse"}}, "file.encoding"),
        ({"where": [{"column": "a", "op": "resembles", "value": 1}]}, "where.0.op"),
        ({"where": [{"column": "a", "op": "matches", "value": "("}]}, "where.0"),
        ({"require": [{"column": "a", "op": "present"}]}, "require.0.reason"),
    ],
)
def test_a_layout_that_makes_no_sense_is_refused_by_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(errors.LayoutInvalid) as caught:
        layout(**change)
    assert caught.value.facts["field"] == field


def test_a_layout_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "layout.toml").write_text("[event\n")
    for name in ("layout.toml", "absent.toml"):
        with pytest.raises(errors.LayoutInvalid):
            read_layout(tmp_path / name)


@pytest.mark.skipif(not JANUARY.exists(), reason="the real call-centre file is not on this machine")
def test_a_real_months_calls_add_up() -> None:
    shape = read_layout(JANUARY / "layout.toml")
    assert shape.fixed_unit == "call-centre"
    with read_file(JANUARY / "january.tsv.gz", shape) as reading:
        assert (reading.rows, reading.skipped, reading.rejected, reading.duplicates) == (31_599, 31_599 - 11_312, 23, 0)
        times = [event.occurred_at for event in reading.events()]
    assert len(times) == 11_289
    assert times == sorted(times)
