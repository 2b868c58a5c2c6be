"""Readers of answers that stand in several fields of a form: matrices, rankings, constant sums; and of uploads."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from questionnaires.logic.definition import JOINT, MATRICES, Question, QuestionType
from questionnaires.logic.problems import Problem
from questionnaires.logic.reading import many_of, number, one_of

Form = Mapping[str, Sequence[str]]
Uploads = Container[str] | Callable[[str], bool] | None
"""The ids (as text) of the uploads that this link made."""
WHOLE_SUM = 100.0


@dataclass(slots=True)
class Parts:
    """The answers of one question that were read well, by name, and what is wrong."""

    answers: dict[str, Any] = field(default_factory=dict)
    problem: Problem | None = None


PartsReader = Callable[[Form], Parts]


def values_of(form: Form, name: str) -> list[str]:
    """The values of a field that are not empty."""
    return [value for value in form.get(name, ()) if value != ""]


def parts_reader(question: Question) -> PartsReader | None:
    """The reader of a question that stands in several fields, as it is offered; None for the others."""
    if question.type in MATRICES:
        return _matrix(question)
    if question.type is QuestionType.RANKING:
        return _ranking(question)
    return _sum(question) if question.type is QuestionType.CONSTANT_SUM else None


def _matrix(question: Question) -> PartsReader:
    if question.type is QuestionType.MATRIX_RATING:
        read = one_of({str(point): point for point in question.points})
    elif question.type is QuestionType.MATRIX_SINGLE:
        read = one_of({option.code: option.code for option in question.options})
    else:
        read = many_of(question)

    def read_rows(form: Form) -> Parts:
        found, missing = Parts(), []
        for row in question.rows:
            name = question.code + JOINT + row.code
            answer = read(values_of(form, name))
            if isinstance(answer, Problem):
                found.problem = found.problem or Problem(answer.code, {**answer.facts, "rows": [row.code]})
            elif answer is not None:
                found.answers[name] = answer
            else:
                missing.append(row.code)
        if missing and question.required:
            found.problem = found.problem or Problem("rows_missing", {"rows": missing})
        return found

    return read_rows


def _ranking(question: Question) -> PartsReader:
    codes = [option.code for option in question.options]
    most = min(int(question.max), len(codes)) if question.max is not None else len(codes)
    least = min(int(question.min), len(codes)) if question.min is not None else most

    def read(form: Form) -> Parts:
        ranked = values_of(form, question.code) or _by_rank(question, form)
        if isinstance(ranked, Problem):
            return Parts(problem=ranked)
        if not ranked:
            return Parts(problem=Problem("answer_required") if question.required else None)
        if not set(ranked) <= set(codes):
            return Parts(problem=Problem("choice_unknown"))
        if len(set(ranked)) < len(ranked):
            return Parts(problem=Problem("rank_twice"))
        if len(ranked) < least:
            return Parts(problem=Problem("too_few_ranked", {"min": least}))
        if len(ranked) > most:
            return Parts(problem=Problem("too_many_ranked", {"max": most}))
        return Parts({question.code: ranked})

    return read


def _by_rank(question: Question, form: Form) -> list[str] | Problem:
    """Options in the order of the ranks that were given to them; ranks may leave gaps but not be given twice."""
    read = number(1, len(question.options), 0)
    ranks: dict[int, str] = {}
    for option in question.options:
        rank = read(values_of(form, question.code + JOINT + option.code))
        if isinstance(rank, Problem):
            return Problem("choice_unknown")
        if rank in ranks:
            return Problem("rank_twice")
        if rank is not None:
            ranks[rank] = option.code
    return [ranks[rank] for rank in sorted(ranks)]


def _sum(question: Question) -> PartsReader:
    read = number(0, None, question.decimals)
    total = question.total if question.total is not None else WHOLE_SUM
    names = [question.code + JOINT + option.code for option in question.options]

    def read_shares(form: Form) -> Parts:
        shares = {name: read(values_of(form, name)) for name in names}
        if all(share is None for share in shares.values()):
            return Parts(problem=Problem("answer_required") if question.required else None)
        wrong = next((share for share in shares.values() if isinstance(share, Problem)), None)
        if wrong is not None:
            return Parts(problem=wrong)
        whole = {name: share or 0 for name, share in shares.items()}
        reached = sum((Decimal(str(share)) for share in whole.values()), Decimal(0))
        if reached != Decimal(str(total)):
            return Parts(problem=Problem("sum_wrong", {"total": f"{total:g}", "sum": f"{float(reached):g}"}))
        return Parts(whole)

    return read_shares


def read_uploads(question: Question, values: Sequence[str], uploads: Uploads) -> Any:
    """Ids of uploads of this very link, each once, in the order in which they were sent."""
    ids = list(dict.fromkeys(_id(value) for value in values if value))
    if not ids:
        return None
    if not all(one and _known(one, uploads) for one in ids):
        return Problem("upload_unknown")
    least = min(int(question.min), question.most_files) if question.min is not None else 0
    if len(ids) < least:
        return Problem("too_few_files", {"min": least})
    if len(ids) > question.most_files:
        return Problem("too_many_files", {"max": question.most_files})
    return ids


def _known(one: str, uploads: Uploads) -> bool:
    if uploads is None:
        return False
    return uploads(one) if callable(uploads) else one in uploads


def _id(value: str) -> str:
    try:
        return UUID(value[:40]).hex
    except ValueError:
        return ""
