"""The part of the check that looks at what stands beside the pages: experiments, worked-out scores, quotas, closing pages."""

from collections import Counter
from collections.abc import Iterator

from portal.foundation.conditions import Parsed, fields_of, tests_of
from questionnaires.logic.definition import SCALES, Definition, Experiment, Score
from questionnaires.logic.findings import Finding, error, warning
from questionnaires.logic.order import VARIANT
from questionnaires.logic.outcome import SCORE
from questionnaires.logic.question_check import STANDARD_INDICATORS, without_score
from questionnaires.logic.scoring import SCORED
from questionnaires.logic.wording_check import begs, missing, reward_in, secrets
from questionnaires.logic.words import WordLists


def check_parts(definition: Definition, lists: WordLists) -> Iterator[Finding]:
    """What is wrong with the parts beside the pages, and rewards that hang on a score."""
    used = {name for condition in _all_conditions(definition) for name in fields_of(condition)}
    for experiment in definition.experiments:
        yield from _experiment(experiment, used)
    for score in definition.scores:
        yield from _score(definition, score)
    for quota in definition.quotas:
        if any(quota.message.values()):
            yield from missing(quota.message, definition, "quota", None, quota=quota.code)
        yield from secrets(quota.message, lists, quota=quota.code)
    for ending in definition.endings:
        yield from missing(ending.text, definition, "ending", None, ending=ending.id)
        yield from secrets(ending.text, lists, ending=ending.id)
        yield from begs(ending.text, lists, None, ending=ending.id)
    for page in definition.pages:
        for one in (*secrets(page.title, lists), *begs(page.title, lists)):
            yield Finding(one.code, one.severity, None, page.id, one.facts)
    yield from _rewards(definition)


def _experiment(experiment: Experiment, used: set[str]) -> Iterator[Finding]:
    for code, count in Counter(arm.code for arm in experiment.arms).items():
        if count > 1:
            yield error("duplicate_arm", None, None, experiment=experiment.code, arm=code)
    if not any(arm.weight for arm in experiment.arms):
        yield error("arms_without_weight", None, None, experiment=experiment.code)
    else:
        for arm in experiment.arms:
            if arm.weight == 0:
                yield warning("arm_never_drawn", None, None, experiment=experiment.code, arm=arm.code)
    if VARIANT + experiment.code not in used:
        yield warning("experiment_unused", None, None, experiment=experiment.code)


def _score(definition: Definition, score: Score) -> Iterator[Finding]:
    facts = {"score": score.indicator}
    for name in score.of:
        question = definition.by_name.get(name) or definition.by_code.get(name)
        if question is None or (name not in definition.by_name and question.type not in SCORED):
            yield error("score_of_unknown", None, None, field=name, **facts)
        elif question.type not in SCORED:
            yield error("indicator_not_scorable", question.code, indicator=score.indicator)
        elif without_score(question):
            yield error("missing_score_mapping", question.code, indicator=score.indicator)
    if len(set(score.of)) < len(score.of):
        yield warning("score_counts_twice", None, None, **facts)
    if score.at_least > len(score.of):
        yield error("score_never_enough", None, None, at_least=score.at_least, count=len(score.of), **facts)
    if score.times == 0:
        yield error("score_always_same", None, None, **facts)
    wanted = STANDARD_INDICATORS.get(score.indicator)
    if wanted is not None and not _keeps_scale(definition, score):
        low, high = SCALES[wanted]
        yield error("wrong_scale_for_indicator", None, None, indicator=score.indicator, low=low, high=high)


def _keeps_scale(definition: Definition, score: Score) -> bool:
    """Whether a worked-out score stays on the standard scale it is named after: the mean of such scales, unchanged."""
    wanted = SCALES[STANDARD_INDICATORS[score.indicator]]
    parts = [definition.by_name.get(name) or definition.by_code.get(name) for name in score.of]
    ends = [(one.points[0], one.points[-1]) if one is not None and one.points else None for one in parts]
    return (score.mean or len(score.of) == 1) and (score.times, score.plus) == (1.0, 0.0) and all(one == wanted for one in ends)


def _rewards(definition: Definition) -> Iterator[Finding]:
    """Words for a reward that only some scores bring to sight."""
    scored = {question.code for question in definition.questions() if question.type in SCALES or question.indicator}
    for ending in definition.endings:
        if (word := reward_in(ending.text)) and _weighs_score(ending.show_if, scored):
            yield warning("reward_by_score", None, None, word=word, ending=ending.id)
    for page in definition.pages:
        for question in page.questions:
            if (word := reward_in(question.text)) and any(_weighs_score(one, scored) for one in (page.show_if, question.show_if)):
                yield warning("reward_by_score", question.code, None, word=word)


def _weighs_score(condition: Parsed | None, scored: set[str]) -> bool:
    """Whether a condition asks for more than that a score was given."""
    if condition is None:
        return False
    return any(test.value is not None and (test.field in scored or test.field.startswith(SCORE)) for test in tests_of(condition))


def _all_conditions(definition: Definition) -> Iterator[Parsed]:
    for page in definition.pages:
        yield from (jump.go_if for jump in page.jumps)
        yield from (page.show_if,) if page.show_if is not None else ()
        for question in page.questions:
            found = [
                question.show_if,
                *(part.show_if for part in question.parts),
                *(rule.valid_if for rule in question.rules),
            ]
            yield from (one for one in found if one is not None)
    yield from (one.count_if for one in definition.quotas)
    yield from (one.show_if for one in definition.endings)
