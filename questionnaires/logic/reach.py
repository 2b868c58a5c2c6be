"""Whether anybody can ever come to a page, question, jump or closing page: the answers that decide about it are tried out.

Only answers that make a difference are tried: those that the conditions name, one beside each, and the ends of a domain.
Where there are too many combinations the thing counts as reachable. Chance (blocks, mixing) is left out of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.foundation import conditions
from portal.foundation.conditions import Parsed, Test
from questionnaires.logic.definition import END, Definition, Jump, Page, Question, QuestionType
from questionnaires.logic.seeing import depends_on
from questionnaires.logic.tryout import context_values, values_of

MOST_TRIES, MOST_TRIES_IN_ALL, MOST_NAMES = 4_000, 60_000, 14

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Goal:
    """What shall come about: conditions that hold together on a page, after the questions before one of them.

    page    the number of the page; the number of pages stands for the end
    before  the question of the page before which the conditions are looked at; without one they stand before the page, or
            with `after` behind all its questions
    """

    page: int
    conditions: tuple[Parsed, ...]
    before: str | None = None
    after: bool = False


@dataclass
class Reach:
    """Tries goals of one definition, within bounds for all of them together."""

    definition: Definition
    left: int = MOST_TRIES_IN_ALL

    def can(self, goal: Goal) -> bool:
        """Whether some answers bring a goal about; also where it would take too long to know."""
        plan = _Plan(self.definition, goal)
        if len(plan.names) > MOST_NAMES or self.left <= 0:
            return True
        search = _Search(plan, min(MOST_TRIES, self.left))
        found = search.run()
        self.left -= search.tries
        return found


class _Plan:
    """The pages, questions and jumps that decide about a goal."""

    def __init__(self, definition: Definition, goal: Goal) -> None:
        self.definition, self.goal = definition, goal
        self.names: set[str] = set()
        self.jumps: dict[int, tuple[Jump, ...]] = {}
        conditions_read = list(goal.conditions)
        pages = {goal.page} if goal.page < len(definition.pages) else set()
        if pages and (own := definition.pages[goal.page].show_if) is not None:
            conditions_read.append(own)
        conditions_read += self._jumps_over(pages)
        while conditions_read:
            conditions_read = self._widen(conditions_read, pages)
        self.pages = sorted({definition.page_of[name] for name in self.names if name in definition.page_of} | set(self.jumps))
        self.tests = list(self._all_tests())
        context = {test.field for test in self.tests if test.field not in definition.by_name}
        self.context = {name: context_values(definition, name, self.tests) for name in sorted(context)}
        self.names |= context

    def _widen(self, fresh: list[Parsed], pages: set[int]) -> list[Parsed]:
        """Take in what conditions read; the conditions that decide about that come next."""
        more: list[Parsed] = []
        waiting = [name for condition in fresh for name in conditions.fields_of(condition)]
        while waiting:
            name = waiting.pop()
            question = self.definition.by_name.get(name)
            if name in self.names or question is None:
                continue
            self.names.add(name)
            page = self.definition.page_of[name]
            pages.add(page)
            more += [one for one in (question.show_if, self.definition.pages[page].show_if) if one is not None]
            waiting += [one for one in depends_on(question) if one in self.definition.by_name]
        return more + self._jumps_over(pages)

    def _jumps_over(self, pages: set[int]) -> list[Parsed]:
        """The jumps that may leave out a page that matters."""
        more: list[Parsed] = []
        for number, page in enumerate(self.definition.pages[: self.goal.page]):
            if number not in self.jumps and any(self._over(number, jump, pages) for jump in page.jumps):
                self.jumps[number] = page.jumps
                pages.add(number)
                more += [jump.go_if for jump in page.jumps] + ([page.show_if] if page.show_if is not None else [])
        return more

    def _over(self, number: int, jump: Jump, pages: set[int]) -> bool:
        return any(number < page < landing(self.definition, jump) for page in pages)

    def _all_tests(self) -> Iterator[Test]:
        found = list(self.goal.conditions)
        for number in {*self.pages, self.goal.page}:
            if number < len(self.definition.pages):
                found += _conditions_of(self.definition.pages[number], self.names)
        found += [jump.go_if for jumps in self.jumps.values() for jump in jumps]
        for condition in found:
            yield from conditions.tests_of(condition)


class _Search:
    """Depth first over the answers of the needed questions, in the order in which they are asked."""

    def __init__(self, plan: _Plan, most: int) -> None:
        self.plan, self.most, self.tries = plan, most, 0
        self.pages = [page for page in plan.pages if page < plan.goal.page]

    def run(self) -> bool:
        return any(self._page(0, facts, 0) for facts in _combinations(self.plan.context))

    def _page(self, at: int, facts: Facts, landed: int) -> bool:
        self.tries += 1
        if self.tries > self.most:
            return True
        if at == len(self.pages):
            return self._arrived(facts, landed)
        number = self.pages[at]
        page = self.plan.definition.pages[number]
        if number < landed or not conditions.holds(page.show_if, facts):
            return self._page(at + 1, facts, landed)
        for known in self._asked(self._needed(page), facts):
            for onward in {self._jump(number, known, landed), *(() if _surely_shown(self.plan.definition, page) else (landed,))}:
                if self._page(at + 1, known, onward):
                    return True
        return False

    def _arrived(self, facts: Facts, landed: int) -> bool:
        goal, pages = self.plan.goal, self.plan.definition.pages
        if goal.page == len(pages):
            return self._met(facts)
        page = pages[goal.page]
        if goal.page < landed or not conditions.holds(page.show_if, facts):
            return False
        if goal.before is None and not goal.after:
            return self._met(facts)
        return any(self._met(known) for known in self._asked(self._needed(page, goal.before), facts))

    def _met(self, facts: Facts) -> bool:
        self.tries += 1
        return self.tries > self.most or all(conditions.holds(one, facts) for one in self.plan.goal.conditions)

    def _needed(self, page: Page, before: str | None = None) -> list[tuple[Question, str]]:
        found = []
        for question in page.questions:
            if question.code == before:
                break
            found += [(question, name) for name in question.names if name in self.plan.names]
        return found

    def _asked(self, needed: Sequence[tuple[Question, str]], facts: Facts) -> Iterator[Facts]:
        if not needed:
            yield facts
            return
        (question, name), rest = needed[0], needed[1:]
        if not conditions.holds(question.show_if, facts):
            yield from self._asked(rest, facts)
            return
        for value in values_of(self.plan.definition, question, name, self.plan.tests):
            if self.tries > self.most:
                return
            yield from self._asked(rest, {**facts, name: value})

    def _jump(self, number: int, facts: Facts, landed: int) -> int:
        for jump in self.plan.jumps.get(number, ()):
            if conditions.holds(jump.go_if, facts):
                return max(landed, landing(self.plan.definition, jump))
        return landed


def landing(definition: Definition, jump: Jump) -> int:
    """The number of the page to which a jump leads; that of all pages for the end, 0 for a page that is not there."""
    return len(definition.pages) if jump.to == END else definition.place.get(jump.to, 0)


def _conditions_of(page: Page, names: set[str]) -> list[Parsed]:
    needed = [question for question in page.questions if names.intersection(question.names)]
    return [one for one in (page.show_if, *(question.show_if for question in needed)) if one is not None]


def _surely_shown(definition: Definition, page: Page) -> bool:
    """Whether a page is shown wherever its own condition holds, so that its jumps count; of others both ways are tried.

    One of a mixed block may come later than it is written, or not be picked.
    """
    if any(page.id in block.pages for block in definition.blocks):
        return False
    hidden = [question.type is QuestionType.HIDDEN for question in page.questions]
    plain = [one.show_if is None and not one.selective and not one.long_only for one in page.questions]
    return all(hidden) or any(shown and not silent for shown, silent in zip(plain, hidden, strict=True))


def _combinations(domains: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    if not domains:
        yield {}
        return
    name, *others = domains
    for value in domains[name]:
        for facts in _combinations({other: domains[other] for other in others}):
            yield {name: value, **facts}
