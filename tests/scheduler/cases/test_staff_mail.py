"""Staff are told outside the portal by their own choice: through the outbox, with the number of the case and nothing of the customer."""

from datetime import timedelta
from html import unescape

import pytest

from portal.people.models import User
from scheduler.cases import jobs, mailing, telling
from scheduler.cases.rules.states import Step
from scheduler.delivery.channels.email import EmailChannel, MailServer
from scheduler.delivery.models import Message, StaffAddress
from scheduler.delivery.sending import send_due
from scheduler.delivery.staff import Choice, choose
from tests.conftest import NOON
from tests.gateways import mail_server
from tests.scheduler.cases.desk import Desk

MINE = "wang@bank.example"


def _choose(desk: Desk, role: str = "outlet_manager", unit: str = "O1", *wants: str) -> None:
    ground, user = desk.sample.ground, desk.sample.user(role, unit)
    settings = ground.settings.model_copy(update={"smtp_host": "localhost", "email_from": "cx@bank.example"})
    wanted = Choice("email", MINE, wants or ("new", "mentioned", "limits", "escalated", "approval", "digest"))
    with ground.writing() as session:
        choose(session, ground.keys, settings, user, wanted, desk.doer(role, unit).actor, NOON)


@pytest.fixture
def mailing_desk(desk: Desk, monkeypatch) -> Desk:
    """A bank with a mail server."""
    monkeypatch.setattr(desk.sample.ground.settings, "smtp_host", "localhost")
    return desk


def _mailed(desk: Desk) -> list[Message]:
    jobs.mail_staff(desk.sample.ground, desk.sample.ground.now())
    return desk.all(Message, lambda one: one.to_staff)


def test_a_new_case_and_a_limit_are_mailed_once_to_whoever_chose_so(mailing_desk: Desk, clock) -> None:
    desk = mailing_desk
    _choose(desk)
    case = desk.case()
    [told] = _mailed(desk)
    assert (told.template, told.facts["name_en"], told.facts["page"]) == (
        "staff_opened", case.number, {"plain": f"portal/cases/{case.number}"},
    )  # fmt: skip
    assert _mailed(desk) == [told]
    desk.take(case, Step.ACCEPT)
    clock.forward(timedelta(hours=13))
    jobs.clocks(desk.sample.ground, desk.sample.ground.now())
    found = _mailed(desk)
    assert "staff_clock" in {one.template for one in found}


def test_what_was_not_chosen_is_not_mailed_and_many_at_once_are_one_message(mailing_desk: Desk) -> None:
    desk = mailing_desk
    _choose(desk, "outlet_manager", "O1", "new")
    case = desk.case("C1")
    for ref in ("C2", "C3"):
        desk.case(ref)
    [told] = _mailed(desk)
    assert (told.template, told.facts["note"], told.facts["page"]) == ("staff_several", "3", {"plain": mailing.MY_DAY})
    with desk.sample.ground.writing() as session:
        user = desk.sample.user("outlet_manager", "O1")
        telling.tell_staff(session, [telling.Word(user, "escalated", case.id, "k", {"number": case.number})], NOON)
    assert _mailed(desk) == [told]


def test_the_mail_names_the_case_and_goes_to_the_address_that_was_chosen(mailing_desk: Desk) -> None:
    desk = mailing_desk
    _choose(desk)
    case = desk.case()
    _mailed(desk)
    with mail_server() as mailbox:
        channel = EmailChannel(MailServer("127.0.0.1", mailbox.port, "cx@bank.example", tls="none"))
        assert send_due(desk.sample.ground, desk.sample.ground.now(), channels={"email": channel}) == 1
        [mail] = mailbox.mails
    assert MINE in str(mail["To"])
    part = mail.get_payload(0) if mail.is_multipart() else mail
    said = part.get_payload(decode=True).decode()
    assert case.number in said
    assert f"/portal/cases/{case.number}" in said
    [sent] = desk.all(Message, lambda one: one.to_staff)
    assert (sent.state, sent.contact_id) == ("accepted", None)


def test_who_left_the_bank_is_told_nothing(mailing_desk: Desk) -> None:
    desk = mailing_desk
    _choose(desk)
    desk.case()
    _mailed(desk)
    with desk.sample.ground.writing() as session:
        session.get(User, desk.sample.user("outlet_manager", "O1")).active = False
    with mail_server() as mailbox:
        channel = EmailChannel(MailServer("127.0.0.1", mailbox.port, "cx@bank.example", tls="none"))
        send_due(desk.sample.ground, desk.sample.ground.now(), channels={"email": channel})
        assert not mailbox.mails
    [dead] = desk.all(Message, lambda one: one.to_staff)
    assert (dead.state, dead.reason) == ("refused", "nobody_there")


@pytest.mark.sqlite_only
def test_the_choice_is_made_on_my_day_and_only_the_banks_own_addresses_will_do(mailing_desk: Desk, sign_in, monkeypatch) -> None:
    desk = mailing_desk
    monkeypatch.setattr(desk.sample.ground.settings, "email_from", "cx@bank.example")
    client = sign_in("outlet_manager", "O1")
    for address, said in (("wang@elsewhere.example", "bank's own"), ("wang", "address")):
        refused = client.post("/portal/my-day/told", data={"channel": "email", "address": address, "wants": ["new"]})
        assert refused.status_code == 422
        page = unescape(refused.get_data(as_text=True))
        assert said in page
        assert f'value="{address}"' in page
    assert client.post("/portal/my-day/told", data={"channel": "fax", "address": MINE}).status_code == 422
    assert client.post("/portal/my-day/told", data={"channel": "email", "address": MINE, "wants": ["new", "x"]}).status_code == 302
    [row] = desk.all(StaffAddress)
    assert (row.channel, row.wants, desk.sample.ground.keys.decrypt(row.address_enc)) == ("email", ["new"], MINE)
    assert MINE in client.get("/portal/my-day").get_data(as_text=True)
    client.post("/portal/my-day/told", data={"channel": ""})
    assert desk.all(StaffAddress) == []
