"""The part of the check that follows the flow: what conditions, jumps, blocks, carried options and pipes refer to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portal.foundation.conditions import Parsed, fields_of
from questionnaires.logic.circles import circles
from questionnaires.logic.definition import CHOICES, END, MATRICES, WITH_OPTIONS, Carry, Definition, Jump, Page, Question, QuestionType
from questionnaires.logic.findings import Finding, error, warning
from questionnaires.logic.order import SHORT, VARIANT
from questionnaires.logic.outcome import SCORE
from questionnaires.logic.piping import PIPE, pipes_in, texts_of
from questionnaires.logic.scoring import indicators

CONTEXT = ("event.", "customer.", "link.")
"""Fields that conditions may read beside answers begin so; `language`, `short` and `variant.<experiment>` are others."""
CARRIED = frozenset({*CHOICES, QuestionType.RANKING, QuestionType.CONSTANT_SUM})
"""Types whose answer says which options were chosen."""


@dataclass(frozen=True)
class _Where:
    """What is known at one place: names of answers given before, on this page before, and pages mixed with this one."""

    question: str | None
    page: str
    before: frozenset[str]
    here: frozenset[str]
    mixed: frozenset[str]


def check_flow(definition: Definition) -> list[Finding]:
    """What refers to something that is not there, comes later, or may come in any order."""
    return [*_conditions(definition), *_blocks(definition), *_after(definition)]


def known_context(definition: Definition, name: str) -> bool:
    """Whether a field of the context can be there."""
    if name in ("language", SHORT) or name.startswith(CONTEXT):
        return True
    return name.startswith(VARIANT) and any(VARIANT + one.code == name for one in definition.experiments)


def _conditions(definition: Definition) -> Iterator[Finding]:
    round_about = circles(definition)
    before: frozenset[str] = frozenset()
    for number, page in enumerate(definition.pages):
        mixed = _mixed_with(definition, page)
        yield from _reads(definition, page.show_if, _Where(None, page.id, before, frozenset(), mixed), round_about)
        here: frozenset[str] = frozenset()
        for question in page.questions:
            where = _Where(question.code, page.id, before, here, mixed)
            yield from _question(definition, question, where, round_about)
            here |= set(question.names)
        before |= here
        for jump in page.jumps:
            yield from _reads(definition, jump.go_if, _Where(None, page.id, before, frozenset(), mixed), round_about)
            yield from _jump(definition, page, number, jump)
        yield from _pipes(definition, [page.title], _Where(None, page.id, before - here, here, mixed))


def _question(definition: Definition, question: Question, where: _Where, round_about: Mapping[str, int]) -> Iterator[Finding]:
    yield from _reads(definition, question.show_if, where, round_about)
    for part in question.parts:
        yield from _reads(definition, part.show_if, where, round_about, earlier_page=True)
    for rule in question.rules:
        own = _Where(where.question, where.page, where.before, where.here | set(question.names), where.mixed)
        yield from _reads(definition, rule.valid_if, own, {})
        if not set(question.names).intersection(fields_of(rule.valid_if)):
            yield warning("rule_ignores_answer", question.code, where.page)
    if question.carry is not None:
        yield from _carry(definition, question, question.carry, where)
    if question.type is QuestionType.HIDDEN:
        if not question.source:
            yield error("hidden_without_source", question.code, where.page)
        elif not known_context(definition, question.source):
            yield error("hidden_source_unknown", question.code, where.page, source=question.source)
    yield from _pipes(definition, texts_of(question), where)


def _reads(
    definition: Definition, condition: Parsed | None, where: _Where, round_about: Mapping[str, int], *, earlier_page: bool = False
) -> Iterator[Finding]:
    """What a condition reads was asked before; of options and rows on an earlier page, since they are drawn with their page."""
    for name in dict.fromkeys(fields_of(condition) if condition is not None else ()):
        if name in where.here and earlier_page:
            yield error("condition_on_same_page", where.question, where.page, field=name)
        elif name in where.before and name in where.mixed:
            yield error("condition_on_mixed", where.question, where.page, field=name)
        elif name in where.before or name in where.here or known_context(definition, name):
            continue
        elif name not in definition.by_name:
            yield error("condition_on_unknown", where.question, where.page, field=name)
        elif _same_circle(round_about, where.question, definition.by_name[name].code):
            yield error("condition_circle", where.question, where.page, field=name)
        else:
            yield error("condition_on_later", where.question, where.page, field=name)


def _same_circle(round_about: Mapping[str, int], one: str | None, other: str) -> bool:
    return one is not None and one in round_about and round_about[one] == round_about.get(other)


def _carry(definition: Definition, question: Question, carry: Carry, where: _Where) -> Iterator[Finding]:
    source = definition.by_code.get(carry.question)
    if question.type not in WITH_OPTIONS | MATRICES:
        yield error("carry_not_used", question.code, where.page)
    elif source is None:
        yield error("carry_unknown", question.code, where.page, field=carry.question)
    elif source.type not in CARRIED:
        yield error("carry_not_choice", question.code, where.page, field=carry.question)
    elif not where.before.intersection(source.names):
        yield error("carry_of_later", question.code, where.page, field=carry.question)
    elif where.mixed.intersection(source.names):
        yield error("condition_on_mixed", question.code, where.page, field=carry.question)
    else:
        known = {option.code for option in source.options}
        parts = [row.code for row in question.rows] if question.type in MATRICES else [o.code for o in question.options if not o.exclusive]
        for code in parts:
            if code not in known:
                yield error("carry_other_code", question.code, where.page, option=code, field=carry.question)


def _pipes(definition: Definition, texts: list[Mapping[str, str]], where: _Where) -> Iterator[Finding]:
    """Words can only repeat what was answered on an earlier page: the page is made before anything on it is answered."""
    for name in dict.fromkeys(name for one in texts for words in one.values() for name in pipes_in(words)):
        question = definition.by_name.get(name) or definition.by_code.get(name)
        names = {name} if name in definition.by_name else set(question.names) if question is not None else set()
        if not names:
            yield error("pipe_of_unknown", where.question, where.page, field=name)
        elif not names & where.before:
            yield error("pipe_of_later", where.question, where.page, field=name)


def _jump(definition: Definition, page: Page, number: int, jump: Jump) -> Iterator[Finding]:
    if jump.to == END:
        return
    target = definition.place.get(jump.to)
    if target is None:
        yield error("jump_unknown", None, page.id, to=jump.to)
    elif target <= number:
        yield error("jump_backward", None, page.id, to=jump.to)
    else:
        for block in definition.blocks:
            if jump.to in block.pages and (page.id in block.pages or jump.to != _first(definition, block.pages)):
                yield error("jump_into_block", None, page.id, to=jump.to, block=block.id)


def _first(definition: Definition, pages: tuple[str, ...]) -> str | None:
    return min((page for page in pages if page in definition.place), key=lambda page: definition.place[page], default=None)


def _mixed_with(definition: Definition, page: Page) -> frozenset[str]:
    """The names of answers on the other pages of this page's block: they may come later, or not at all."""
    others = {other for block in definition.blocks if page.id in block.pages for other in block.pages} - {page.id}
    return frozenset(name for one in definition.pages if one.id in others for question in one.questions for name in question.names)


def _blocks(definition: Definition) -> Iterator[Finding]:
    taken: set[str] = set()
    for block in definition.blocks:
        places = sorted(definition.place[page] for page in set(block.pages) if page in definition.place)
        for page in block.pages:
            if page not in definition.place:
                yield error("block_page_unknown", None, None, block=block.id, page_id=page)
        for page in sorted(taken.intersection(block.pages)):
            yield error("page_in_two_blocks", None, page if page in definition.place else None, block=block.id)
        taken.update(block.pages)
        if places and places[-1] - places[0] != len(places) - 1:
            yield error("block_not_adjacent", None, None, block=block.id)
        if block.pick is not None and block.pick >= len(places):
            make = error if block.pick > len(places) else warning
            yield make("block_picks_all", None, None, block=block.id, pick=block.pick, count=len(places))


def _after(definition: Definition) -> Iterator[Finding]:
    """Closing pages and quotas read all answers and the indicators."""
    scored = {SCORE + indicator for indicator in indicators(definition)}
    for kind, code, condition, texts in (
        *(("quota", one.code, one.count_if, one.message) for one in definition.quotas),
        *(("ending", one.id, one.show_if, one.text) for one in definition.endings),
    ):
        for name in dict.fromkeys(fields_of(condition)):
            if name not in definition.by_name and name not in scored and not known_context(definition, name):
                yield error("condition_on_unknown", None, None, field=name, **{kind: code})
        yield from _after_pipes(definition, texts, kind, code)
    yield from _after_pipes(definition, definition.thank_you, "part", "thank_you")
    for part in ("title", "intro", "privacy"):
        if any(PIPE.search(words) for words in getattr(definition, part).values()):
            yield error("pipe_too_early", None, None, part=part)


def _after_pipes(definition: Definition, texts: Mapping[str, str], kind: str, code: str) -> Iterator[Finding]:
    for name in dict.fromkeys(name for words in texts.values() for name in pipes_in(words)):
        if name not in definition.by_name and name not in definition.by_code:
            yield error("pipe_of_unknown", None, None, field=name, **{kind: code})
