"""The bar: one field that finds things, and the unit that lists and figures are about."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.bank import Sample

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]


def test_a_unit_is_found_by_any_part_of_its_name_and_one_hit_is_opened(sign_in: SignIn, sample: Sample) -> None:
    client = sign_in("administrator")
    page = client.get("/portal/search?q=unit+o").text
    assert all(f"Unit O{n}" in page for n in (1, 2, 3))
    assert client.get("/portal/search?q=o2").location == f"/portal/units/{sample.units['O2']}"


def test_signs_that_mean_something_to_sql_mean_themselves(sign_in: SignIn, sample: Sample) -> None:
    client = sign_in("administrator")
    for words in ("%", "_", "100%", "'; DROP TABLE org_unit; --", "\x00", "界" * 100):
        answer = client.get("/portal/search", query_string={"q": words})
        assert answer.status_code in (200, 400)  # a NUL is refused everywhere
        assert "Unit O1" not in answer.text


def test_a_customer_of_another_outlet_is_not_found(sign_in: SignIn, sample: Sample) -> None:
    mine, other = sample.customer("C-1", unit="O1"), sample.customer("C-2", unit="O3")
    client = sign_in("outlet_manager", "O1")
    assert client.get("/portal/search?q=C-1").location == f"/portal/customers/{mine.id}"
    assert "Nothing found" in client.get("/portal/search?q=C-2").text
    assert sign_in("compliance_officer").get("/portal/search?q=C-2").location == f"/portal/customers/{other.id}"


def test_nothing_is_searched_without_words(sign_in: SignIn, sample: Sample) -> None:
    assert "What are you looking for?" in sign_in("designer").get("/portal/search?q=").text


def test_lists_show_the_chosen_unit_until_another_is_chosen(sign_in: SignIn, sample: Sample) -> None:
    sample.customer("C-1", unit="O1")
    sample.customer("C-3", unit="O3")
    client = sign_in("compliance_officer")
    assert all(ref in client.get("/portal/customers").text for ref in ("C-1", "C-3"))
    answer = client.post("/portal/unit", data={"unit": str(sample.units["B1"]), "next": "/portal/customers"})
    assert answer.location == "/portal/customers"
    page = client.get("/portal/customers").text
    assert "C-1" in page
    assert "C-3" not in page
    assert "Unit B1" in page
    client.post("/portal/unit", data={"unit": ""})
    assert "C-3" in client.get("/portal/customers").text


def test_a_unit_outside_the_scope_can_not_be_chosen_and_no_other_site_is_gone_to(sign_in: SignIn, sample: Sample) -> None:
    client = sign_in("outlet_manager", "O1")
    assert client.post("/portal/unit", data={"unit": str(sample.units["O3"])}).status_code == 404
    for away in ("https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"):
        assert client.post("/portal/unit", data={"unit": str(sample.units["O1"]), "next": away}).location == "/portal/"
    page = client.get("/portal/unit").text
    assert "Unit O1" in page
    assert "Unit O3" not in page
