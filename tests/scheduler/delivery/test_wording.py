"""The words of messages: what must stand in them, what must not, and how they are filled."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.delivery.rules.retry import MOST_ATTEMPTS, pause
from scheduler.delivery.rules.wording import fill, masked_surname, problems_of, values_of
from scheduler.delivery.wordings import all_keys, built_in

GOOD = "【{bank}】{surname},{what}:{link} {number} 拒收请回复R"


@pytest.mark.parametrize("key", all_keys())
def test_the_wordings_that_come_with_the_product_pass_the_check(key: tuple[str, str, str]) -> None:
    wording = built_in(key)
    assert wording is not None
    assert problems_of(*key, wording.subject, wording.body) == []


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        (GOOD, []),
        (GOOD + "{phone}", ["unknown_placeholder"]),
        (GOOD + "{", ["unknown_placeholder"]),
        (GOOD.replace("{link}", ""), ["placeholder_missing"]),
        (GOOD.replace("【{bank}】", ""), ["signature_missing"]),
        (GOOD + " 100元", ["amount_or_number"]),
        (GOOD + " ¥8", ["amount_or_number"]),
        (GOOD + " 6222021", ["amount_or_number"]),
        (GOOD.replace("拒收请回复R", ""), ["opt_out_missing"]),
    ],
)
def test_a_wording_is_refused_by_code(body: str, problems: list[str]) -> None:
    assert problems_of("invite", "sms", "zh-Hans", "", body) == problems


def test_a_mail_needs_a_subject_that_names_the_bank() -> None:
    assert problems_of("invite", "email", "en", "", "{what} {link} {number}") == ["signature_missing", "subject_missing"]


@pytest.mark.parametrize(
    ("name", "language", "shown"),
    [
        ("张三", "zh-Hans", "张**"),
        ("欧阳小明", "zh-Hans", "欧阳**"),
        ("欧阳", "zh-Hans", "欧**"),
        ("John Smith", "en", "S***"),
        ("", "zh-Hans", "客户"),
        (None, "en", "customer"),
    ],
)
def test_the_surname_is_masked(name: str | None, language: str, shown: str) -> None:
    assert masked_surname(name, language) == shown


def test_a_value_that_looks_like_a_placeholder_stays_text() -> None:
    assert fill("{what} {link}", {"what": "{link}", "link": "L"}) == "{link} L"


def test_the_day_is_that_of_the_customers_zone() -> None:
    facts = {"name_zh": "开户", "name_en": "account opening", "occurred_at": "2026-06-15T20:00:00+00:00"}
    values = {
        language: values_of(facts, language=language, zone=ZoneInfo("Asia/Shanghai"), bank="B", hotline="1", name=None, link="L")
        for language in ("zh-Hans", "en")
    }
    assert (values["zh-Hans"]["when"], values["zh-Hans"]["what"]) == ("6月16日", "开户")
    assert (values["en"]["when"], values["en"]["what"]) == ("16 June", "account opening")


def test_pauses_grow_to_an_hour_and_end() -> None:
    pauses = [pause(attempts, 0.5) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert pauses[:4] == [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=8), timedelta(minutes=32)]
    assert pauses[4:] == [timedelta(hours=1)] * (MOST_ATTEMPTS - 5) + [None]
    assert pause(1, 0.0) == timedelta(seconds=24)
