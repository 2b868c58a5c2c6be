"""Parts that can be switched off, settings without secrets, documents that people read and sign for."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlmodel import select

from portal.foundation.settings import Settings
from portal.house import documents, settings_list, site, switches
from portal.house.models import DocumentReading, PolicyDocument
from portal.people import access
from portal.people.rules.roles import Role
from scheduler.engine import running
from scheduler.promoters.additions import JOBS
from tests.bank import Sample
from tests.conftest import NOON
from tests.portal.house.test_site import DOCS

pytestmark = pytest.mark.sqlite_only
TEXTS = {"title_zh": "投诉办法", "title_en": "Complaints procedure", "body_zh": "十五日内答复。", "body_en": "Answer within 15 days."}


def test_a_part_that_is_switched_off_is_not_found_and_its_jobs_rest(sign_in: Callable[..., FlaskClient], sample: Sample) -> None:
    admin = sign_in(Role.ADMINISTRATOR)
    assert {"officers", "promoters", "improvement"} <= set(switches.PARTS)
    assert admin.get("/portal/promoters").status_code == 200
    assert sign_in(Role.DESIGNER).post("/portal/house/switches/promoters/off").status_code == 403
    assert admin.post("/portal/house/switches/nothing/off").status_code == 404
    assert admin.post("/portal/house/switches/promoters/off").status_code == 302
    assert admin.get("/portal/promoters").status_code == 404
    assert 'href="/portal/promoters"' not in admin.get("/portal/house/settings").text
    assert running.run_job(sample.ground, JOBS[0]) == 0
    with sample.ground.reading() as session:
        assert switches.rests(session, "promoters.take_up")
        assert not switches.rests(session, "delivery.send_due")
    admin.post("/portal/house/switches/promoters/on")
    assert admin.get("/portal/promoters").status_code == 200


def test_settings_are_shown_with_where_they_come_from_and_without_secrets(sign_in: Callable[..., FlaskClient]) -> None:
    told = {"SOUNDINGS_HOTLINE": "95500", "SOUNDINGS_SMTP_PASSWORD_FILE": "/run/x"}
    settings = Settings(hotline="95500", smtp_password=SecretStr("hunter2"), broker_url="redis://:hunter2@cache/0")
    found = {line.name: line for line in settings_list.lines(settings, told)}
    assert (found["SOUNDINGS_HOTLINE"].value, found["SOUNDINGS_HOTLINE"].source) == ("95500", "environment")
    assert (found["SOUNDINGS_SMTP_PASSWORD"].value, found["SOUNDINGS_SMTP_PASSWORD"].source) == ("••••••", "file")
    assert found["SOUNDINGS_ZONE"].source == "default"
    assert [line for line in found.values() if "hunter2" in line.value] == []
    assert "SOUNDINGS_LOG_KEPT_DAYS" in sign_in(Role.ADMINISTRATOR).get("/portal/house/settings").text
    assert sign_in(Role.ANALYST).get("/portal/house/settings").status_code == 403


def publish(sign_in: Callable[..., FlaskClient], **more: object) -> str:
    writer, publisher = sign_in(Role.COMPLIANCE_OFFICER), sign_in(Role.APPROVER)
    at = writer.post("/portal/house/documents/new", data=TEXTS | {"code": "complaints", "sign_days": "7", **more}).location
    writer.post(f"{at}/submit")
    assert writer.post(f"{at}/publish").status_code == 403
    assert publisher.post(f"{at}/publish").status_code == 302
    return str(at)


def test_a_document_asks_its_audience_to_read_it_until_they_say_so(sign_in: Callable[..., FlaskClient], sample: Sample) -> None:
    writer = sign_in(Role.COMPLIANCE_OFFICER)
    refused = writer.post("/portal/house/documents/new", data={"code": "Bad code", "sign_days": "999"})
    assert refused.status_code == 422
    reader, other = sign_in(Role.OUTLET_MANAGER, "O1"), sign_in(Role.ANALYST)
    at = publish(sign_in, roles="outlet_manager", units=str(sample.units["B1"]))
    assert "Complaints procedure" in reader.get("/portal/house/documents").text
    assert "Complaints procedure" in reader.get("/portal/").text
    assert other.get(at).status_code == 404
    assert sign_in(Role.OUTLET_MANAGER, "O3").get(at).status_code == 404
    assert reader.post(f"{at}/sign").status_code == 302
    assert reader.post(f"{at}/sign").status_code == 302
    with sample.ground.reading() as session:
        assert len(session.exec(select(DocumentReading)).all()) == 1
    assert "1 of 1" in writer.get(at).text
    assert "Complaints procedure" not in reader.get("/portal/").text
    publish(sign_in, roles="outlet_manager")
    with sample.ground.reading() as session:
        states = [one.state for one in session.exec(select(PolicyDocument).order_by(PolicyDocument.version)).all()]
    assert states == ["replaced", "published"]
    assert "Complaints procedure" in reader.get("/portal/").text


def test_who_has_not_read_in_time_is_late(app: Flask, sample: Sample, sign_in: Callable[..., FlaskClient]) -> None:
    publish(sign_in)
    with sample.ground.reading() as session, app.test_request_context():
        me = access.find_me(session, sample.user(Role.ANALYST))
        assert me is not None
        assert [one.late for one in documents.due(session, me, NOON + timedelta(days=6))] == [False]
        assert [one.late for one in documents.due(session, me, NOON + timedelta(days=8))] == [True]


def test_documents_that_were_written_into_the_data_folder_are_served(sign_in: Callable[..., FlaskClient], sample: Sample) -> None:
    folder = sample.ground.settings.data_dir / "docs"
    site.build(DOCS, folder)
    client = sign_in(Role.ANALYST)
    with client.get("/portal/house/docs/index.html") as answer:
        assert "What each role does" in answer.text
    assert client.get("/portal/house/docs/../keys.json").status_code == 404
    assert client.get("/portal/house/docs/%2e%2e/keys.json").status_code == 404
