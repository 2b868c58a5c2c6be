"""The policy's pages: the form rule by rule, sentences, contradictions, comparison, files, a time to take over, the kill switch."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from portal.audit.models import AuditEntry
from portal.foundation.ground import Ground
from portal.people.rules.roles import Role
from scheduler.contacts import forms
from scheduler.contacts.models import PolicyVersion
from scheduler.contacts.policy_text import to_toml
from scheduler.contacts.rules.policy import ContactPolicy, from_toml, standard_policy
from scheduler.contacts.standing import policy_of
from tests.bank import Sample
from tests.conftest import NOON, FixedClock
from tests.scheduler.contacts.world import World

pytestmark = pytest.mark.sqlite_only
SignIn = Callable[..., FlaskClient]
FULL = {
    "eligible": {"tenure_days": 30, "min_age": 14, "stale_hours": 72, "future_minutes": 5}, "holdout": {"share": 0.02},
    "sampling": {"rate": 0.5},
    "quotas": [{"what": "invites", "n": 60, "by": ["touchpoint", "unit"]}, {"what": "completes", "n": 5, "touchpoint": "loan"}],
    "budgets": [{"channel": "sms", "cents": 10_000}], "costs": {"sms": 5}, "workload": {"capacity": 20, "days": 5, "classes": ["normal"]},
    "pending": {"days": 14},
    "cooldown": {"any": {"sent": {"days": 30, "high_days": 14}}, "same": {"answered": {"days": 90, "high_days": 0}}},
    "backoff": {"days": [30, 60]},
    "caps": [{"n": 2, "window": "90d", "weighted": True}, {"channel": "sms", "n": 1, "window": "7d", "per": "person"}],
    "weights": {"sms": 2}, "pairs": [{"first": "loan", "then": "transfer", "days": 14, "either_way": True}],
    "quiet_hours": {"start": "21:00", "end": "09:00", "zone": "Asia/Shanghai"}, "holidays": {"weekends": True},
    "reminders": {"count": 1, "after_hours": 72}, "arbitration": {"minutes": 60},
}  # fmt: skip


@pytest.fixture
def world(ground: Ground, sample: Sample) -> World:
    return World(ground).start(standard_policy())


def as_form(policy: ContactPolicy) -> dict[str, object]:
    """What a browser would send back of the page as it is shown."""
    sent: dict[str, object] = {}
    for name, value in forms.shown(policy).items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for place, row in enumerate(value):
                sent |= {f"{name}-{key}{place}": held for key, held in row.items() if held not in ("", [])}
        elif value not in ("", []):
            sent[name] = value
    return sent


class Posted(dict[str, str]):
    """A form's values, several of one name among them."""

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        held = super().get(name, default)
        return held[0] if isinstance(held, list) else held

    def getlist(self, name: str) -> list[str]:
        held = super().get(name)
        return list(held) if isinstance(held, list) else [held] if held else []


def draft_of(client: FlaskClient) -> str:
    return client.post("/portal/policy/draft").headers["Location"]


def versions(ground: Ground) -> dict[int, PolicyVersion]:
    with ground.reading() as session:
        return {one.number: one for one in session.exec(select(PolicyVersion))}


@pytest.mark.parametrize("raw", [FULL, standard_policy().model_dump(mode="json", exclude_none=True, exclude={"salt"}), {}])
def test_a_policy_survives_the_form_and_the_file_unchanged(raw: dict[str, object]) -> None:
    policy = ContactPolicy.model_validate(raw)
    posted = Posted(as_form(policy))
    again = ContactPolicy.model_validate(forms.read(posted, posted.getlist))
    assert forms.shown(again) == forms.shown(policy)
    assert forms.shown(from_toml(to_toml(policy))) == forms.shown(policy)


def test_every_rule_is_written_and_shown_with_its_sentence(ground: Ground, world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.DESIGNER)
    edit = draft_of(client)
    page = client.get(edit).text
    assert "At most 2 invitations per customer in 90 days." in page
    assert client.post(edit, data=as_form(ContactPolicy.model_validate(FULL))).status_code == 302
    kept = policy_of(versions(ground)[2])
    assert (kept.quotas[0].n, kept.workload and kept.workload.capacity, kept.weights) == (60, 20, {"sms": 2})
    for number in range(1, 18):
        assert f"R{number} " in client.get(edit).text or number in (1, 2, 16, 17)


@pytest.mark.parametrize(
    ("change", "rule", "beside"),
    [
        ({"caps-scope0": "message", "caps-n0": "1", "caps-window0": "90d", "reminders.count": "1"}, "R12", "caps-n0"),
        ({"pairs-first0": "nobody", "pairs-then0": "loan", "pairs-days0": "3"}, "R13", "pairs-first0"),
        ({"quiet_hours.start": "21:00", "quiet_hours.end": "09:00", "quiet_hours.zone": "Mars/Base"}, "R14", "quiet_hours.zone"),
        ({"quiet_hours.start": "21:00"}, "R14", "quiet_hours.end"),
        ({"cooldown.any.sent.days": "-1"}, "R10", "cooldown.any.sent.days"),
        ({"cooldown.any.sent.days": "soon"}, "R10", "cooldown.any.sent.days"),
        ({"backoff.days": "thirty"}, "R11", "backoff.days"),
        ({"holdout.share": "200"}, "R5", "holdout.share"),
        ({"caps-n0": "3", "caps-window0": "a month"}, "R12", "caps-window0"),
        ({"arbitration.minutes": "1e9"}, "R15", "arbitration.minutes"),
    ],
)
def test_a_contradiction_is_refused_with_the_rules_name_beside_the_field(
    ground: Ground, world: World, sign_in: SignIn, change: dict[str, str], rule: str, beside: str
) -> None:
    client = sign_in(Role.DESIGNER)
    edit = draft_of(client)
    before = versions(ground)
    answer = client.post(edit, data=change)
    assert answer.status_code == 422
    assert f"{rule} (" in answer.text
    place = answer.text.index(f'name="{beside}"')
    assert 'class="error"' in answer.text[place : place + 900]
    assert {one: row.content_hash for one, row in versions(ground).items()} == {one: row.content_hash for one, row in before.items()}
    assert versions(ground)[1].state == "active"


def test_the_form_is_spoken_while_it_is_written(world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.DESIGNER)
    said = client.post("/portal/policy/say", data={"cooldown.any.sent.days": "45"}).text
    assert "After any invitation, 45 days without another." in said
    assert "R10 (" in client.post("/portal/policy/say", data={"cooldown.any.sent.days": "x"}).text
    assert sign_in(Role.ANALYST).post("/portal/policy/say").status_code == 403


def test_two_versions_are_compared_rule_by_rule(ground: Ground, world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.DESIGNER)
    client.post(draft_of(client), data={"cooldown.any.sent.days": "45", "quiet_hours.start": "21:00", "quiet_hours.end": "09:00"})
    one, two = versions(ground)[1].id, versions(ground)[2].id
    page = client.get(f"/portal/policy/compare?first={one}&second={two}").text
    assert '<p class="was">After any invitation, 30 days without another.</p>' in page
    assert '<p class="is">After any invitation, 45 days without another.</p>' in page
    assert page.count("Nothing is sent from 21:00 to 09:00") == 2
    assert "Both say the same" in client.get(f"/portal/policy/compare?first={one}&second={one}").text
    assert client.get("/portal/policy/compare?first=nonsense&second=%00").status_code in (200, 400)


def test_a_file_goes_out_and_comes_back_as_a_draft(ground: Ground, world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.DESIGNER)
    text = client.get(f"/portal/policy/{versions(ground)[1].id}/policy.toml").text
    assert "[cooldown.any.sent]" in text
    made = client.post("/portal/policy/draft", data={"file": (io.BytesIO(text.encode()), "p.toml")})
    assert made.headers["Location"].endswith("/edit")
    assert policy_of(versions(ground)[2]).model_dump(exclude={"salt"}) == standard_policy().model_dump(exclude={"salt"})
    for wrong in (b"\xff\xfe", b"[nobody]\nx = 1", b"[caps", b"x" * 200_001):
        client.post("/portal/policy/draft", data={"file": (io.BytesIO(wrong), "p.toml")})
    assert len(versions(ground)) == 2


BACKWARDS = {"from": "2026-07-01T00:00", "until": "2026-06-20T00:00"}


def test_a_version_takes_over_by_itself_when_its_time_has_come(ground: Ground, world: World, clock: FixedClock, sign_in: SignIn) -> None:
    client, approver = sign_in(Role.DESIGNER), sign_in(Role.COMPLIANCE_OFFICER)
    edit = draft_of(client)
    number = edit.split("/")[-2]
    client.post(edit, data={"cooldown.any.sent.days": "45"})
    client.post(f"/portal/policy/{number}/submit")
    sign_in(Role.APPROVER).post(f"/portal/policy/{number}/activate")
    for wrong in (
        {"from": "2020-01-01T00:00"},
        {"from": "soon"},
        {"share": "many"},
        {"share": "200"},
        {"from": "2026-07-01T00:00", "until": "2026-06-20T00:00"},
    ):
        assert approver.post(f"/portal/policy/{number}/activate", data=wrong).status_code == 422
        assert versions(ground)[2].state == "submitted"
    assert approver.post(f"/portal/policy/{number}/activate", data={"from": "2026-06-16T09:00"}).status_code == 302
    assert (versions(ground)[1].state, versions(ground)[2].state) == ("active", "scheduled")
    clock.at(NOON + timedelta(days=1))
    assert "After any invitation, 45 days" in client.get("/portal/policy").text
    assert (versions(ground)[1].state, versions(ground)[2].state) == ("retired", "active")


def test_the_kill_switch_stops_everything_at_once_and_is_written_down(ground: Ground, world: World, sign_in: SignIn) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    client.post("/portal/policy/all-asking/stop")
    assert "All asking is stopped" in client.get("/portal/policy").text
    people = world.customers(1)
    world.candidates(people)
    world.decide()
    assert world.codes() == ["INACTIVE"]
    client.post("/portal/policy/all-asking/go_on")
    assert "All asking is stopped. Nothing" not in client.get("/portal/policy").text
    with ground.reading() as session:
        acts = [one.act for one in session.exec(select(AuditEntry)) if "switch" in one.act or "channel" in one.act]
    assert len(acts) == 2
    assert sign_in(Role.ANALYST).post("/portal/policy/all-asking/stop").status_code == 403
