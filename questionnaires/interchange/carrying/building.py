"""A definition from a form: codes given, words cleaned, conditions said as ours, pages parted where ours have to be."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.foundation import conditions
from questionnaires.interchange.carrying import paging
from questionnaires.interchange.carrying.beside import Beside
from questionnaires.interchange.carrying.codes import Taken, fitted
from questionnaires.interchange.carrying.form import Ask, Counts, Form, Leap, Part, Sheet
from questionnaires.interchange.carrying.languages import tags, thanks, wrong
from questionnaires.interchange.carrying.names import Named, Names
from questionnaires.interchange.carrying.notes import Note
from questionnaires.interchange.carrying.shapes import bounds
from questionnaires.interchange.carrying.wording import Wording
from questionnaires.interchange.expressions.translate import Target, condition, every, opposite, tidy
from questionnaires.interchange.expressions.tree import Compare, Expr, Lit, Logic, Negate, Ref, Unsupported, both, origins_in
from questionnaires.logic.definition import (
    END,
    MATRICES,
    MOST_JUMPS,
    WITH_OPTIONS,
    Definition,
    QuestionType,
)  # fmt: skip
from questionnaires.logic.flow_check import CARRIED
from questionnaires.logic.question import MOST_RULES

Json = dict[str, Any]
CHOOSING = CARRIED - {QuestionType.CONSTANT_SUM}


@dataclass(frozen=True)
class Built:
    """A definition, what was lost or changed, how much the file had, and how its names and codes are called here."""

    definition: Definition
    notes: tuple[Note, ...]
    counts: Counts
    carried: Counts
    conditions_lost: int
    names: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)


def build(form: Form) -> Built:
    """The definition of a form."""
    return _Building(form).made()


class _Building:
    def __init__(self, form: Form) -> None:
        self._form = form
        self._tags = tags(form.languages, form.notes)
        _copy_carried(form)
        self._names = Names(form)
        if form.language_name:
            form.fields[form.language_name] = Target(
                "language", "choice", values={**self._tags, **{tag: tag for tag in self._tags.values()}}
            )
        self._wording = Wording(form, self._names, self._tags)
        self._pages: dict[str, str] = {}
        self._there: set[str] = set()
        ids = Taken((END,))
        for sheet in form.sheets:
            self._pages.setdefault(sheet.name, ids.free(fitted(sheet.name, "page")))

    def made(self) -> Built:
        form, notes = self._form, self._form.notes
        carried = {id(one.ask) for one in self._names}
        pages = [self._page(sheet) for sheet in form.sheets]
        pages, split = paging.arranged([page for page in pages if page["questions"]], notes)
        self._drop_jumps(pages)
        title = self._words(form.title, "title", pipes=False)
        languages = list(dict.fromkeys(self._tags.values()))
        document: Json = {
            "languages": languages,
            "title": title or dict.fromkeys(languages, "Questionnaire"),
            "kind": form.kind.value,
            "intro": self._words(form.intro, "intro", rich=True, pipes=False),
            "thank_you": self._words(form.thank_you, "thank_you", rich=True),
            "privacy": self._words(form.privacy, "privacy", rich=True, pipes=False),
            "pages": pages,
            **self._beside(split, pages),
            "anonymous": form.anonymous,
        }
        for language in languages:
            if not document["thank_you"].get(language):
                document["thank_you"][language] = thanks(language)
        made = Definition.from_json(document)
        come = Counts(
            pages=sum(1 for sheet in form.sheets if any(ask.first and id(ask) in carried for ask in sheet.asks)),
            questions=sum(1 for one in self._names if one.ask.first),
            options=sum(not part.made for one in self._names for _code, part in one.option_parts),
            languages=len(languages),
            conditions=form.counts.conditions - len(form.lost),
        )
        return Built(
            made, tuple(notes), form.counts, come, len(form.lost), self._names.known(), {one.code: one.options for one in self._names}
        )

    def _beside(self, split: set[str], pages: list[Json]) -> Json:
        beside = Beside(self._form, self._names, self._condition, self._words)
        there = {name: page for name, page in self._pages.items() if page in self._there}
        return {
            "blocks": beside.blocks(there, split),
            "experiments": beside.experiments(pages),
            "quotas": beside.quotas(),
            "scores": beside.scores(),
            "endings": beside.endings(self._lose),
        }

    def _drop_jumps(self, pages: list[Json]) -> None:
        """Jumps to pages that hold nothing, so are not there."""
        there = {page["id"] for page in pages} | {END}
        for page in pages:
            for jump in page["jumps"]:
                if jump["to"] not in there:
                    self._form.notes.lost("jump_unknown", "jump", page["id"], jump["to"])
            page["jumps"] = [jump for jump in page["jumps"] if jump["to"] in there]
        self._there = there

    def _words(self, texts: dict[str, str], place: str, *, rich: bool = False, pipes: bool = True) -> dict[str, str]:
        return self._wording.said(texts, place, rich=rich, pipes=pipes)

    def _condition(self, expr: Expr | None, construct: str, place: str, own: str = "") -> Json | None:
        """A condition of ours; of several joined ones those that can't be said are left out, each told of."""
        parts = expr.parts if isinstance(expr, Logic) and expr.every else (expr,) if expr is not None else ()
        found = [made for part in parts if (made := self._single(part, construct, place, own)) is not None]
        if not found:
            return None
        joined = tidy(every(found))
        try:
            conditions.parse(joined)
        except ValueError:
            self._lose(expr, "expression_too_large", construct, place)
            return None
        return joined

    def _single(self, expr: Expr, construct: str, place: str, own: str) -> Json | None:
        try:
            return condition(expr, lambda name: self._names.target(own if name in (".", "self", "this", "$self.value") and own else name))
        except Unsupported as error:
            self._lose(expr, error.code, construct, place, error.detail)
            return None

    def _lose(self, expr: Expr | None, code: str, construct: str, place: str, detail: str = "") -> None:
        origins = origins_in(expr) if expr is not None else []
        for one in origins:
            self._form.lose(one.number, code, one.construct, one.where, detail)
        if not origins:
            self._form.notes.lost(code, construct, place, detail)

    def _page(self, sheet: Sheet) -> Json:
        place = next(iter(sheet.title.values()), "") or sheet.name
        return {
            "id": self._pages[sheet.name],
            "title": self._words(sheet.title, place),
            "show_if": self._condition(sheet.show_if, "show_if", place),
            "shuffle": sheet.shuffle,
            "questions": [self._question(self._names.by_ask[id(ask)]) for ask in sheet.asks if id(ask) in self._names.by_ask],
            "jumps": [one for leap in sheet.leaps[:MOST_JUMPS] if (one := self._jump(leap, place)) is not None],
        }

    def _jump(self, leap: Leap, place: str) -> Json | None:
        go_if = self._condition(leap.go_if, "jump", place)
        to = END if leap.to == END else self._pages.get(leap.to)
        if go_if is None or to is None:
            if go_if is not None:
                self._lose(leap.go_if, "jump_unknown", "jump", place, leap.to)
            return None
        return {"go_if": go_if, "to": to}

    def _question(self, named: Named) -> Json:
        ask, place = named.ask, named.ask.place
        statement = ask.type is QuestionType.STATEMENT
        made: Json = {
            "code": named.code,
            "type": ask.type.value,
            "display": ask.display.value,
            "text": self._words(ask.text, place, rich=statement),
            "help": self._words(ask.help, place, rich=True),
            "required": ask.required and not statement and ask.type is not QuestionType.HIDDEN,
            "required_message": self._words(ask.required_message, place),
            "show_if": self._condition(self._with_filter(ask), "show_if", place),
            "shuffle": ask.shuffle,
            "low_label": self._words(ask.low_label, place),
            "high_label": self._words(ask.high_label, place),
            "source": (ask.source or f"link.{named.code}") if ask.type is QuestionType.HIDDEN else "",
            "indicator": self._indicator(ask),
            "rules": self._rules(named),
            "tags": list(ask.tags),
            **bounds(ask, len(named.option_parts)),
        }
        if ask.type in WITH_OPTIONS:
            made["options"] = [self._option(code, part, place) for code, part in named.option_parts]
        if ask.type in MATRICES:
            made["rows"] = [self._row(code, part, place) for code, part in named.row_parts]
        self._carry(named, made)
        return made

    def _with_filter(self, ask: Ask) -> Expr | None:
        """What a question hangs on, with the option of an earlier answer that its row of a grid was filtered by."""
        if ask.filtered is None:
            return ask.show_if
        (name, chosen), option = (ask.filtered[0].source, ask.filtered[0].chosen), ask.filtered[1]
        found = self._names.find(name)
        if (answered := self._answered(name, option)) is not None:
            return both(ask.show_if, answered if chosen else Negate(answered))
        if found is None or found[0].ask.type not in CHOOSING or option not in found[0].options:
            self._form.lose(ask.filtered[0].number, "filter_of_unknown", "filter", ask.place, name)
            return ask.show_if
        op = "eq" if found[0].ask.type is QuestionType.SINGLE else "contains"
        test: Expr = Compare(op, Ref(name), Lit(option))
        return both(ask.show_if, test if chosen else Negate(test))

    def _answered(self, name: str, row: str) -> Expr | None:
        """Whether a row of an earlier matrix, or of a list of fields, is answered."""
        names = self._names.of_row(name, row)
        self._form.fields |= {f"\0{answer}": Target(answer, "text") for answer in names}
        tests: tuple[Expr, ...] = tuple(Negate(Compare("eq", Ref(f"\0{answer}"), Lit(""))) for answer in names)
        return Logic(False, tests) if tests else None

    def _indicator(self, ask: Ask) -> str | None:
        """The one an importer names; the first 0–10 scale feeds the NPS."""
        if ask.indicator:
            return fitted(ask.indicator, "indicator")
        first = next((one.ask for one in self._names if one.ask.type is QuestionType.NPS), None)
        return "nps" if ask is first else None

    def _option(self, code: str, part: Part, place: str) -> Json:
        shown = self._condition(part.show_if, "option", f"{place} · {part.name}")
        return {
            "code": code, "text": self._part_words(part, place), "exclusive": part.exclusive,
            "other": part.other, "fixed": part.fixed, "score": part.score, "show_if": shown,
        }  # fmt: skip

    def _row(self, code: str, part: Part, place: str) -> Json:
        shown = self._condition(part.show_if, "row", f"{place} · {part.name}")
        return {"code": code, "text": self._part_words(part, place), "fixed": part.fixed, "show_if": shown}

    def _part_words(self, part: Part, place: str) -> dict[str, str]:
        """The words of an option or row; one that has none is called by its name, as are the points of a scale in every language."""
        text = dict.fromkeys(self._form.languages, part.name) | part.text if part.made or not any(part.text.values()) else part.text
        return self._words(text, place)

    def _rules(self, named: Named) -> list[Json]:
        found = []
        for expr, message in named.ask.rules[:MOST_RULES]:
            valid = self._condition(expr, "validation", named.ask.place, named.ask.name)
            if valid is not None:
                said = self._words(message, named.ask.place, pipes=True)
                found.append({"valid_if": valid, "message": {one: said.get(one) or wrong(one) for one in self._tags.values()}})
        for _expr, _message in named.ask.rules[MOST_RULES:]:
            self._lose(_expr, "too_many_rules", "validation", named.ask.place)
        return found

    def _carry(self, named: Named, made: Json) -> None:
        """Options by an earlier answer: as a whole where the codes are the same, else part by part."""
        if named.ask.carry is None:
            return
        name, chosen, number = named.ask.carry.source, named.ask.carry.chosen, named.ask.carry.number
        found = self._names.find(name)
        key = "rows" if named.ask.type in MATRICES else "options"
        answered = {code: self._answered(name, part.name) for code, part in (*named.row_parts, *named.option_parts)}
        if key in made and any(answered[one["code"]] is not None for one in made[key]):
            self._by_rows(named, made[key], answered, chosen)
            return
        if found is None or found[0].ask.type not in CARRIED or found[0] is named or key not in made:
            self._form.lose(number, "filter_of_unknown", "filter", named.ask.place, name)
            return
        source = found[0]
        codes = {code for code, _part in source.option_parts}
        parts = [one for one in made[key] if not one.get("exclusive")]
        if all(one["code"] in codes for one in parts):
            made["carry"] = {"question": source.code, "chosen": chosen}
            return
        self._part_by_part(named, source, made[key], chosen)

    def _by_rows(self, named: Named, parts: list[Json], answered: dict[str, Expr | None], chosen: bool) -> None:
        """Options (or rows) that are offered where an earlier question's row of the same name is answered."""
        for one in parts:
            test = answered[one["code"]]
            if test is None:
                self._form.notes.lost("filter_without_option", "filter", f"{named.ask.place} · {one['code']}")
            elif one["show_if"] is None:
                one["show_if"] = self._condition(test if chosen else Negate(test), "filter", named.ask.place)

    def _part_by_part(self, named: Named, source: Named, parts: list[Json], chosen: bool) -> None:
        theirs = {ours: name for name, ours in reversed(source.options.items())}
        for one in parts:
            if one["code"] not in theirs:
                self._form.notes.lost("filter_without_option", "filter", f"{named.ask.place} · {one['code']}", source.ask.name)
            elif one["show_if"] is None:
                op = "contains" if source.ask.type is not QuestionType.SINGLE else "eq"
                test = self._condition(Compare(op, Ref(source.ask.name), Lit(theirs[one["code"]])), "filter", named.ask.place)
                one["show_if"] = test if chosen or test is None else opposite(test)


def _copy_carried(form: Form) -> None:
    """A question whose options are all carried from another gets that one's."""
    asks = [ask for sheet in form.sheets for ask in sheet.asks]
    by_name: dict[str, Ask] = {}
    for ask in asks:
        for name in (ask.name, *ask.names):
            by_name.setdefault(name, ask)
    for ask in asks:
        source = by_name.get(ask.carry.source) if ask.carry is not None else None
        if source is not None and source is not ask and ask.type in CARRIED and not ask.options:
            ask.options = [
                Part(one.name, dict(one.text), one.exclusive, codes=one.codes, made=True) for one in source.options if not one.other
            ]


Reader = Callable[[bytes], Built]
