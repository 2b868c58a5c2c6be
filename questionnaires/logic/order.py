"""Chance in a questionnaire, the same for one link whenever it is looked at: arms, blocks, mixed pages, options and rows.

Chance hangs on the context's `seed`, a text that is sticky for a link. Without a seed everything stands as written and
each experiment takes its first arm, so that a preview shows what its designer wrote.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from portal.foundation.chance import chance
from questionnaires.logic.definition import Block, Definition, Experiment, Page, Question

SEED, SHORT, TODAY, VARIANT = "seed", "short", "today", "variant."
"""Names in a context: what chance hangs on, whether the short variant is asked, the day of the answer, the arms drawn."""

Item = TypeVar("Item")


def seed_of(context: Mapping[str, Any]) -> str:
    """What chance hangs on; nothing where it is left out."""
    return str(context.get(SEED) or "")


def mixed(items: Sequence[Item], name: Callable[[Item], str], fixed: Callable[[Item], bool], seed: str, *parts: str) -> list[Item]:
    """Items in an order of chance; fixed ones keep their places.

    parts   a label and what is mixed, so that two questions of one person are not mixed alike
    """
    if not seed:
        return list(items)
    moving = iter(sorted((one for one in items if not fixed(one)), key=lambda one: (chance(*parts, seed, name(one)), name(one))))
    return [one if fixed(one) else next(moving) for one in items]


def arm_of(experiment: Experiment, seed: str) -> str:
    """The arm of an experiment that a seed draws, by the arms' weights."""
    whole = sum(arm.weight for arm in experiment.arms)
    if not seed or whole == 0:
        return next((arm.code for arm in experiment.arms if arm.weight), experiment.arms[0].code)
    left = chance("variant", experiment.code, seed) * whole
    for arm in experiment.arms:
        left -= arm.weight
        if left < 0:
            return arm.code
    return next(arm.code for arm in reversed(experiment.arms) if arm.weight)


def with_arms(definition: Definition, context: Mapping[str, Any]) -> dict[str, Any]:
    """A context with the arm of each experiment; one that is given already stays (a preview of one arm)."""
    facts = dict(context)
    for experiment in definition.experiments:
        facts.setdefault(VARIANT + experiment.code, arm_of(experiment, seed_of(context)))
    return facts


def page_order(definition: Definition, context: Mapping[str, Any]) -> Sequence[int]:
    """The pages that this seed may be asked, in its order: blocks mixed, those not picked left out."""
    if not definition.blocks:
        return range(len(definition.pages))
    seed, order = seed_of(context), list(range(len(definition.pages)))
    left_out: set[int] = set()
    taken: set[int] = set()
    for block in definition.blocks:
        places = _places(definition, block, taken)
        taken.update(places)
        drawn = mixed(places, lambda place: definition.pages[place].id, lambda _place: False, seed, "block", block.id)
        left_out.update(drawn[block.pick :] if block.pick is not None else ())
        for place, page in zip(places, drawn, strict=True):
            order[place] = page
    return [page for page in order if page not in left_out]


def _places(definition: Definition, block: Block, taken: set[int]) -> list[int]:
    """The pages of a block, by their numbers; a page belongs to the first block that names it."""
    found = {definition.place[page] for page in block.pages if page in definition.place}
    return sorted(found - taken)


def question_order(page: Page, depends: Callable[[Question], set[str]], seed: str) -> list[Question]:
    """The questions of a page; where it is mixed, one that hangs on another of the page stays behind it.

    depends   the names of the answers that decide about a question
    """
    if not page.shuffle or not seed:
        return list(page.questions)
    groups: list[list[Question]] = []
    for question in page.questions:
        wanted = depends(question)
        group = next((one for one in reversed(groups) if any(wanted.intersection(earlier.names) for earlier in one)), None)
        if group is None:
            groups.append([question])
        else:
            group.append(question)
    drawn = mixed(groups, lambda group: group[0].code, lambda group: not group[0].names, seed, "page", page.id)
    return [question for group in drawn for question in group]
