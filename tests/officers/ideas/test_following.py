"""An issue's steps are told to those who brought it and voted, once; *verified* pays the second part; stories stand on the home pages."""

from collections import Counter
from datetime import timedelta
from html import unescape

import pytest
from sqlmodel import select

from officers.ideas import additions, erasing, following, moderation
from officers.ideas.campaign_models import IssueNews, IssueTold
from officers.ideas.models import IdeaVote
from officers.ideas.rules.states import Step as IdeaStep
from officers.ideas.store import news
from officers.ideas.telling import Means
from officers.people.models import OfficerNotice
from officers.points.models import PointEntry
from portal.audit.trail import Actor
from portal.foundation.db import insert_rows
from portal.foundation.ids import new_id
from portal.people.models import Customer
from portal.people.rules.roles import EVERYTHING
from questionnaires.metrics import jobs as metric_jobs
from scheduler.cases.models import CaseStep
from scheduler.cases.notice_models import StaffNotice
from scheduler.contacts.models import Contact
from scheduler.delivery.compose import preview
from scheduler.delivery.models import Message
from scheduler.improvement import register
from scheduler.improvement.models import Issue
from scheduler.improvement.register import Editor, NewIssue
from scheduler.improvement.rules.states import Step, Wanted
from tests.conftest import NOON
from tests.officers.ideas.world import ZONE, Ideas
from tests.officers.work.world import World
from tests.scheduler.cases.desk import Desk, add_questionnaire

assert additions.JOBS, "the room is imported, so that it follows issues"


class Loop:
    """One issue with all that was seen of it."""

    def __init__(self, ideas: Ideas, clock) -> None:
        self.ideas, self.clock, self.ground = ideas, clock, ideas.sample.ground
        self.desk, self.work = Desk(ideas.sample), World(ideas.sample)
        with self.ground.writing() as session:
            add_questionnaire(session, ideas.sample, self.desk.version_id)
        self.owner = self.editor("outlet_manager", "O1")
        officer = self.work.officer("O3", staff=True)
        submission = self.work.hand_in(officer, self.work.task(unit_id=ideas.sample.units["HO"]))
        self.work.decide(submission)
        self.officer, self.submission = officer, submission

    def editor(self, role: str, unit: str) -> Editor:
        return Editor(Actor("user", str(self.ideas.sample.user(role, unit))), EVERYTHING, ZONE)

    def open(self, *ties: tuple[str, object]) -> Issue:
        unit = self.ideas.sample.units["O1"]
        new = NewIssue("Papers asked for twice", "pain_point", unit, touchpoint="counter", measured_unit_id=unit)
        with self.ground.writing() as session:
            issue = register.find(session, new, self.owner, self.clock.now())
            for kind, object_id in ties:
                assert register.tie(session, issue.id, kind, object_id, self.owner, self.clock.now())  # type: ignore[arg-type]
        return issue

    def take(self, issue: Issue, name: Step, by: Editor | None = None) -> Issue:
        today = self.clock.now().date()
        words = {
            "analysis": "Two lists", "plan": "One list", "fix_due_on": today + timedelta(days=9), "verify_on": today + timedelta(days=60),
            "lasting_measure": "=One list in the system", "story": "Once is enough now", "turned_into": "delight", "reason": "why",
        }  # fmt: skip
        with self.ground.writing() as session:
            return register.take_step(session, issue.id, Wanted(name, **words), by or self.owner, self.clock.now())

    def fill(self, low: int, high: int, when) -> None:
        for n in range(low + high):
            self.desk.answer(None, score=2 if n < low else 10, submitted_at=when, started_at=when - timedelta(minutes=1))
        metric_jobs.roll_up(self.ground, self.clock.now())

    def verified(self, issue: Issue) -> Issue:
        self.fill(30, 5, self.clock.now() - timedelta(days=3))
        for name in (Step.ANALYSE, Step.PLAN, Step.FIX):
            issue = self.take(issue, name)
        self.clock.forward(timedelta(days=20))
        self.fill(1, 60, self.clock.now() - timedelta(days=4))
        return self.take(issue, Step.VERIFY, self.editor("analyst", "HO"))

    def tell(self) -> int:
        return following.tell_news(self.ground, self.clock.now())


def text(answer) -> str:
    return unescape(answer.get_data(as_text=True))


def test_all_who_brought_it_are_told_once_and_verified_pays_the_second_part(ideas: Ideas, clock) -> None:
    loop = Loop(ideas, clock)
    low = loop.desk.answer("LOW", score=1)
    case = loop.desk.case("CASE")
    author = ideas.staff("case_handler", "O2")
    idea = ideas.open("One list of papers", author)
    for voter in (ideas.customer("VOTER"), ideas.staff("designer", "HO"), ideas.staff("case_handler", "O3")):
        ideas.vote(idea, voter)  # the last one is the officer, too
    issue = loop.open(("submission", loop.submission), ("response", low), ("case", case.id), ("idea", idea.id))
    before = sum(row.amount for row in ideas.all(PointEntry))
    loop.verified(issue)
    assert loop.tell() == 8, "four ties, four steps"
    assert loop.tell() == 0
    told = [row for row in ideas.all(OfficerNotice) if row.code.startswith("issue_")]
    assert sorted(row.code for row in told) == ["issue_analyse", "issue_fix", "issue_plan", "issue_tied", "issue_verify"]
    staff = {row.user_id for row in ideas.all(StaffNotice) if row.what == "issue_step"}
    assert staff == {author.user_id, ideas.sample.user("designer", "HO")}
    with ideas.sample.ground.reading() as session:
        readers = {who for who, step in news.told(session, issue.id) if step == "verify"}
        assert len(readers) == 6
    people = [loop.desk.people[name].id for name in ("LOW", "CASE")]
    reached = {row.customer_id for row in ideas.all(Contact) if row.kind == "notice"}
    assert reached <= {*people, ideas.customer("VOTER").customer_id}
    gained = sum(row.amount for row in ideas.all(PointEntry)) - before
    assert gained == 15, "the second half of 20 × 1.5"
    loop.take(issue, Step.REOPEN)
    assert loop.tell() == 1
    assert [row.code for row in ideas.all(OfficerNotice)].count("issue_reopen") == 1
    assert sum(row.amount for row in ideas.all(PointEntry)) - before == 15


def test_customers_are_told_by_message_where_a_channel_reaches_them_and_hidden_ideas_tell_nobody(ideas: Ideas, clock) -> None:
    loop = Loop(ideas, clock)
    keys = ideas.sample.ground.keys
    phone = {"phone_enc": keys.encrypt("+8613812345678"), "phone_index": keys.blind_index("phone", "+8613812345678")}
    ideas.people["PHONE"] = ideas.sample.customer("PHONE", **phone)
    idea = ideas.open("From a guest", following_guest(ideas), phone="13812345678")
    hidden = ideas.open("A hidden one", ideas.staff("designer", "HO"))
    ideas.vote(hidden, ideas.customer("V1"))
    with ideas.sample.ground.writing() as session:
        moderation.hide(session, "idea", hidden.id, ideas.manager, "rude", clock.now())
    issue = loop.open(("idea", idea.id), ("idea", hidden.id))
    for name in (Step.ANALYSE, Step.PLAN, Step.FIX):
        loop.take(issue, name)
    loop.tell()
    with ideas.sample.ground.reading() as session:
        person = f"customer:{ideas.people['PHONE'].person_id.hex}"
        assert {who for who, _step in news.told(session, issue.id)} == {person}, "a guest whose number is a customer's is that customer"
    ideas.step(idea, IdeaStep.REVIEW)
    assert following.tell_steps(ideas.sample.ground, clock.now()) >= 2
    assert following.tell_steps(ideas.sample.ground, clock.now()) == 0
    assert "A hidden one" not in str([row.facts for row in ideas.all(StaffNotice)])
    with ideas.sample.ground.writing() as session:
        assert erasing.rekey(session, loop.submission, loop.submission, 0) == 0


def following_guest(ideas: Ideas):
    from officers.ideas.persons import guest

    return guest("a" * 32, "zh-Hans")


def test_customers_hear_of_each_step_once_with_their_own_page_also_after_a_kill(ideas: Ideas, clock) -> None:
    loop, keys, number = Loop(ideas, clock), ideas.sample.ground.keys, "+8613812345679"
    phone = {"phone_enc": keys.encrypt(number), "phone_index": keys.blind_index("phone", number), "language": "en"}
    ideas.people["AUTHOR"] = author = ideas.sample.customer("AUTHOR", **phone)
    case = loop.desk.case("CASE")
    idea = ideas.open("One list", following_guest(ideas), phone=number)
    rows = [{"id": new_id(), "ref": f"V{n}"} for n in range(following.PEOPLE + 5)]
    with ideas.sample.ground.writing() as session:
        for row in rows:  # each with a number, so that a message reaches them
            session.add(Customer(
                **row, person_id=row["id"], shard=0, unit_id=ideas.sample.units["O1"], phone_enc=keys.encrypt("+8613800000000"),
                customer_since=NOON.date(), created_at=NOON, updated_at=NOON,
            ))  # fmt: skip
        session.flush()
        votes = [{"idea_id": idea.id, "who": f"customer:{row['id'].hex}", "customer_id": row["id"], "at": NOON} for row in rows]
        insert_rows(session, IdeaVote, votes)
    issue = loop.open(("idea", idea.id), ("case", case.id))
    loop.take(issue, Step.ANALYSE)
    means = Means(ideas.sample.ground.settings, keys, clock.now())
    [first, *_rest] = sorted(ideas.all(IssueNews), key=lambda row: row.at)
    with ideas.sample.ground.writing() as session:
        assert following._tell_some(session, first.id, means), "the author"
    with ideas.sample.ground.writing() as session:  # killed among the voters: nothing of this transaction stays
        assert following._tell_some(session, first.id, means)
        session.rollback()
    for _twice in range(2):
        loop.tell()
    told = Counter((row.news_id, row.who) for row in ideas.all(IssueTold))
    assert len(told) == 2 * (len(rows) + 2), "tied and analysed: voters, the author, whose case it was"
    messages = [row for row in ideas.all(Message) if row.template == "notice_improvement"]
    sent = Counter((row.customer_id, row.facts["note_en"]) for row in messages)
    assert set(sent.values()) == {1}
    assert {(author.id, "the cause was found"), (author.id, "it is on our list, and we look for the cause")} <= set(sent)
    assert len(sent) >= 2 * (len(rows) + 1)
    own = next(row for row in messages if row.customer_id == author.id)
    assert own.facts["page"]["path"] == "i/s"
    with ideas.sample.ground.reading() as session:
        assert "we look for the cause. Thank you" in preview(ideas.sample.ground, session, own).text
    steps = [row.act for row in ideas.all(CaseStep) if row.act.startswith("issue")]
    assert steps == ["issue_moved"], "the case says so, and with it its customer's page"
    ideas.step(ideas.fresh(idea), IdeaStep.DECLINE)
    for _twice in range(2):
        following.tell_steps(ideas.sample.ground, clock.now())
    declined = Counter(row.customer_id for row in ideas.all(Message) if row.facts.get("note_en", "").startswith("the idea was looked at"))
    assert (len(declined), set(declined.values())) == (len(rows) + 1, {1})


@pytest.mark.sqlite_only
def test_stories_stand_on_both_home_pages_and_lasting_measures_in_a_list(ideas: Ideas, clock, sign_in) -> None:
    loop = Loop(ideas, clock)
    issue = loop.open(("submission", loop.submission))
    staff, officer = sign_in("auditor", "HO"), sign_in("case_handler", "O3")
    assert "No highlights yet" in text(staff.get("/portal/officers/highlights"))
    issue = loop.verified(issue)
    for client, path in (
        (staff, "/portal/"),
        (staff, "/portal/officers/highlights"),
        (officer, "/officers"),
        (officer, "/officers/highlights"),
    ):
        assert "Papers asked for twice" in text(client.get(path)), path
    for client, path in ((staff, "/portal/officers/highlights"), (officer, "/officers/highlights")):
        page = text(client.get(f"{path}/{issue.number}"))
        assert all(words in page for words in ("Once is enough now", "n 35", "n 61", "One list in the system"))
        assert "case_handler O3" not in page
        assert client.get(f"{path}/TY-1").status_code == 404
    assert "One list in the system" in text(staff.get("/portal/improvement/lasting?quarter=2026-Q2"))
    assert "One list in the system" not in text(staff.get("/portal/improvement/lasting?quarter=2026-Q1"))
    sheet = text(staff.get("/portal/improvement/lasting/export.csv?quarter=2026-Q2"))
    assert f"{issue.number},Papers asked for twice" in sheet
    assert "'=One list in the system" in sheet
    assert staff.get("/portal/improvement/lasting?quarter=nonsense").status_code == 200
    manager = sign_in("outlet_manager", "O1")
    idea = ideas.open("One list of papers")
    new = loop.open()
    tied = manager.post(f"/portal/issues/{new.number}/links", data={"number": idea.number}, follow_redirects=True)
    assert (tied.status_code, idea.number in text(tied)) == (200, True)
    desk = sign_in("administrator", "HO")
    other = ideas.open("Another list")
    made = desk.post(f"/portal/officers/idea-desk/{other.id}/issue", data={"number": "", "kind": "nuisance"}, follow_redirects=True)
    assert "TY-2026-0003" in text(made)
    assert desk.post(f"/portal/officers/idea-desk/{other.id}/issue", data={"number": "TY-1"}).status_code == 422
    with ideas.sample.ground.reading() as session:
        assert len(session.scalars(select(Issue)).all()) == 3
