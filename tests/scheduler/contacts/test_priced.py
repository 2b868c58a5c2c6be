"""What operators say a message costs fills the policy's prices where a budget needs one."""

import pytest

from portal.foundation.ground import Ground
from scheduler.contacts import policies
from scheduler.contacts.rules.policy import from_toml
from scheduler.delivery.store import channels
from tests.conftest import NOON

pytestmark = pytest.mark.sqlite_only


def test_a_budget_takes_the_channels_cost_unless_the_policy_says_its_own(ground: Ground) -> None:
    with ground.writing() as session:
        for channel, cost in (("sms", 5), ("email", 1)):
            channels.put_setting(session, channel, {"url": "", "account": "", "options": {}, "cost": cost, "changed_at": NOON})
        policy = from_toml("[[budgets]]\nchannel = 'sms'\ncents = 100\n[[budgets]]\nchannel = 'rcs'\ncents = 100\n")
        assert policies.priced(session, policy).costs == {"sms": 5}
        assert policies.priced(session, policy.model_copy(update={"costs": {"sms": 7}})).costs == {"sms": 7}
        assert policies.priced(session, from_toml("")).costs == {}
