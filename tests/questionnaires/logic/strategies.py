"""Any questionnaire that the builder can make, and people who answer it at random."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from portal.foundation.conditions import Op
from questionnaires.logic.definition import (
    JOINT,
    MATRICES,
    OTHER_SUFFIX,
    UPLOADS,
    WITH_OPTIONS,
    Definition,
    Display,
    EndingAction,
    Kind,
    Question,
    QuestionType,
)
from questionnaires.logic.reading import SLIDER_HIGH, SLIDER_LOW

Raw = dict[str, Any]
LANGUAGES = ("zh-Hans", "en", "fr")
UPLOAD_IDS = ("0190d3a1000070008000000000000001", "0190d3a1000070008000000000000002", "0190d3a1000070008000000000000003")
BOUNDS = (None, None, None, 0, 1, 2, 5, 100)
SOURCES = ("event.channel", "customer.segment", "link.campaign", "nowhere", "")
WORDS = (
    "您对等候时间满意吗？",
    "How was it?",
    "<b>bold</b> & <script>x</script>",
    "{{q0}} {{q1__r1}} {{gone}}",
    "密码是多少",
    " ",
    "🙂‮",
    "x" * 300,
)
VALUES = (0, 1, 6, 7, 100, -1, 2.5, True, False, "a", "b", "c", "yes", "r1", "2026-06-01", "09:30", "zh-Hans", "x y", "")
TYPES = list(QuestionType)


CONTEXT_FIELDS = ("language", "event.channel", "link.campaign", "variant.test", "short")


class Maker:
    """Makes parts of questionnaires by chance; what it makes is valid JSON for the model, though not always sensible."""

    def __init__(self, chance: random.Random, *, wild: bool) -> None:
        self.chance, self.wild = chance, wild

    def one_in(self, count: int) -> bool:
        """True once in so many times."""
        return self.chance.randrange(count) == 0

    def texts(self) -> dict[str, str]:
        """Words in some of the languages."""
        return {tag: self.chance.choice(WORDS) for tag in LANGUAGES if self.one_in(2)}

    def condition(self, names: Sequence[str], depth: int = 2) -> Raw:
        """A condition over some fields."""
        kind = self.chance.randrange(8) if depth else 7
        if kind == 0:
            return {"not": self.condition(names, depth - 1)}
        if kind < 3:
            parts = [self.condition(names, depth - 1) for _ in range(self.chance.randrange(4))]
            return {"all" if kind == 1 else "any": parts}
        test: Raw = {"field": self.chance.choice(names), "op": self.chance.choice(list(Op)).value}
        if test["op"] in (Op.IN, Op.NOT_IN):
            test["value"] = [self.chance.choice(VALUES) for _ in range(self.chance.randrange(4))]
        elif test["op"] not in (Op.PRESENT, Op.ABSENT):
            test["value"] = self.chance.choice(VALUES)
        return test

    def maybe(self, names: Sequence[str], count: int = 4) -> Raw | None:
        """A condition once in so many times."""
        return self.condition([*names, *CONTEXT_FIELDS]) if self.one_in(count) else None

    def question(self, code: str, earlier: Sequence[str]) -> Raw:
        """One question; its conditions read earlier answers and the context."""
        kind, pick = self.chance.choice(TYPES), self.chance.choice
        raw: Raw = {
            "code": code,
            "type": kind.value,
            "text": self.texts(),
            "required": self.one_in(2),
            "show_if": self.maybe(earlier),
            "shuffle": self.one_in(2),
            "long_only": self.one_in(6),
            "display": pick(list(Display)).value,
            "indicator": pick([None, None, "nps", "csat", "mood"]),
            "min": pick(BOUNDS),
            "max": pick(BOUNDS),
            "decimals": self.chance.randrange(3),
            "required_message": self.texts(),
            "tags": pick([[], ["a", "等候"]]),
        }
        if kind in MATRICES or self.one_in(20):
            raw["rows"] = [self.row(number, earlier) for number in range(1, self.chance.randrange(5) + 1)]
        if kind in WITH_OPTIONS or self.one_in(20):
            raw["options"] = [self.option(option, earlier) for option in "abcde"[: self.chance.randrange(6)]]
        raw |= self.extras(kind, code, earlier)
        return {name: value for name, value in raw.items() if value is not None}

    def row(self, number: int, names: Sequence[str]) -> Raw:
        """One line of a matrix."""
        found = {"code": f"r{number}", "text": self.texts(), "fixed": self.one_in(3), "show_if": self.maybe(names, 6)}
        return found | {"indicator": self.chance.choice([None, "ease", "nps"])}

    def option(self, code: str, names: Sequence[str]) -> Raw:
        """One choice."""
        flag = self.chance.choice(["", "", "", "exclusive", "other", "fixed"])
        found: Raw = {"code": code, "text": self.texts(), "show_if": self.maybe(names, 6), "score": self.chance.choice([None, 1, 2.5])}
        return found | ({flag: True} if flag else {})

    def extras(self, kind: QuestionType, code: str, earlier: Sequence[str]) -> Raw:
        """What only some types have."""
        found: Raw = {}
        pick = self.chance.choice
        if kind is QuestionType.SLIDER:
            found["step"] = pick([None, 1, 0.5, 3])
        if kind is QuestionType.CONSTANT_SUM:
            found["total"] = pick([None, 10, 0, 2.5])
        if kind is QuestionType.HIDDEN:
            found["source"] = pick(SOURCES)
        if kind is QuestionType.MATRIX_RATING:
            found |= {"points_low": pick([0, 1]), "points_high": pick([2, 5, 10])}
        carried = [name for name in earlier if JOINT not in name and name.startswith("q")]
        if carried and self.one_in(5):
            found["carry"] = {"question": pick(carried), "chosen": self.one_in(2)}
        if self.one_in(6):
            found["rules"] = [{"valid_if": self.condition([code, *earlier[-2:]]), "message": self.texts()}]
        return found

    def pages(self, most: int) -> tuple[list[Raw], list[str]]:
        """Pages, and the names of all answers."""
        everything = [f"q{number}" for number in range(most)] + ["q1__r1", "gone"]
        pages: list[Raw] = []
        names: list[str] = []
        number, count = 0, self.chance.randrange(0 if self.wild else 1, most + 1)
        while number < count:
            page: Raw = {"id": f"p{len(pages)}", "shuffle": self.one_in(2), "title": self.texts(), "questions": []}
            page["show_if"] = self.maybe(everything if self.wild else names)
            for _ in range(min(self.chance.randrange(0 if self.wild and self.one_in(3) else 1, 4), count - number)):
                code = self.chance.choice(everything[:most]) if self.wild else f"q{number}"
                page["questions"].append(self.question(code, everything if self.wild else names))
                names += Question.model_validate(page["questions"][-1]).names
                number += 1
            number += not page["questions"]
            pages.append({name: value for name, value in page.items() if value is not None})
        for place, page in enumerate(pages):
            page["jumps"] = self.jumps(place, len(pages), names or ["gone"])
        return pages, names or ["gone"]

    def jumps(self, place: int, count: int, names: Sequence[str]) -> list[Raw]:
        """Jumps of one page, forward unless everything may be."""
        if not self.one_in(3):
            return []
        targets = [f"p{number}" for number in range(0 if self.wild else place + 1, count)] + ["end"]
        conditions = [self.condition([*names, *CONTEXT_FIELDS]) for _ in range(self.chance.randrange(1, 3))]
        return [{"go_if": condition, "to": self.chance.choice(targets)} for condition in conditions]

    def document(self, most: int) -> Raw:
        """A whole questionnaire."""
        pages, names = self.pages(most)
        ids, pick = [page["id"] for page in pages], self.chance.choice
        raw: Raw = {
            "languages": self.chance.sample(LANGUAGES, self.chance.randrange(1, 4)),
            **{part: self.texts() for part in ("title", "thank_you", "intro", "privacy")},
            "kind": pick(list(Kind)).value,
            "pages": pages,
            "anonymous": self.one_in(2),
            "call_me": self.one_in(2),
            "experiments": pick([[], [{"code": "test", "arms": [{"code": "a", "weight": 2}, {"code": "b", "weight": 0}]}]]),
            "scores": pick([[], [{"indicator": "mood", "of": list(names[:2]), "mean": False, "times": 2.5, "plus": -1}]]),
        }
        if len(ids) > 1 and self.one_in(2):
            start = self.chance.randrange(len(ids) - 1)
            raw["blocks"] = [{"id": "block", "pages": ids[start : start + 3], "pick": pick([None, 1, 2])}]
        if self.one_in(2):
            action = pick(list(EndingAction)).value
            raw["endings"] = [{"id": "e", "show_if": self.condition([*names, "score.nps"]), "text": self.texts(), "action": action}]
            raw["quotas"] = [{"code": "k", "count_if": self.condition(names), "limit": 5, "message": self.texts()}]
        return {name: value for name, value in raw.items() if value is not None}


def definitions(*, wild: bool = False, most: int = 8) -> st.SearchStrategy[Definition]:
    """Any questionnaire. Its conditions look back and its jumps go forward, unless it is `wild`: then anything may refer to
    anything, and codes may be there twice. Made by a generator of chance, because drawing each part singly is slow.
    """
    return st.randoms(use_true_random=True).map(lambda chance: Definition.from_json(Maker(chance, wild=wild).document(most)))


CONTEXTS = st.fixed_dictionaries(
    {"language": st.sampled_from(LANGUAGES), "seed": st.sampled_from(["", "a", "b", "c", "d"]), "today": st.just("2026-06-15")},
    optional={"event.channel": st.sampled_from(["a", "sms"]), "link.campaign": st.sampled_from(["x y", "b"]), "short": st.just(True)},
)
"""What is known of somebody beside the answers."""

Fields = dict[str, list[str]]


def any_form(chance: random.Random, names: Sequence[str]) -> Fields:
    """What a careless or hostile person sends."""
    typed = (
        "",
        "0",
        "1",
        "6",
        "10",
        "a",
        "b",
        "zz",
        "yes",
        "no",
        "１２",
        "-1",
        "2026-06-01",
        "9:05",
        "x@y.cn",
        "13800138000",
        "\x00",
        *UPLOAD_IDS,
    )
    return {name: [chance.choice(typed) for _ in range(chance.choice((0, 1, 1, 1, 2)))] for name in names}


def good_form(chance: random.Random, question: Question) -> Fields:
    """Fields that answer a question rightly; give it as it is seen. Nothing where no answer could be right."""
    maker = _MAKERS.get(question.type)
    if maker is not None:
        return maker(chance, question)
    return {question.code: [_WRITTEN[question.type]]}


def _choice(chance: random.Random, question: Question) -> Fields:
    option = chance.choice(question.options) if question.options else None
    found = {question.code: [option.code] if option else []}
    return found | ({question.code + OTHER_SUFFIX: ["own words"]} if option and option.other else {})


def _several(chance: random.Random, question: Question) -> list[str]:
    codes = [option.code for option in question.options if not option.exclusive]
    least = int(question.min) if question.min is not None else 1
    most = int(question.max) if question.max is not None else len(codes)
    count = max(1, min(least, len(codes)))
    return chance.sample(codes, count) if codes and count <= most else []


def _matrix(chance: random.Random, question: Question) -> Fields:
    found: Fields = {}
    for name in question.names:
        if question.type is QuestionType.MATRIX_RATING:
            found[name] = [str(chance.choice(question.points))]
        elif question.type is QuestionType.MATRIX_SINGLE:
            found[name] = [chance.choice(question.options).code] if question.options else []
        else:
            found[name] = _several(chance, question)
    return found


def _ranking(chance: random.Random, question: Question) -> Fields:
    codes = [option.code for option in question.options]
    most = min(int(question.max), len(codes)) if question.max is not None else len(codes)
    least = min(int(question.min), len(codes)) if question.min is not None else most
    chance.shuffle(codes)
    ranked = codes[: max(1, least)] if most >= max(1, least) else []
    if chance.random() < 0.5:
        return {question.code: ranked}
    return {question.code + JOINT + code: [str(place)] for place, code in enumerate(ranked, 1)}


def _sum(chance: random.Random, question: Question) -> Fields:
    total = question.total if question.total is not None else 100
    if not question.options or total < 0:
        return {}
    return {question.code + JOINT + chance.choice(question.options).code: [f"{total:g}"]}


def _number(_chance: random.Random, question: Question) -> Fields:
    low = question.min if question.min is not None else 0 if question.max is None else min(0, question.max)
    if question.type is QuestionType.SLIDER:
        low = question.min if question.min is not None else SLIDER_LOW
        high = question.max if question.max is not None else SLIDER_HIGH
        return {question.code: [f"{low:g}"] if low <= high else []}
    return {question.code: [f"{low:g}"]}


def _uploads(_chance: random.Random, question: Question) -> Fields:
    least = int(question.min) if question.min is not None else 1
    return {question.code: list(UPLOAD_IDS[: min(max(1, least), question.most_files)])}


_WRITTEN = {
    QuestionType.SHORT_TEXT: "words",
    QuestionType.LONG_TEXT: "more\nwords",
    QuestionType.EMAIL: "a@b.cn",
    QuestionType.PHONE: "13800138000",
    QuestionType.DATE: "2026年6月16日",
    QuestionType.TIME: "下午3:05",
    QuestionType.CONSENT: "yes",
    QuestionType.YES_NO: "no",
    QuestionType.STATEMENT: "",
}
_MAKERS: dict[QuestionType, Callable[[random.Random, Question], Fields]] = {
    **dict.fromkeys(
        (QuestionType.NPS, QuestionType.CSAT, QuestionType.CES), lambda chance, one: {one.code: [str(chance.choice(one.points))]}
    ),
    **dict.fromkeys(MATRICES, _matrix),
    **dict.fromkeys(UPLOADS, _uploads),
    QuestionType.SINGLE: _choice,
    QuestionType.MULTIPLE: lambda chance, one: {one.code: _several(chance, one)},
    QuestionType.RANKING: _ranking,
    QuestionType.CONSTANT_SUM: _sum,
    QuestionType.NUMBER: _number,
    QuestionType.SLIDER: _number,
}
