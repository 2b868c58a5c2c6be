"""Masks, addresses and attribute values."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.people import addresses
from portal.people.rules import attributes, masking
from portal.people.rules.persons import shard_of


@pytest.mark.parametrize(
    ("mask", "clear", "shown"),
    [
        (masking.mask_name, "张三丰", "张**"),
        (masking.mask_name, "John Smith", "J** S**"),
        (masking.mask_name, "", ""),
        (masking.mask_name, None, ""),
        (masking.mask_phone, "+8613812345617", "138 **** **17"),
        (masking.mask_phone, "+442079460018", "+44 **** **18"),
        (masking.mask_phone, "+8695", "****"),
        (masking.mask_phone, None, ""),
        (masking.mask_email, "zhang.san@example.com", "z***@example.com"),
        (masking.mask_email, "@example.com", ""),
        (masking.mask_email, None, ""),
        (masking.mask_openid, "oABCDEFGHIJKLMN", "…KLMN"),
        (masking.mask_openid, "short", "…"),
        (masking.mask_openid, None, ""),
    ],
)
def test_a_mask_shows_enough_to_recognise_and_no_more(mask, clear, shown) -> None:  # type: ignore[no-untyped-def]
    assert mask(clear) == shown


@given(st.text(min_size=5, max_size=30).filter(lambda text: " " not in text and text.strip()))
def test_a_masked_phone_never_holds_the_whole_number(text: str) -> None:
    assert text not in masking.mask_phone(f"+86{text}")


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("phone", "138 1234-5617", "+8613812345617"),
        ("phone", "+44 20 7946 0018", "+442079460018"),
        ("phone", "0086 13812345617", "+8613812345617"),
        ("email", " Zhang.San@Example.COM ", "zhang.san@example.com"),
        ("openid", "oABC_def-123", "oABC_def-123"),
    ],
)
def test_an_address_has_one_form(kind: str, given: str, kept: str) -> None:
    assert addresses.KINDS[kind](given) == kept
    assert addresses.KINDS[kind](kept) == kept


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("phone", "12"),
        ("phone", "hello"),
        ("phone", ""),
        ("email", "a@b"),
        ("email", "a b@c.de"),
        ("email", "a@c..de"),
        ("openid", "a b c d e f"),
    ],
)
def test_what_is_no_address_is_refused(kind: str, given: str) -> None:
    with pytest.raises(ValueError, match=r"not_an?_"):
        addresses.KINDS[kind](given)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for kind in addresses.KINDS.values():
        try:
            assert kind(text)
        except ValueError as refused:
            assert str(refused).startswith("not_a")  # noqa: PT017  # both ends are right


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("text", " a ", "a"),
        ("number", "12", 12),
        ("number", "1.5", 1.5),
        ("number", 3.0, 3),
        ("date", "2026-06-01", "2026-06-01"),
        ("flag", "是", True),
        ("flag", "no", False),
        ("flag", True, True),
        ("choice", "gold", "gold"),
    ],
)
def test_values_are_kept_in_the_form_of_their_type(kind: str, given: object, kept: object) -> None:
    assert attributes.parse(kind, ["gold", "silver"], given) == kept


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        ("text", 5, "not_valid"),
        ("text", "", "not_valid"),
        ("text", "x" * 201, "too_long"),
        ("number", "many", "not_a_number"),
        ("number", "nan", "not_a_number"),
        ("number", "1e20", "not_a_number"),
        ("number", True, "not_a_number"),
        ("date", "1/6/2026", "not_a_date"),
        ("date", 5, "not_a_date"),
        ("flag", "maybe", "not_yes_or_no"),
        ("flag", 2, "not_yes_or_no"),
        ("choice", "bronze", "not_one_of_the_words"),
    ],
)
def test_values_of_another_type_are_refused(kind: str, given: object, code: str) -> None:
    with pytest.raises(attributes.WrongValue, match=code):
        attributes.parse(kind, ["gold", "silver"], given)


@given(st.uuids())
def test_a_shard_is_a_byte(key: UUID) -> None:
    assert 0 <= shard_of(key) <= 255


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请打 13855501234 找王先生", "请打 138 **** **34 找王先生"),
        ("+86 138-5550-1234", "138 **** **34"),
        ("call +442071838750 now", "call 420 **** **50 now"),
        ("write to wei.zhang@example.com", "write to w***@example.com"),
        ("卡号 6222021234567890123", "卡号 …0123"),
        ("2026-11-22 14:30 共 12000 元,单号 20261122001", "2026-11-22 14:30 共 12000 元,单号 20261122001"),
    ],
)
def test_numbers_and_addresses_in_free_words_are_masked_and_days_and_sums_are_not(text: str, masked: str) -> None:
    assert masking.mask_text(text) == masked
