"""A questionnaire as a file tells it: names and words of the file, conditions as trees. `building` makes a definition from it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from questionnaires.interchange.carrying.codes import Taken, fitted
from questionnaires.interchange.carrying.counts import Counts as Counts
from questionnaires.interchange.carrying.files import CannotRead
from questionnaires.interchange.carrying.notes import Notes
from questionnaires.interchange.expressions.dialects import Dialect
from questionnaires.interchange.expressions.parser import parse
from questionnaires.interchange.expressions.translate import NO, YES, Target
from questionnaires.interchange.expressions.tree import Expr, Origin, Unsupported
from questionnaires.logic.definition import MOST_ARMS, MOST_EXPERIMENTS, Display, Kind, QuestionType
from questionnaires.logic.order import VARIANT

MOST_CELLS, MOST_CHOICES = 20_000, 200_000
"""Of a whole file: a few bytes that name rows and columns, or one list for every question, must not become gigabytes."""
Texts = dict[str, str]
"""Words by the file's own name of the language."""


@dataclass(frozen=True)
class Filter:
    """Options (or rows) by an earlier answer: those it chose, or those it did not. `number` is its place among the conditions."""

    source: str
    chosen: bool
    number: int


@dataclass
class Part:
    """An option or a row. `codes` are further spellings of it in the file; `made` where the file only implies it (points of a scale)."""

    name: str
    text: Texts
    exclusive: bool = False
    other: bool = False
    fixed: bool = False
    score: float | None = None
    show_if: Expr | None = None
    codes: tuple[str, ...] = ()
    made: bool = False


@dataclass
class Ask:
    """A question. `first` is False for the further parts of one that became several here.

    parts   the rows and columns of a grid that a further question stands for
    filtered shown only where an earlier answer chose (or did not choose) an option
    names   further names in the file: name -> ("", "") the answer, ("row", row), ("option", option), ("other", ""), ("all", "")
    """

    name: str
    type: QuestionType
    text: Texts
    help: Texts = field(default_factory=dict)
    where: str = ""
    required: bool = False
    required_message: Texts = field(default_factory=dict)
    show_if: Expr | None = None
    options: list[Part] = field(default_factory=list)
    rows: list[Part] = field(default_factory=list)
    rules: list[tuple[Expr, Texts]] = field(default_factory=list)
    carry: Filter | None = None
    display: Display = Display.AUTO
    shuffle: bool = False
    low_label: Texts = field(default_factory=dict)
    high_label: Texts = field(default_factory=dict)
    points: tuple[int, int] | None = None
    min: float | None = None
    max: float | None = None
    step: float | None = None
    total: float | None = None
    decimals: int = 0
    max_length: int | None = None
    source: str = ""
    indicator: str | None = None
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    yes: frozenset[str] = YES
    no: frozenset[str] = NO
    first: bool = True
    parts: tuple[str, ...] = ()
    filtered: tuple[Filter, str] | None = None
    tags: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """How it is called in the report."""
        return self.where or self.name


@dataclass
class Leap:
    """After a page: where to go on if a condition holds; a page's name, or `end`."""

    go_if: Expr
    to: str


@dataclass
class Sheet:
    """A page."""

    name: str
    title: Texts = field(default_factory=dict)
    show_if: Expr | None = None
    asks: list[Ask] = field(default_factory=list)
    leaps: list[Leap] = field(default_factory=list)
    shuffle: bool = False
    first: bool = True


@dataclass
class Close:
    """Closing words for an outcome."""

    name: str
    show_if: Expr
    text: Texts


@dataclass
class Limit:
    """A quota: how many of those who meet a condition are wanted, and what the others are told. `construct` is its name in the file."""

    name: str
    count_if: Expr
    limit: int
    message: Texts
    construct: str = "quota"


@dataclass(frozen=True)
class Draw:
    """An A/B test with the codes of its arms."""

    code: str
    arms: tuple[str, ...]


@dataclass
class Form:
    """A whole questionnaire. Names of the file that are no answers stand beside.

    fields         a score, the arm of a test
    aliases        names whose value only repeats an answer
    language_name  what the language of the answer is called in conditions
    """

    languages: list[str]
    title: Texts = field(default_factory=dict)
    intro: Texts = field(default_factory=dict)
    thank_you: Texts = field(default_factory=dict)
    privacy: Texts = field(default_factory=dict)
    sheets: list[Sheet] = field(default_factory=list)
    closes: list[Close] = field(default_factory=list)
    blocks: list[tuple[str, list[str], int | None]] = field(default_factory=list)
    scores: list[tuple[str, list[str], bool]] = field(default_factory=list)
    quotas: list[Limit] = field(default_factory=list)
    draws: list[Draw] = field(default_factory=list)
    fields: dict[str, Target] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    language_name: str = ""
    kind: Kind = Kind.RELATIONSHIP
    anonymous: bool = False
    notes: Notes = field(default_factory=Notes)
    counts: Counts = field(default_factory=Counts)
    pipe: re.Pattern[str] | None = None
    piped: Callable[[str], str | None] = str
    lost: set[int] = field(default_factory=set)
    cells: int = 0
    offered: int = 0

    def make_cells(self, rows: int, columns: int) -> None:
        """Count the cells of a grid before they are made.

        Raises  CannotRead where the file has too many in all
        """
        self.cells += rows * columns
        if self.cells > MOST_CELLS:
            raise CannotRead("file_too_large")

    def offer(self, choices: int) -> None:
        """Count choices before a shared list of them is copied for a question.

        Raises  CannotRead where the file has too many in all
        """
        self.offered += choices
        if self.offered > MOST_CHOICES:
            raise CannotRead("file_too_large")

    def draw(self, name: str, arms: list[str]) -> Target | None:
        """An A/B test of so many arms, as conditions read it by the file's names of the arms; None where it can't be one."""
        if len(self.draws) >= MOST_EXPERIMENTS or not 2 <= len(arms) <= MOST_ARMS:
            return None
        codes = Taken()
        values = {arm: codes.free(fitted(arm, "arm")) for arm in arms}
        code = Taken(one.code for one in self.draws).free(fitted(name, "test"))
        self.draws.append(Draw(code, tuple(values.values())))
        return Target(f"{VARIANT}{code}", "choice", values=values)

    def count(self) -> int:
        """The number of the next condition."""
        self.counts.conditions += 1
        return self.counts.conditions

    def expression(self, text: str | None, dialect: Dialect, construct: str, where: str) -> Expr | None:
        """A condition of the file as a tree; one that can't be read is told of. Counts it."""
        if text is None or not text.strip():
            return None
        number = self.count()
        try:
            return Origin(number, construct, where, parse(text, dialect))
        except Unsupported as error:
            self.lose(number, error.code, construct, where, text)
            return None

    def lose(self, number: int, code: str, construct: str, where: str, detail: object = "") -> None:
        """A condition that is not carried over."""
        self.lost.add(number)
        self.notes.lost(code, construct, where, detail)

    def lose_new(self, code: str, construct: str, where: str, detail: object = "") -> None:
        """A condition that is met only to be told of."""
        self.lose(self.count(), code, construct, where, detail)
