"""The first administrator of an empty bank comes from the command line, and can log in and do their work."""

import json
from pathlib import Path

import pytest
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.foundation.ground import open_ground
from portal.foundation.settings import Settings
from portal.people.models import OrgUnit
from tests.processes import run
from wsgi import create_app

pytestmark = pytest.mark.sqlite_only


@pytest.mark.deep  # four real commands, two seconds each
def test_an_empty_bank_gets_its_first_administrator_and_a_lost_password_is_replaced(tmp_path: Path) -> None:
    run(tmp_path, "db", "upgrade")
    told = json.loads(run(tmp_path, "users", "add", "zhang.wei", "--name", "张伟", "--json").stdout)
    assert told["login"] == "zhang.wei"
    again = run(tmp_path, "users", "add", "zhang.wei", "--name", "张伟", check=False)
    assert (again.returncode, "login_taken" in again.stderr) == (1, True)
    assert run(tmp_path, "users", "add", "x.y", "--name", "x", "--unit", "nowhere", check=False).returncode == 1
    ground = open_ground(Settings(data_dir=tmp_path))
    client = create_app(ground).test_client()
    client.application.config.update(WTF_CSRF_ENABLED=False)
    assert client.post("/log-in", data={"login": "zhang.wei", "password": told["password"]}).status_code == 302
    assert client.get("/portal/users").location == "/portal/account"
    client.post("/portal/account/password", data={"old_password": told["password"], "new_password": "pears and plums"})
    assert [client.get(path).status_code for path in ("/portal/users", "/portal/units", "/portal/api-keys")] == [200] * 3
    newer = json.loads(run(tmp_path, "users", "password", "zhang.wei", "--json").stdout)["password"]
    assert client.get("/portal/users").status_code == 302
    assert client.post("/log-in", data={"login": "zhang.wei", "password": newer}).status_code == 302
    with ground.reading() as session:
        assert session.exec(select(OrgUnit.code)).all() == ["HO"]
        acts = session.exec(select(AuditEntry.act).where(AuditEntry.actor_id == "users")).all()
    assert sorted(acts) == ["unit.add", "user.create", "user.new_password"]
    ground.db.close()
