"""One question of a questionnaire: its type, words, options, rows, bounds, conditions.

Answers are flat, so that conditions, figures and exports name each by one word. A question `q` gives the answer `q`;
beside an "other" option `q__other`; a matrix gives `q__<row>` for each row (a column's code, a list of them, or a
number), a constant sum `q__<option>` (a number). A ranking is the list of options, best first; a date is `YYYY-MM-DD`, a
time `HH:MM`; files, photos and signatures are lists of ids of uploads; consent is `true`; a hidden field is text.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints

from portal.foundation import conditions

MOST_OPTIONS, MOST_ROWS, MOST_RULES, MOST_FILES = 200, 50, 10, 5
OTHER_SUFFIX = "__other"
"""The text beside an "other" option is the answer `<question>__other`."""
JOINT = "__"
"""Between a question and the row or option that an answer belongs to; no code holds it."""

Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
OptionCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", max_length=40)]
NodeCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]*$", max_length=40)]
Words = Annotated[str, StringConstraints(max_length=2000)]
Texts = Mapping[Language, Words]
Condition = Annotated[
    conditions.Parsed,
    BeforeValidator(conditions.parse),
    PlainSerializer(lambda condition: condition.model_dump(mode="json", by_alias=True, exclude_defaults=True), return_type=dict[str, Any]),
]


class QuestionType(StrEnum):
    """What kind of answer a question takes."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    SINGLE = "single"
    MULTIPLE = "multiple"
    YES_NO = "yes_no"
    MATRIX_SINGLE = "matrix_single"
    MATRIX_MULTIPLE = "matrix_multiple"
    MATRIX_RATING = "matrix_rating"
    RANKING = "ranking"
    CONSTANT_SUM = "constant_sum"
    SLIDER = "slider"
    NUMBER = "number"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    EMAIL = "email"
    PHONE = "phone"
    DATE = "date"
    TIME = "time"
    FILE = "file"
    PHOTO = "photo"
    SIGNATURE = "signature"
    CONSENT = "consent"
    STATEMENT = "statement"
    HIDDEN = "hidden"


class Display(StrEnum):
    """How a question's choices are drawn; `auto` is the type's own way."""

    AUTO = "auto"
    NUMBERS = "numbers"
    STARS = "stars"
    FACES = "faces"
    RADIO = "radio"
    DROPDOWN = "dropdown"
    PICTURES = "pictures"


SCALES: Mapping[QuestionType, tuple[int, int]] = {QuestionType.NPS: (0, 10), QuestionType.CSAT: (1, 5), QuestionType.CES: (1, 7)}
CHOICES = frozenset({QuestionType.SINGLE, QuestionType.MULTIPLE})
MATRICES = frozenset({QuestionType.MATRIX_SINGLE, QuestionType.MATRIX_MULTIPLE, QuestionType.MATRIX_RATING})
WITH_OPTIONS = frozenset(
    {*CHOICES, QuestionType.MATRIX_SINGLE, QuestionType.MATRIX_MULTIPLE, QuestionType.RANKING, QuestionType.CONSTANT_SUM}
)
"""Types that need options; for a matrix they are its columns."""
TEXTS = frozenset({QuestionType.SHORT_TEXT, QuestionType.LONG_TEXT})
UPLOADS = frozenset({QuestionType.FILE, QuestionType.PHOTO, QuestionType.SIGNATURE})
SILENT = frozenset({QuestionType.STATEMENT, QuestionType.HIDDEN})
"""Types that ask nothing of the person; a hidden field has an answer all the same."""
LONGEST_TEXT: Mapping[QuestionType, int] = {QuestionType.SHORT_TEXT: 200, QuestionType.LONG_TEXT: 2000}


class Strict(BaseModel):
    """A part of the document: unknown keys are refused, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with changes, not checked; pydantic would hand on what was worked out from the fields before the change."""
        copied = super().model_copy(update=update, deep=deep)
        for name in set(copied.__dict__) - set(type(self).model_fields):
            del copied.__dict__[name]
        return copied


class Option(Strict):
    """One choice, or one column of a matrix.

    `exclusive` rules out all others; `other` opens a field for own words; `score` feeds the indicator; `image` is a
    picture of the bank's; a `fixed` one keeps its place where the others are shuffled; `node` files a reason under a node
    of the taxonomy of experience problems.
    """

    code: OptionCode
    text: Texts = Field(default_factory=dict)
    exclusive: bool = False
    other: bool = False
    fixed: bool = False
    score: float | None = None
    show_if: Condition | None = None
    image: UUID | None = None
    node: NodeCode | None = None


class Row(Strict):
    """One line of a matrix; it may feed an indicator of its own."""

    code: OptionCode
    text: Texts = Field(default_factory=dict)
    fixed: bool = False
    indicator: Code | None = None
    show_if: Condition | None = None


class Rule(Strict):
    """What an answer must also fulfil, in a condition over the answers up to this one, and what is said if it does not."""

    valid_if: Condition
    message: Texts = Field(default_factory=dict)


class Carry(Strict):
    """Options kept only where an earlier question's answer chose them (or did not); of a matrix its rows.

    Codes must be the same in both. Exclusive options ("none of these") stay beside at least one that is kept. Of a blank
    answer nothing was chosen.
    """

    question: Code
    chosen: bool = True


class BankSource(Strict):
    """The bank question and its revision that a question was taken from."""

    question: UUID
    revision: int = Field(ge=1)


class Question(Strict):
    """One question. `code` names it in forms, answers, conditions and pipes.

    `min` and `max` bound a number, slider, date (days from the day of the answer) or how many choices, ranks or files;
    `step` is a slider's; `points_low` and `points_high` the ends of a rating matrix; `total` what a constant sum must
    give; `low_label` and `high_label` stand at the ends of a scale; `source` names the context field (`event.channel`,
    `link.campaign`) that fills a hidden one; `long_only` leaves it out of the short variant for large-text readers.
    """

    code: Code
    type: QuestionType
    display: Display = Display.AUTO
    text: Texts = Field(default_factory=dict)
    help: Texts = Field(default_factory=dict)
    required: bool = False
    required_message: Texts = Field(default_factory=dict)
    show_if: Condition | None = None
    options: tuple[Option, ...] = Field(default=(), max_length=MOST_OPTIONS)
    rows: tuple[Row, ...] = Field(default=(), max_length=MOST_ROWS)
    carry: Carry | None = None
    shuffle: bool = False
    low_label: Texts = Field(default_factory=dict)
    high_label: Texts = Field(default_factory=dict)
    points_low: int = Field(default=1, ge=0, le=1)
    points_high: int = Field(default=5, ge=2, le=10)
    min: float | None = None
    max: float | None = None
    step: float | None = Field(default=None, gt=0)
    total: float | None = None
    decimals: int = Field(default=0, ge=0, le=6)
    max_length: int | None = Field(default=None, ge=1, le=10_000)
    rules: tuple[Rule, ...] = Field(default=(), max_length=MOST_RULES)
    source: Annotated[str, StringConstraints(max_length=100)] = ""
    indicator: Code | None = None
    long_only: bool = False
    tags: tuple[str, ...] = ()
    bank: BankSource | None = None

    @property
    def longest(self) -> int:
        """The most characters that a text answer may have."""
        return self.max_length or LONGEST_TEXT.get(self.type, 200)

    @property
    def points(self) -> range:
        """The points of a scale, or of each row of a rating matrix; empty for other types."""
        if self.type is QuestionType.MATRIX_RATING:
            return range(self.points_low, self.points_high + 1)
        low, high = SCALES.get(self.type, (0, -1))
        return range(low, high + 1)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all answers that the question may give, in their order."""
        if self.type is QuestionType.STATEMENT:
            return ()
        if self.type in MATRICES:
            return tuple(self.code + JOINT + row.code for row in self.rows)
        if self.type is QuestionType.CONSTANT_SUM:
            return tuple(self.code + JOINT + option.code for option in self.options)
        other = (self.code + OTHER_SUFFIX,) if self.type in CHOICES and any(option.other for option in self.options) else ()
        return (self.code, *other)

    @property
    def parts(self) -> "tuple[Option | Row, ...]":
        """Options, then rows."""
        return (*self.options, *self.rows)

    @property
    def most_files(self) -> int:
        """How many files an answer may hold."""
        if self.type is QuestionType.SIGNATURE:
            return 1
        return min(MOST_FILES, max(1, int(self.max))) if self.max is not None else 1

    @cached_property
    def selective(self) -> bool:
        """Whether not everybody who is asked sees all its options and rows."""
        return self.carry is not None or any(part.show_if is not None for part in self.parts)
