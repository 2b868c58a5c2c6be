"""The club's rules: doors, calendars, words, agreement."""

from datetime import timedelta
from uuid import UUID

import pytest

from officers.club.rules import door as doors
from officers.club.rules import posts, signing_up, streaks
from officers.club.rules.agreement import edges, kappa, per_hundred
from officers.club.rules.ics import Event, calendar, escape, fold
from tests.conftest import NOON

DOOR = doors.Door(UUID(int=7), NOON, 30, 60, "rotating", "secret")
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(("at", "typed", "refusal"), [
    (NOON - 31 * MINUTE, "now", doors.Refusal.TOO_EARLY),
    (NOON - 30 * MINUTE, "now", None),
    (NOON + 59 * MINUTE, "now", None),
    (NOON + 60 * MINUTE, "now", doors.Refusal.TOO_LATE),
    (NOON, "000000", doors.Refusal.WRONG_CODE),
    (NOON, "", doors.Refusal.WRONG_CODE),
])  # fmt: skip
def test_a_door_opens_to_its_code_within_its_time(at, typed, refusal):
    said = doors.code(DOOR, at) if typed == "now" else typed
    assert doors.refusal(DOOR, said, at) is refusal


def test_a_rotating_code_lives_two_minutes_and_a_fixed_one_for_good():
    code = doors.code(DOOR, NOON)
    assert doors.refusal(DOOR, f" {code[:3]} {code[3:]} ", NOON + MINUTE) is None
    assert doors.refusal(DOOR, code, NOON + 2 * MINUTE) is doors.Refusal.WRONG_CODE
    fixed = doors.Door(UUID(int=7), NOON, 30, 60, "fixed", "secret")
    assert doors.code(fixed, NOON) == doors.code(fixed, NOON + 59 * MINUTE) != doors.code(DOOR, NOON)
    assert doors.code(doors.Door(UUID(int=8), NOON, 30, 60, "fixed", "secret"), NOON) != doors.code(fixed, NOON)


def test_two_no_shows_within_sixty_days_put_somebody_behind():
    day = timedelta(days=1)
    assert signing_up.behind([NOON - 59 * day, NOON - day], NOON)
    assert not signing_up.behind([NOON - 60 * day, NOON - day], NOON)


def test_calendar_lines_are_escaped_and_folded_without_cutting_a_letter():
    assert escape("a\\b;c,d\r\ne\x00\x07") == "a\\\\b\\;c\\,d\\ne"
    line = fold("SUMMARY:" + "体验官见面会" * 20)
    parts = line.split("\r\n")
    assert all(len(part.encode()) <= 75 for part in parts)
    assert line.replace("\r\n ", "").rstrip() == "SUMMARY:" + "体验官见面会" * 20
    event = Event("1@x", "A\nEND:VCALENDAR", "", "", "https://x/\r\nX:1", NOON, NOON + MINUTE, NOON, cancelled=True)
    body = calendar([event], "Mine").decode()
    assert body.count("\r\nEND:VCALENDAR\r\n") == 1
    assert "STATUS:CANCELLED\r\n" in body
    assert "DTSTART:20260615T040000Z\r\n" in body
    assert "URL:https://x/X:1\r\n" in body


@pytest.mark.parametrize(("text", "found"), [
    ("@青竹你好，@river: hello", ["青竹你好", "river"]),
    ("mail me@bank.test or ＠小雨", ["小雨"]),  # typed on a Chinese keyboard
    ("@@x @", []),
])  # fmt: skip
def test_a_mention_begins_with_the_sign_of_either_width(text, found):
    assert posts.mentions(text) == found


@pytest.mark.parametrize(("text", "shown_before", "verdict"), [
    ("good morning", True, posts.Verdict("shown")),
    ("good morning", False, posts.Verdict("waiting", "first")),
    ("S P-A.M here", True, posts.Verdict("waiting", "word")),
    ("加 微 信", True, posts.Verdict("waiting", "word")),
    ("ＳＰＡＭ", True, posts.Verdict("waiting", "word")),  # full width
])  # fmt: skip
def test_first_texts_and_listed_words_wait(text, shown_before, verdict):
    assert posts.judge(text, ["spam", "加微信", "--"], shown_before=shown_before) == verdict


def test_a_row_of_days_stands_until_a_day_is_left_out():
    today = NOON.date()
    day = timedelta(days=1)
    assert [streaks.current(last, 4, today) for last in (today, today - day, today - 2 * day, None)] == [4, 4, 0, 0]


def test_agreement_beyond_chance():
    value, agreed, n = kappa({("approve", "approve"): 20, ("reject", "reject"): 15, ("approve", "reject"): 5, ("reject", "approve"): 10})
    assert (round(value, 3), agreed, n) == (0.4, 0.7, 50)  # Cohen 1960's kind of table: chance 0.5
    assert kappa({("approve", "approve"): 9}) == (None, None, 9)
    assert kappa({("approve", "approve"): 12})[0] is None
    assert per_hundred(3, 60) == 5
    assert per_hundred(1, 0) is None
    cut = edges(NOON, NOON + timedelta(days=90))
    assert len(cut) == 13 or len(cut) == 12
    assert (cut[0], cut[-1]) == (NOON, NOON + timedelta(days=90))
