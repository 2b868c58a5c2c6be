"""Skip logic: after a question on to another one, to the end of the block or of the survey. Ours jumps between pages."""

import re
from dataclasses import dataclass
from typing import Any

from questionnaires.interchange.carrying.files import string_of
from questionnaires.interchange.carrying.form import Form, Leap
from questionnaires.interchange.expressions.tree import Compare, Expr, Lit, Negate, Origin, Ref, Unsupported
from questionnaires.interchange.qualtrics.logic import ORDERS, selected
from questionnaires.logic.definition import END

Json = dict[str, Any]
_LOCATOR = re.compile(r"q://(QID\w+)/(\w+)(?:/([\w.~-]+))?(?:/([\w.~-]+))?")


@dataclass(frozen=True)
class Skip:
    """One skip: from a page, if its test holds, to a question, `ENDOFBLOCK` or `ENDOFSURVEY`."""

    go_if: Origin
    sheet: str
    block: str
    to: str


def skips_of(form: Form, raw: list[Json], qid: str, sheet: str, block: str) -> list[Skip]:
    """The skips of one question."""
    found: list[Skip] = []
    for one in raw:
        number = form.count()
        to = string_of(one.get("SkipToDestination"))
        try:
            found.append(Skip(Origin(number, "SkipLogic", qid, _test(one, qid)), sheet, block, to))
        except Unsupported as error:
            form.lose(number, error.code, "SkipLogic", qid, error.detail)
    return found


def _test(one: Json, qid: str) -> Expr:
    locator = _LOCATOR.match(string_of(one.get("ChoiceLocator") or one.get("Locator")))
    condition = string_of(one.get("Condition"))
    if locator is not None and locator[2] == "SelectableChoice" and locator[3] is not None:
        name, choice = (f"{locator[1]}/{locator[3]}", locator[4]) if locator[4] is not None else (locator[1], locator[3])
        return selected(name, choice, condition)
    if condition in ("Empty", "NotEmpty"):
        test = Compare("eq", Ref(qid), Lit(""))
        return test if condition == "Empty" else Negate(test)
    if condition in ORDERS:
        return Compare(ORDERS[condition], Ref(qid), Lit(string_of(one.get("RightOperand") or one.get("Value"))))
    raise Unsupported("expression_function", condition)


def leaps(form: Form, skips: list[Skip]) -> None:
    """Put skips onto their pages as jumps, now that all pages are known; one that leads back is told of."""
    sheets = [sheet for sheet in form.sheets if sheet.asks]
    place = {sheet.name: number for number, sheet in enumerate(sheets)}
    of_question = {name: number for number, sheet in enumerate(sheets) for ask in sheet.asks for name in ask.names}
    for skip in skips:
        here = place.get(skip.sheet)
        if here is None:
            form.lose(skip.go_if.number, "jump_unknown", "SkipLogic", skip.go_if.where, skip.to)
            continue
        to = _target(skip, sheets, here, of_question)
        if to is None:
            form.lose(skip.go_if.number, "jump_unknown", "SkipLogic", skip.go_if.where, skip.to)
        else:
            sheets[here].leaps.append(Leap(skip.go_if, to))


def _target(skip: Skip, sheets: list[Any], here: int, of_question: dict[str, int]) -> str | None:
    if skip.to == "ENDOFSURVEY":
        return END
    if skip.to == "ENDOFBLOCK":
        after = [sheet.name for sheet in sheets[here + 1 :] if sheet.name != skip.block and not sheet.name.startswith(f"{skip.block}_")]
        return after[0] if after else END
    number = of_question.get(skip.to)
    return sheets[number].name if number is not None and number > here else None
