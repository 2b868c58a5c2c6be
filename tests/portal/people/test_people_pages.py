"""The pages of units, users, settings and the trail: scopes hold, mistakes stand beside their field, nothing is lost."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.foundation.db import Database
from portal.people import approval, passwords, store, unit_store, users
from portal.people.models import ApiKey, OrgUnit, UserRole
from portal.people.rules.roles import Role
from tests.bank import Sample
from tests.conftest import NOON

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]
UNITS = "code,name_zh,name_en,kind,parent\nO9,新网点,New outlet,outlet,B1\nX,坏,Bad,kiosk,B1\n"


def upload(client: FlaskClient, address: str, text: str | bytes):  # type: ignore[no-untyped-def]
    raw = text if isinstance(text, bytes) else text.encode()
    return client.post(address, data={"file": (io.BytesIO(raw), "file.csv")}, content_type="multipart/form-data")


def ticket(page: str) -> str:
    found = re.search(r"/import/([0-9a-f]{32})", page)
    assert found
    return found[1]


def test_a_branch_manager_sees_the_own_branch_and_not_the_other(sample: Sample, sign_in: SignIn) -> None:
    client = sign_in(Role.OUTLET_MANAGER, "B1")
    page = client.get("/portal/units").text
    assert "Unit O1" in page
    assert "Unit O3" not in page
    assert client.get(f"/portal/units/{sample.units['O1']}").status_code == 200
    assert client.get(f"/portal/units/{sample.units['O3']}").status_code == 404
    assert client.post(f"/portal/units/{sample.units['O1']}/close").status_code == 403
    assert "O3" not in client.get("/portal/units/export.csv").text


def test_a_unit_is_added_moved_renamed_and_closed(sample: Sample, sign_in: SignIn, db: Database) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    facts = {
        "code": "O7",
        "name_zh": "新网点",
        "name_en": "New",
        "kind": "outlet",
        "parent_id": str(sample.units["B1"]),
        "day": "2026-06-15",
    }
    wrong = client.post("/portal/units/new", data={**facts, "code": "O1", "name_en": ""})
    assert wrong.status_code == 422
    assert 'value="新网点"' in wrong.text
    twice = client.post("/portal/units/new", data={**facts, "code": "O1"})
    assert 'id="code-error"' in twice.text
    unit = client.post("/portal/units/new", data=facts).location
    assert client.post(f"{unit}/move", data={"parent_id": str(sample.units["B2"]), "day": "2026-07-01"}).status_code == 302
    for data in ({"parent_id": "nonsense", "day": "2026-07-01"}, {"parent_id": unit.rsplit("/", 1)[1], "day": "2026-07-01"}, {}):
        assert client.post(f"{unit}/move", data=data).status_code == 422
    assert client.post(unit, data={**facts, "name_en": "Renamed"}).status_code == 302
    assert client.post(f"{unit}/close").status_code == 302
    with db.reading() as session:
        made = unit_store.units_by_code(session, ["O7"])["O7"]
        assert (made.name_en, made.closed_at) == ("Renamed", NOON)
        acts = list(session.exec(select(AuditEntry.act)))
    assert acts == ["unit.add", "unit.move", "unit.edit", "unit.close"]
    assert client.post(f"/portal/units/{sample.units['B1']}/close").status_code == 409


def test_an_administrator_of_a_branch_cannot_reach_beyond_it(sample: Sample, sign_in: SignIn) -> None:
    client = sign_in(Role.ADMINISTRATOR, "B1")
    assert client.post(f"/portal/units/{sample.units['O3']}/close").status_code == 404
    assert (
        client.post(
            f"/portal/units/{sample.units['O1']}/move", data={"parent_id": str(sample.units["B2"]), "day": "2026-07-01"}
        ).status_code
        == 404
    )
    assert client.get("/portal/units/import").status_code == 403
    assert client.get("/portal/customers/import").status_code == 403
    other = sample.user(Role.ANALYST, "B2")
    assert client.get(f"/portal/users/{other}").status_code == 404
    assert client.post(f"/portal/users/{other}/password").status_code == 404
    roles = {
        "name": "x",
        "unit_id": str(sample.units["O1"]),
        "role": "administrator",
        "role_unit": str(sample.units["HO"]),
        "login": "new.one",
    }
    assert client.post("/portal/users/new", data=roles).status_code == 422


def test_nobody_borrows_the_rights_of_somebody_who_may_more(sample: Sample, sign_in: SignIn, db: Database) -> None:
    client = sign_in(Role.ADMINISTRATOR, "B1")
    with db.writing() as session:
        both = users.create(session, "both", "Both", "x", [], NOON, sample.units["O1"], password_hash="!")
        session.add_all(UserRole(user_id=both.id, role="analyst", unit_id=sample.units[code]) for code in ("O1", "HO"))
    assert client.get(f"/portal/users/{both.id}").status_code == 200
    assert client.post(f"/portal/users/{both.id}/password").status_code == 403
    assert client.post(f"/portal/users/{both.id}/active", data={"active": "0"}).status_code == 403


def test_a_user_is_made_with_a_password_shown_once_and_can_log_in_with_it(sample: Sample, sign_in: SignIn, db: Database) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    data: dict[str, object] = {
        "login": "li.si",
        "name": "李四",
        "language": "",
        "unit_id": str(sample.units["O1"]),
        "role": ["analyst", ""],
        "role_unit": [str(sample.units["B1"]), ""],
    }
    page = client.post("/portal/users/new", data=data)
    found = re.search(r"[a-z2-9]{6}-[a-z2-9]{6}-[a-z2-9]{6}", page.text)
    assert found
    with db.reading() as session:
        user = store.user_by_login(session, "li.si")
        assert user is not None
        assert passwords.matches(user.password_hash, found[0])
        assert [(row.role, row.unit_id) for row in store.roles_of(session, user.id)] == [("analyst", sample.units["B1"])]
    assert found[0] not in client.get(f"/portal/users/{user.id}").text
    again = client.post("/portal/users/new", data={**data, "name": "另一人"})
    assert again.status_code == 422
    assert "另一人" in again.text
    for wrong in ({"login": "has space"}, {"name": ""}, {"unit_id": ""}, {"role": ["wizard"]}, {"role_unit": [""]}, {"name": "\x00"}):
        assert client.post("/portal/users/new", data={**data, "login": "other", **wrong}).status_code == 422
    o1 = str(sample.units["O1"])
    change = {"name": "李四", "language": "", "unit_id": o1, "role": ["case_handler"], "role_unit": [o1]}
    edited = client.post(f"/portal/users/{user.id}", data=change)
    assert edited.status_code == 302
    with db.reading() as session:
        assert [row.role for row in store.roles_of(session, user.id)] == ["case_handler"]


def test_the_last_administrator_stays_and_nobody_disables_themselves(sample: Sample, sign_in: SignIn, db: Database) -> None:
    client, mine = sign_in(Role.ADMINISTRATOR), sample.user(Role.ADMINISTRATOR)
    data = {"name": "me", "language": "", "unit_id": str(sample.units["HO"]), "role": ["analyst"], "role_unit": [str(sample.units["HO"])]}
    assert client.post(f"/portal/users/{mine}", data=data).status_code == 422
    client.post(f"/portal/users/{mine}/active", data={"active": "0"})
    with db.reading() as session:
        user = store.user_by_id(session, mine)
        assert user is not None
        assert user.active
    other = sample.user(Role.ANALYST, "B1")
    assert client.post(f"/portal/users/{other}/active", data={"active": "0"}).status_code == 302
    with db.reading() as session:
        user = store.user_by_id(session, other)
        assert user is not None
        assert (user.active, user.session_epoch) == (False, 1)


def test_units_from_a_file_are_shown_first_and_taken_in_after_a_yes(sample: Sample, sign_in: SignIn, db: Database) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    preview = upload(client, "/portal/units/import", UNITS)
    assert preview.status_code == 200
    with db.reading() as session:
        assert len(session.exec(select(OrgUnit)).all()) == 6
    assert client.post(f"/portal/units/import/{ticket(preview.text)}").status_code == 302
    with db.reading() as session:
        assert "O9" in unit_store.units_by_code(session, ["O9"])
    assert client.post(f"/portal/units/import/{ticket(preview.text)}").status_code == 410
    for raw in ("", "code,colour\nA,red\n", b"PK\x03\x04", b"\xff\xfe\x00", 'code,name_zh,kind,parent\n"open'):
        assert upload(client, "/portal/units/import", raw).status_code == 422
    assert client.post("/portal/units/import").status_code == 422


def test_an_uploaded_file_is_kept_sealed_and_for_its_uploader_alone(sample: Sample, sign_in: SignIn, settings) -> None:  # type: ignore[no-untyped-def]
    preview = upload(sign_in(Role.ADMINISTRATOR), "/portal/units/import", UNITS)
    kept = list((settings.data_dir / "uploads").iterdir())
    assert len(kept) == 1
    assert "新网点".encode() not in kept[0].read_bytes()
    with_same_role = sign_in(Role.ADMINISTRATOR, "B1")
    assert with_same_role.post(f"/portal/units/import/{ticket(preview.text)}").status_code == 403


def test_users_from_a_file_get_passwords_that_are_shown_once(sample: Sample, sign_in: SignIn, db: Database) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    text = (
        "login,name,unit,role,role_unit\nwang.wu,王五,O1,outlet_manager,\nwang.wu,王五,O1,analyst,B1\n"
        "zhao liu,赵六,O1,analyst,\nsun.qi,孙七,O9,analyst,\n"
        "zhou.ba,周八,O1,wizard,\nwang.wu,王五五,O1,analyst,HO\n"
    )
    preview = upload(client, "/portal/users/import", text)
    assert re.findall(r'<td class="num"[^>]*>(\d+)</td><td[^>]*><code>(\w+)', preview.text) == [
        ("4", "login"),
        ("5", "unit"),
        ("6", "role"),
        ("7", "name"),
    ]
    page = client.post(f"/portal/users/import/{ticket(preview.text)}").text
    assert len(re.findall(r"[a-z2-9]{6}-[a-z2-9]{6}-[a-z2-9]{6}</td>", page)) == 1
    with db.reading() as session:
        user = store.user_by_login(session, "wang.wu")
        assert user is not None
        assert sorted(row.role for row in store.roles_of(session, user.id)) == ["analyst", "outlet_manager"]


def test_an_approval_route_is_set_on_its_page(sample: Sample, sign_in: SignIn, db: Database) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    assert client.get("/portal/approval-routes").status_code == 200
    assert client.get("/portal/approval-routes/questionnaire/consumer_protection").status_code == 200
    assert client.get("/portal/approval-routes/nothing/").status_code == 404
    assert (
        client.post(
            "/portal/approval-routes/policy/", data={"step0": ["executive", "approver"], "step2": ["compliance_officer"]}
        ).status_code
        == 302
    )
    for data in ({}, {"step0": ["wizard"]}, {"step0": ["auditor"]}):
        assert client.post("/portal/approval-routes/policy/", data=data).status_code == 422
    with db.reading() as session:
        assert approval.steps_for(session, "policy") == [[Role.EXECUTIVE, Role.APPROVER], [Role.COMPLIANCE_OFFICER]]


def test_a_key_is_shown_once_works_and_ends(sample: Sample, sign_in: SignIn, db: Database) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    assert client.post("/portal/api-keys", data={"name": "core"}).status_code == 422
    assert (
        client.post("/portal/api-keys", data={"name": "core", "scopes": ["customers.write"], "expires_at": "2020-01-01"}).status_code == 422
    )
    wanted = {"name": "core", "scopes": ["customers.write"]}
    for end in ("", "2036-01-01"):
        assert client.post("/portal/api-keys", data=wanted | {"expires_at": end}).status_code == 422
    offered = re.search(r'name="expires_at"[^>]* value="([\d-]+)"', client.get("/portal/api-keys").text)
    assert offered
    page = client.post("/portal/api-keys", data=wanted | {"expires_at": offered[1]}).text
    found = re.search(r"<code>(snd_[\w-]{43})</code>", page)
    assert found
    assert found[1] not in client.get("/portal/api-keys").text
    head = {"Authorization": f"Bearer {found[1]}"}
    assert client.post("/api/v1/customers", json=[], headers=head).status_code == 200
    assert client.delete("/api/v1/customers/X", headers=head).status_code == 403
    with db.reading() as session:
        key = session.exec(select(ApiKey)).one()
        assert key.last_used_at == NOON
        assert key.expires_at is not None
        assert timedelta(days=364) < key.expires_at - NOON < timedelta(days=367)
        assert found[1].encode() not in key.key_hash
    client.post(f"/portal/api-keys/{key.id}/revoke")
    assert client.post("/api/v1/customers", json=[], headers=head).status_code == 401


def test_attributes_are_declared_on_their_page(sample: Sample, sign_in: SignIn) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    data = {"code": "risk", "name_zh": "风险", "name_en": "Risk", "type": "choice", "options": "high\nlow"}
    assert client.post("/portal/attributes", data={**data, "options": ""}).status_code == 422
    assert client.post("/portal/attributes", data=data).status_code == 302
    assert "high · low" in client.get("/portal/attributes").text


def test_the_trail_is_searched_paged_and_exported(sample: Sample, sign_in: SignIn) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    for n in range(60):
        client.post("/portal/attributes", data={"code": f"a{n}", "name_zh": "属性", "name_en": "A", "type": "text"})
    auditor = sign_in(Role.AUDITOR)
    page = auditor.get("/portal/audit?act=attribute.&who=administrator.ho").text
    assert page.count("attribute.declare</div>") == 50
    following = re.search(r'href="([^"]*cursor=[^"]*)"', page)
    assert following
    assert auditor.get(following[1].replace("&amp;", "&")).text.count("attribute.declare</div>") == 10
    assert auditor.get("/portal/audit?since=2026-06-16").text.count("attribute.declare</div>") == 0
    assert auditor.get("/portal/audit?cursor=rubbish&since=rubbish").status_code == 200
    assert auditor.get("/portal/audit?object=%00").status_code == 400
    file = auditor.get("/portal/audit/export.csv?act=attribute.")
    assert (file.text.count("attribute.declare"), file.headers["Cache-Control"]) == (60, "no-store")
    assert "Customer attribute declared" in auditor.get("/portal/audit?q=attribute+DECL", headers={"Accept-Language": "en"}).text
    assert auditor.get("/portal/audit?area=bank").text.count("attribute.declare</div>") == 50
    assert auditor.get("/portal/audit?area=club&act=attribute.declare").text.count("attribute.declare</div>") == 0
    assert auditor.get("/portal/audit?area=none&q=nothing+is+called+so").status_code == 200
    assert auditor.get("/portal/audit?object=a7").text.count("attribute.declare</div>") == 1
