"""Every act that the code records has a name, and so has every kind of thing: a new one without words fails here."""

import ast

from flask import Flask

from officers.ideas.rules.states import Step as IdeaStep
from officers.people.rules.states import Act as OfficerAct
from officers.points.catalogue import STEPS as BENEFIT_STEPS
from officers.work.rules.states import TaskStep
from portal.audit import words
from questionnaires.library.lifecycle import MOVES
from scheduler.cases.rules.states import Step as CaseStep
from scheduler.cases.work_models import BULK_ACTS
from scheduler.improvement.rules.states import Step as IssueStep
from scheduler.touchpoints.rules.campaigns import STEPS as CAMPAIGN_STEPS
from tests.portal.audit.calls import recorded, values

COMPLAINT_ACTS = [
    *("accepted", "agent_checked", "classified", "decided", "duplicate", "expert_asked", "expert_said", "extended", "extension_asked"),
    *("extension_refused", "recused", "review_asked", "reviewed", "withdrawn"),
]
PARTS: dict[tuple[str, str], list[str]] = {
    ("portal/house/documents.py", "f'document.{act}'"): ["document.submit", "document.return", "document.publish"],
    ("portal/people/signing_off.py", "f'{subject}.approve'"): ["policy.approve", "message.approve"],
    ("portal/privacy/holding.py", "f'privacy.hold_{act}'"): [
        f"privacy.hold_{act}" for act in ("ask", "lay", "refuse", "ask_lift", "lift", "keep")
    ],
    ("portal/privacy/notices.py", "f'privacy.notice_{act}'"): [f"privacy.notice_{act}" for act in ("submit", "return", "publish")],
    ("portal/privacy/requests.py", "f'privacy.request_{state}'"): [f"privacy.request_{one}" for one in ("done", "refused", "withdrawn")],
    ("portal/shell/key_commands.py", "act"): ["keys.add", "keys.use", "keys.drop"],
    ("questionnaires/bank/categories.py", "act"): ["bank_category.restore", "bank_category.retire"],
    ("questionnaires/library/lifecycle.py", "f'questionnaire.{act}'"): [f"questionnaire.{act}" for act in MOVES],
    ("questionnaires/reports/freezing.py", "f'figures.{outcome}'"): ["figures.signed", "figures.refused"],
    ("scheduler/cases/appeals.py", "f'appeal.{appeal.state}'"): ["appeal.upheld", "appeal.rejected"],
    ("scheduler/cases/bulk.py", "f'case_bulk.{act}'"): [f"case_bulk.{act}" for act in BULK_ACTS],
    ("scheduler/cases/steps.py", "f'case.{wanted.step}'"): [f"case.{step}" for step in CaseStep],
    ("scheduler/complaints/handling.py", "f'complaint.{act}'"): [f"complaint.{act}" for act in COMPLAINT_ACTS],
    ("scheduler/improvement/register.py", "f'issue.{wanted.step}'"): [f"issue.{step}" for step in IssueStep],
    ("scheduler/intake/redrive.py", "act"): ["dead_letter.redrive", "event.redrive"],
    ("scheduler/touchpoints/campaigns.py", "f'campaign.{step}'"): [f"campaign.{step}" for step in CAMPAIGN_STEPS],
    ("scheduler/touchpoints/event_types.py", "act"): ["event_type.submit", "event_type.send_back"],
    ("officers/club/moderation.py", "f'post.{ruling.act}'"): ["post.approve", "post.hide", "post.ban"],
    ("officers/ideas/campaigns.py", "f'idea_campaign.{act}'"): [f"idea_campaign.{act}" for act in ("open", "end", "publish")],
    ("officers/ideas/desk.py", "f'idea.{wanted.step}'"): [f"idea.{step}" for step in IdeaStep],
    ("officers/ideas/moderation.py", "f'{_name(kind)}.hide'"): ["idea.hide", "idea_comment.hide"],
    ("officers/ideas/moderation.py", "f'{_name(kind)}.show'"): ["idea.show", "idea_comment.show"],
    ("officers/people/way.py", "f'officer.{act.value}'"): [f"officer.{act}" for act in OfficerAct],
    ("officers/points/catalogue.py", "f'benefit.{state}'"): [f"benefit.{state}" for state in BENEFIT_STEPS],
    ("officers/points/desk_views.py", "f'points.{kind}.export'"): [f"points.{kind}.export" for kind in ("entries", "tax", "liability")],
    ("officers/points/redeeming.py", "f'redemption.{after}'"): ["redemption.cancelled", "redemption.failed"],
    ("officers/work/tasks.py", "f'task.{step}'"): [f"task.{step}" for step in TaskStep],
}
"""Acts that are put together while running. What else comes is caught by the suite itself: see `named_acts` of tests/kept.py."""
NOT_THE_TRAIL = {("officers/work/settling.py", "LAST")}


def test_every_act_has_a_name_and_every_name_an_act() -> None:
    acts: set[str] = set()
    for path, act, _kind in recorded():
        said, key = values(act), (path, ast.unparse(act))
        if key not in NOT_THE_TRAIL:
            assert said is not None or key in PARTS, f"{path}: say in PARTS which acts {key[1]} may be"
            acts.update(said if said is not None else PARTS[key])
    assert sorted(acts - set(words.ACTS)) == [], "acts without words in portal/audit/acts"
    assert sorted(set(words.ACTS) - acts) == [], "words of acts that nothing records"


def test_every_kind_of_thing_has_a_name() -> None:
    kinds = {kind for _path, _act, node in recorded() if isinstance(node, ast.Constant) for kind in values(node) or []}
    assert sorted(kinds - set(words.KINDS)) == []


def test_names_are_written_in_both_languages_and_told_apart(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "zh"}):
        chinese = [str(name) for name in words.ACTS.values()]
        assert not [name for name in chinese if name.isascii()]
        assert words.act_text("questionnaire.publish") == "发布问卷"
        assert "questionnaire.publish" in words.named("questionnaires", "发布")
    with app.test_request_context(headers={"Accept-Language": "en"}):
        english = [str(name) for name in words.ACTS.values()]
        assert words.named("access", "PUBLISHED") == []
        assert words.act_text("of_an_older.version") == "of_an_older.version"
    for names in (chinese, english):
        assert sorted({name for name in names if names.count(name) > 1}) == []
