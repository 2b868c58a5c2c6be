"""Promoters: wishes taken up once under the pair rule, codes told by notice, leads once each, one reward for a referred person."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from officers.points import additions as points  # noqa: F401  # its benefits are the stock of rewards
from officers.points.benefit_models import Benefit
from portal.audit.trail import Actor
from portal.foundation.errors import InvalidInput
from portal.people.models import Customer
from portal.people.rules.roles import EVERYTHING
from scheduler.delivery.models import Message
from scheduler.promoters import following, hooks, store
from scheduler.promoters.additions import take_up
from scheduler.promoters.following import Desk, ReferralRefused
from scheduler.promoters.models import PromoterStep, ReferralCode, ReferralLead, ReferralReward
from tests.scheduler.cases.desk import Desk as Answers
from tests.scheduler.cases.desk import add_questionnaire


@pytest.fixture
def answers(sample) -> Answers:
    made = Answers(sample)
    with sample.ground.writing() as session:
        add_questionnaire(session, sample, made.version_id)
    return made


def rows(ground, model):
    with ground.reading() as session:
        return session.scalars(select(model)).all()


def act(sample, call, *arguments):
    desk = Desk(Actor("user", str(sample.user("outlet_manager", "O1"))), EVERYTHING, sample.ground.now())
    with sample.ground.writing() as session:
        return call(session, *arguments, desk)


def lead(sample, phone: str = "138 1234 5617") -> ReferralLead:
    with sample.ground.writing() as session:
        code = session.scalars(select(ReferralCode)).one()
        following.leave_number(session, sample.ground.keys, code, "李明", phone, True, sample.ground.now())
    return rows(sample.ground, ReferralLead)[-1]


def benefit(sample, **values) -> UUID:
    now = sample.ground.now()
    made = Benefit(
        name_zh="米",
        name_en="rice",
        cost=100,
        created_at=now,
        **{"kind": "goods", "state": "on_sale", "placed": values.get("stock", 0)} | values,
    )
    with sample.ground.writing() as session:
        session.add(made)
        session.flush()
        return made.id


def test_a_wish_is_taken_up_once_and_never_two_kinds_within_the_pair_rule(answers, sample, clock) -> None:
    answers.answer("C1", score=10, wish="refer")
    answers.answer("C1", score=10, wish="officer")
    answers.answer("C2", score=9, wish="officer")
    answers.answer(None, score=9, wish="officer")
    with sample.ground.writing() as session:
        session.get(Customer, answers.people["C1"].id).phone_enc = sample.ground.keys.encrypt("+8613900000000")
    assert take_up(sample.ground, clock.now()) == 3
    assert take_up(sample.ground, clock.now()) == 0
    found = sorted((one.kind, one.state, one.code) for one in rows(sample.ground, PromoterStep))
    assert found == [("officer", "held_back", "PAIR"), ("officer", "taken_up", ""), ("refer", "done", "")]
    [code], [message] = rows(sample.ground, ReferralCode), rows(sample.ground, Message)
    assert (message.template, message.facts["code"]) == ("notice_referral", code.code)
    clock.forward(timedelta(days=90))
    answers.answer("C1", score=10, wish="officer")
    assert take_up(sample.ground, clock.now()) == 1
    assert [one.state for one in rows(sample.ground, PromoterStep)].count("taken_up") == 2


def test_a_referred_person_counts_once_and_brings_one_reward(answers, sample, clock) -> None:
    answers.answer("C1", score=10, wish="refer")
    take_up(sample.ground, clock.now())
    first = lead(sample)
    assert lead(sample).id == first.id
    with pytest.raises(InvalidInput) as refused, sample.ground.writing() as session:
        following.leave_number(session, sample.ground.keys, session.scalars(select(ReferralCode)).one(), "", "no", False, clock.now())
    assert set(refused.value.fields) == {"name", "phone", "consent"}
    with pytest.raises(ReferralRefused, match="referral_oneself"):
        act(sample, following.move_lead, first.id, "customer", answers.people["C1"].ref)
    old = sample.customer("OLD")
    with pytest.raises(ReferralRefused, match="referral_not_new"):
        act(sample, following.move_lead, first.id, "customer", old.ref)
    new = sample.customer("NEW", customer_since=clock.now().date())
    act(sample, following.move_lead, first.id, "customer", new.ref)
    second = lead(sample, "138 1234 5618")
    act(sample, following.move_lead, second.id, "customer", new.ref)  # the same person by another number
    [reward] = rows(sample.ground, ReferralReward)
    assert (reward.person_id, reward.referred_person_id, reward.state) == (answers.people["C1"].person_id, new.person_id, "owed")
    gift = benefit(sample, stock=1)
    act(sample, following.settle_reward, reward.id, gift)
    with pytest.raises(ReferralRefused):
        act(sample, following.settle_reward, reward.id, None)
    [left] = rows(sample.ground, Benefit)
    assert (left.stock, left.placed) == (0, 0)  # stock + live redemptions = placed still holds
    with sample.ground.reading() as session:
        assert (hooks.offers(session, clock.now()), hooks.names(session, [gift])) == ([], {gift: ("米", "rice")})
    with sample.ground.reading() as session:
        assert store.funnel(session, EVERYTHING, clock.now()) == (1, 0, 2, 2, 1)


@pytest.mark.sqlite_only
def test_the_pages_of_promoters(answers, sample, clock, sign_in, client) -> None:
    answers.answer("C1", score=10, wish="refer")
    answers.answer("C2", score=10, wish="officer")
    take_up(sample.ground, clock.now())
    [code] = rows(sample.ground, ReferralCode)
    assert client.get(f"/r/{code.code}?lang=en").status_code == 200
    assert client.post(f"/r/{code.code}?lang=en", data={"name": "kept"}).status_code == 422
    assert client.post(f"/r/{code.code}?lang=en", data={"name": "李明", "phone": "13812345617", "consent": "1"}).status_code == 200
    assert client.get("/r/NOTHING2").status_code == 404
    manager, [one] = sign_in("outlet_manager", "O1"), rows(sample.ground, ReferralLead)
    page = manager.get("/portal/promoters").get_data(as_text=True)
    assert "13812345617" not in page
    assert "Refer others" in page
    assert "13812345617" in manager.post(f"/portal/promoters/leads/{one.id}/reveal").get_data(as_text=True)
    other = sign_in("outlet_manager", "O3")
    assert other.post(f"/portal/promoters/leads/{one.id}/reveal").status_code == 404
    assert other.post(f"/portal/promoters/leads/{one.id}", data={"act": "contacted"}).status_code == 404
    assert manager.post(f"/portal/promoters/leads/{one.id}", data={"act": "customer", "ref": "nobody"}).status_code == 422
    assert manager.post(f"/portal/promoters/leads/{one.id}", data={"act": "contacted"}).status_code == 302
    step = next(row for row in rows(sample.ground, PromoterStep) if row.kind == "officer")
    assert manager.post(f"/portal/promoters/wishes/{step.id}", data={"act": "done"}).status_code == 302
    assert manager.post(f"/portal/promoters/leads/{one.id}", data={"act": "declined"}).status_code == 302
    assert rows(sample.ground, ReferralLead)[0].phone_enc is None


@pytest.mark.sqlite_only
def test_a_reward_is_one_item_of_the_stock_and_none_is_handed_out_of_nothing(answers, sample, clock, sign_in) -> None:
    answers.answer("C1", score=10, wish="refer")
    take_up(sample.ground, clock.now())
    first, new = lead(sample), sample.customer("NEW", customer_since=clock.now().date())
    act(sample, following.move_lead, first.id, "customer", new.ref)
    [reward], address = rows(sample.ground, ReferralReward), "/portal/promoters/rewards/"
    code, empty = benefit(sample, kind="code", stock=5), benefit(sample)
    manager = sign_in("outlet_manager", "O1")
    assert "Nothing in stock" in manager.get("/portal/promoters").get_data(as_text=True)
    assert manager.post(f"{address}{reward.id}", data={"benefit": ""}).status_code == 422
    for gone in (code, empty, uuid4()):
        assert manager.post(f"{address}{reward.id}", data={"benefit": str(gone)}).status_code == 409
    rice = benefit(sample, stock=2)
    assert "rice · 2 in stock" in manager.get("/portal/promoters").get_data(as_text=True)
    assert manager.post(f"{address}{reward.id}", data={"benefit": str(rice)}).status_code == 302
    page = manager.get("/portal/promoters").get_data(as_text=True)
    assert "Handed out" in page
    assert "<td>rice</td>" in page
    with sample.ground.reading() as session:
        assert (session.get(Benefit, rice).stock, session.get(Benefit, code).stock) == (1, 5)
