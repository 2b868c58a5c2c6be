"""What stands beside the pages of a form: blocks in random order, A/B tests, quotas, scores, closing pages."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from questionnaires.interchange.carrying.codes import Taken, fitted
from questionnaires.interchange.carrying.form import Form
from questionnaires.interchange.carrying.names import Names
from questionnaires.interchange.expressions.tree import Expr
from questionnaires.logic.definition import MOST_BLOCKS, MOST_ENDINGS, MOST_QUOTAS, MOST_SCORES
from questionnaires.logic.order import VARIANT

Json = dict[str, Any]
Said = Callable[..., dict[str, str]]
Held = Callable[[Expr | None, str, str], Json | None]
Lose = Callable[[Expr | None, str, str, str], None]


class Beside:
    """Makes them with the means of the building: conditions said as ours, words cleaned."""

    def __init__(self, form: Form, names: Names, condition: Held, words: Said) -> None:
        self._form, self._names, self._condition, self._words = form, names, condition, words

    def blocks(self, pages: Mapping[str, str], split: set[str]) -> list[Json]:
        """Blocks; one whose pages are not there, or had to be parted, is told of."""
        found: list[Json] = []
        taken = Taken()
        for name, sheets, pick in self._form.blocks:
            ids = [pages[one] for one in sheets if one in pages]
            if len(ids) < 2 or split.intersection(ids) or len(found) >= MOST_BLOCKS:
                self._form.notes.lost("block", "random order", name)
                continue
            found.append({"id": taken.free(fitted(name, "block")), "pages": ids, **({"pick": pick} if pick and pick < len(ids) else {})})
        return found

    def experiments(self, pages: list[Json]) -> list[Json]:
        """A/B tests, with the codes that `Form.draw` gave them; one that nothing on the pages hangs on is told of."""
        used = json.dumps(pages)
        found: list[Json] = []
        for one in self._form.draws:
            if f'"{VARIANT}{one.code}"' in used:
                found.append({"code": one.code, "arms": [{"code": arm} for arm in one.arms]})
            else:
                self._form.notes.lost("experiment", "random assignment", one.code)
        return found

    def quotas(self) -> list[Json]:
        """Quotas whose condition can be said."""
        found: list[Json] = []
        taken = Taken()
        for one in self._form.quotas:
            counted = self._condition(one.count_if, "quota", one.name)
            if counted is None or len(found) >= MOST_QUOTAS:
                self._form.notes.lost("quota", one.construct, one.name, one.limit)
                continue
            code = taken.free(fitted(one.name, "quota"))
            found.append({"code": code, "count_if": counted, "limit": one.limit, "message": self._words(one.message, one.name)})
        return found

    def scores(self) -> list[Json]:
        """Scores; names that are no answers here are left out."""
        made: list[Json] = []
        taken = Taken()
        for indicator, names, mean in self._form.scores[:MOST_SCORES]:
            of = [answer for name in names if (answer := self._names.answer(name)) is not None]
            if of:
                made.append({"indicator": taken.free(fitted(indicator, "score")), "of": of, "mean": mean})
        return made

    def endings(self, lose: Lose) -> list[Json]:
        """Closing pages whose condition can be said."""
        made: list[Json] = []
        taken = Taken()
        for close in self._form.closes:
            shown = self._condition(close.show_if, "ending", close.name)
            if shown is None:
                continue
            if len(made) >= MOST_ENDINGS:
                lose(close.show_if, "too_many_endings", "ending", close.name)
                continue
            text = self._words(close.text, close.name, rich=True)
            made.append({"id": taken.free(fitted(close.name, "ending")), "show_if": shown, "text": text})
        return made
