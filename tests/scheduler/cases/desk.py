"""Answers and cases for the tests of this room."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from portal.audit.trail import Actor
from portal.foundation.ids import new_id
from questionnaires.answering.models import Response, Score
from questionnaires.library.models import Questionnaire, QuestionnaireVersion
from scheduler.cases import jobs
from scheduler.cases.changes import Doer
from scheduler.cases.models import Case, CaseStep, CaseTrigger
from scheduler.cases.rules.states import ActorFacts, Outcome, Role, Step, Wanted
from scheduler.cases.steps import take_step
from scheduler.touchpoints.models import EventType, Touchpoint
from tests.bank import Sample

NPS = {"code": "nps", "type": "nps", "text": {"zh-Hans": "您愿意推荐我们吗？", "en": "Would you recommend us?"}}

WHY = {
    "code": "why",
    "type": "multiple",
    "text": {"zh-Hans": "原因", "en": "Why"},
    "options": [{"code": "papers", "text": {"zh-Hans": "多次补交材料", "en": "Asked for papers again"}}],
}
MORE = {"code": "more", "type": "long_text", "text": {"zh-Hans": "还有什么", "en": "Anything else"}}


@dataclass
class Desk:
    """A questionnaire at a touchpoint, customers who answer it, and staff who work on what comes of it."""

    sample: Sample
    version_id: UUID = field(default_factory=new_id)
    people: dict[str, Any] = field(default_factory=dict)

    def answer(
        self, ref: str | None = "C1", *, score: float = 3, unit: str | None = "O1", answers: dict[str, Any] | None = None, **columns: Any
    ) -> UUID:
        """A submitted answer; gives its id."""
        now = self.sample.ground.now()
        person = self.person(ref) if ref else None
        row = Response(
            version_id=self.version_id,
            person_id=person.person_id if person else None,
            customer_id=person.id if person else None,
            unit_id=self.sample.units[unit] if unit else None,
            answers=answers or {},
            **{"touchpoint": "counter", "channel": "sms", "started_at": now - timedelta(minutes=1), "submitted_at": now, **columns},
        )
        with self.sample.ground.writing() as session:
            session.add(row)
            session.flush()
            session.add(Score(response_id=row.id, indicator="nps", value=score))
        return row.id

    def person(self, ref: str) -> Any:
        """A customer by reference, made at the first asking."""
        if ref not in self.people:
            self.people[ref] = self.sample.customer(ref)
        return self.people[ref]

    def follow_up(self) -> int:
        """Run the job once."""
        return jobs.follow_up(self.sample.ground, self.sample.ground.now())

    def case(self, ref: str | None = "C1", **columns: Any) -> Case:
        """A case that a low answer of a customer opened."""
        response_id = self.answer(ref, **columns)
        self.follow_up()
        return self.all(Case, lambda row: row.response_id == response_id)[0]

    def all(self, model: Any, keep: Callable[[Any], bool] = lambda _row: True) -> list[Any]:
        """All rows of a table."""
        with self.sample.ground.reading() as session:
            return [row for row in session.scalars(select(model)).all() if keep(row)]

    def fresh(self, case: Case) -> Case:
        """The case as it is now."""
        return self.all(Case, lambda row: row.id == case.id)[0]

    def acts(self, case: Case) -> list[str]:
        """The acts in a case's timeline, in order."""
        rows = self.all(CaseStep, lambda row: row.case_id == case.id)
        return [row.act for row in sorted(rows, key=lambda row: (row.at, row.id))]

    def triggers(self, response_id: UUID) -> list[CaseTrigger]:
        """What rules made of an answer."""
        return self.all(CaseTrigger, lambda row: row.response_id == response_id)

    def doer(self, role: str = "outlet_manager", unit: str = "O1", rule_role: Role = Role.MANAGER) -> Doer:
        """A member of staff as the rules see them."""
        user = self.sample.user(role, unit)
        return Doer(Actor("user", str(user)), ActorFacts(str(user), rule_role, f"{role}.{unit}".lower()))

    def above(self) -> Doer:
        """A manager of the level above O1."""
        user = self.sample.user("outlet_manager", "B1")
        return Doer(Actor("user", str(user)), ActorFacts(str(user), Role.MANAGER, "outlet_manager.b1", above=True))

    def take(self, case: Case, step: Step, doer: Doer | None = None, now: datetime | None = None, **wanted: Any) -> Case:
        """Take a step with everything filled in that it may need."""
        full = {"note": "a note", "outcome": Outcome.REACHED, "root_cause": "process", "done": "the list was sent", **wanted}
        with self.sample.ground.writing() as session:
            take_step(session, case.id, doer or self.doer(), Wanted(step, **full), now or self.sample.ground.now())
        return self.fresh(case)

    def to_resolved(self, case: Case, doer: Doer | None = None) -> Case:
        """Accept, call, resolve."""
        for step in (Step.ACCEPT, Step.CONTACT, Step.RESOLVE):
            case = self.take(case, step, doer)
        return case

    def listen_for_solutions(self) -> None:
        """A touchpoint that asks for a re-rating when a case is solved."""
        now = self.sample.ground.now()
        with self.sample.ground.writing() as session:
            paper = Questionnaire(
                code="rerating",
                title_zh="复评",
                title_en="Re-rating",
                status="published",
                current_version_id=self.version_id,
                draft={},
                created_at=now,
                updated_at=now,
            )
            session.add(paper)
            session.add(EventType(code="case.resolved", name_zh="工单已处理", name_en="Case solved"))
            session.flush()
            session.add(
                Touchpoint(
                    code="rerating",
                    name_zh="复评",
                    name_en="Re-rating",
                    event_type="case.resolved",
                    questionnaire_id=paper.id,
                    class_="service",
                    active=True,
                    created_at=now,
                    updated_at=now,
                )
            )


def add_questionnaire(session: Session, sample: Sample, version_id: UUID) -> None:
    """A published questionnaire and the touchpoint that asks it."""
    now = sample.ground.now()
    paper = Questionnaire(code="counter", title_zh="柜面", title_en="Counter", draft={}, created_at=now, updated_at=now)
    session.add(paper)
    session.flush()
    session.add(
        QuestionnaireVersion(
            id=version_id,
            questionnaire_id=paper.id,
            number=1,
            definition={"pages": [{"questions": [NPS, WHY, MORE]}]},
            content_hash="x" * 64,
            published_at=now,
        )
    )
    session.add(EventType(code="counter.done", name_zh="柜面业务", name_en="Counter service"))
    session.flush()
    session.add(
        Touchpoint(
            code="counter",
            name_zh="柜面服务",
            name_en="Counter service",
            event_type="counter.done",
            questionnaire_id=paper.id,
            active=True,
            created_at=now,
            updated_at=now,
        )
    )
