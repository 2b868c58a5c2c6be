"""The part of the check that asks whether anybody can come there: pages, questions, options, jumps, rules, closing pages."""

from collections.abc import Iterator, Set

from portal.foundation.conditions import Parsed, fields_of, holds
from questionnaires.logic.definition import Definition, Page, Question
from questionnaires.logic.findings import Finding, error, warning
from questionnaires.logic.flow_check import known_context
from questionnaires.logic.outcome import SCORE
from questionnaires.logic.reach import Goal, Reach

Broken = Set[tuple[str | None, str | None]]
"""(question, page) of conditions that refer to nothing: whether they hold is not asked."""


def check_reach(definition: Definition, broken: Broken) -> list[Finding]:
    """What no answers lead to."""
    reach = Reach(definition)
    jumps = any(page.jumps for page in definition.pages)
    found: list[Finding] = []
    for number, page in enumerate(definition.pages):
        if (None, page.id) not in broken and (jumps or page.show_if is not None) and not reach.can(Goal(number, ())):
            found.append(error("unreachable_page", None, page.id))
            continue
        for question in page.questions:
            if (question.code, page.id) not in broken:
                found += _question(reach, number, question)
        if (None, page.id) not in broken:
            found += _jumps(reach, number, page)
    return [*found, *_endings(definition, reach), *_quotas(definition, reach)]


def _question(reach: Reach, number: int, question: Question) -> Iterator[Finding]:
    own = (question.show_if,) if question.show_if is not None else ()
    if own and not reach.can(Goal(number, own, before=question.code)):
        yield error("never_shown", question.code)
        return
    for kind, parts in (("option", question.options), ("row", question.rows)):
        for part in parts:
            if part.show_if is not None and not reach.can(Goal(number, (*own, part.show_if), before=question.code)):
                yield error(f"{kind}_never_shown", question.code, None, **{kind: part.code})
    for rule_number, rule in enumerate(question.rules, 1):
        if not reach.can(Goal(number, (rule.valid_if,), after=True)):
            yield error("rule_never_fulfilled", question.code, None, rule=rule_number)


def _jumps(reach: Reach, number: int, page: Page) -> Iterator[Finding]:
    """A jump that never happens, by itself or because one before it always does."""
    always = False
    for jump in page.jumps:
        if always or not reach.can(Goal(number, (jump.go_if,), after=True)):
            yield warning("jump_never_taken", None, page.id, to=jump.to)
        always = always or (not any(fields_of(jump.go_if)) and holds(jump.go_if, {}))


def _endings(definition: Definition, reach: Reach) -> Iterator[Finding]:
    for one in definition.endings:
        if _readable(definition, one.show_if) and not reach.can(Goal(len(definition.pages), (one.show_if,))):
            yield error("ending_never_shown", None, None, ending=one.id)


def _quotas(definition: Definition, reach: Reach) -> Iterator[Finding]:
    for one in definition.quotas:
        if _readable(definition, one.count_if) and not reach.can(Goal(len(definition.pages), (one.count_if,))):
            yield error("quota_never_counts", None, None, quota=one.code)


def _readable(definition: Definition, condition: Parsed) -> bool:
    return all(name in definition.by_name or name.startswith(SCORE) or known_context(definition, name) for name in fields_of(condition))
