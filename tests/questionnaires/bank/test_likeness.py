"""How alike two wordings are, in Chinese and English; and the warning on both databases."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.audit.trail import Actor
from portal.foundation.db import Database
from questionnaires.bank import alike, bank, likeness, shipped
from questionnaires.bank.likeness import ALIKE
from tests.conftest import NOON

ACTOR = Actor.system("test")


@pytest.mark.parametrize(("one", "other", "close"), [
    ("您对这次排队等候的时间满意吗？", "您对这次等候的时间满意吗？", True),
    ("您对手机银行的打开速度满意吗？", "您对手机银行的速度满意吗", True),
    ("您这次等了多久？", "您这次 等了多长时间？", True),
    ("您希望我们先改进什么？", "您希望我们改进什么？", True),
    ("您对工作人员的态度满意吗？", "您对网点的环境满意吗？", False),
    ("您会把我行的贷款推荐给亲友吗？", "您会把我行的理财推荐给亲友吗？", False),
    ("哪些地方让您满意？", "哪些地方还没有做好？", False),
    ("How long did you wait?", "HOW LONG did you have to wait", True),
    ("What should we improve first?", "What should we improve?", True),
    ("Was your question answered?", "Was your question answered today?", True),
    ("How satisfied are you with our staff?", "How satisfied are you with our fees?", False),
    ("How likely are you to recommend our loans to friends?", "How likely are you to recommend our cards to friends?", False),
    ("您用的是 iPhone 吗？", "您用的是 IPHONE 吗", True),
])  # fmt: skip
def test_wordings_that_say_the_same_are_told_from_those_that_share_a_frame(one: str, other: str, close: bool) -> None:
    assert (likeness.likeness(one, other) >= ALIKE) is close, likeness.likeness(one, other)


@given(st.text(max_size=40), st.text(max_size=40))
@settings(max_examples=40)
def test_likeness_is_a_share_the_same_both_ways_and_whole_for_a_text_itself(one: str, other: str) -> None:
    share = likeness.likeness(one, other)
    assert 0 <= share <= 1
    assert share == pytest.approx(likeness.likeness(other, one))
    assert likeness.likeness(one, one) == 1


def test_the_warning_names_the_question_and_how_alike_it_is(db: Database) -> None:
    with db.writing() as session:
        shipped.load(session, ACTOR, NOON)
        found = alike.alike(session, {"zh-Hans": "您对这次排队等候的时间满意吗？"})
        assert (found[0].code, found[0].language) == ("queue_satisfaction", "zh-Hans")
        assert found[0].percent >= 75
        english = alike.alike(session, {"en": "For how long did you wait?"})
        assert [one.code for one in english] == ["waiting_time"]
        assert alike.alike(session, {"en": "For how long did you wait?"}, but=english[0].question_id) == []
        assert alike.alike(session, {"zh-Hans": "您养过几只猫？", "en": "How many cats have you had?"}) == []
        assert alike.alike(session, {"en": "", "zh-Hans": "？"}) == []
        bank.retire(session, english[0].question_id, ACTOR, NOON)
        assert alike.alike(session, {"en": "For how long did you wait?"}) == []
