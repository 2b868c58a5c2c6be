"""What a question of each type has to fill in, and how the types are offered."""

from collections.abc import Mapping

from questionnaires.logic.definition import CHOICES, MATRICES, SCALES, WITH_OPTIONS, Display, QuestionType

Q = QuestionType
GROUPS: Mapping[str, tuple[Q, ...]] = {
    "scales": (Q.NPS, Q.CSAT, Q.CES, Q.SLIDER),
    "choices": (Q.SINGLE, Q.MULTIPLE, Q.YES_NO, Q.RANKING),
    "matrices": (Q.MATRIX_RATING, Q.MATRIX_SINGLE, Q.MATRIX_MULTIPLE),
    "words": (Q.SHORT_TEXT, Q.LONG_TEXT, Q.EMAIL, Q.PHONE),
    "figures": (Q.NUMBER, Q.CONSTANT_SUM, Q.DATE, Q.TIME),
    "things": (Q.PHOTO, Q.FILE, Q.SIGNATURE),
    "rest": (Q.STATEMENT, Q.CONSENT, Q.HIDDEN),
}
"""All types, in the groups of the picker."""

ICONS: Mapping[Q, str] = {
    Q.NPS: "chart", Q.CSAT: "star", Q.CES: "scales", Q.SLIDER: "swap", Q.SINGLE: "target", Q.MULTIPLE: "check-square",
    Q.YES_NO: "check", Q.RANKING: "list", Q.MATRIX_RATING: "layers", Q.MATRIX_SINGLE: "layers", Q.MATRIX_MULTIPLE: "layers",
    Q.SHORT_TEXT: "edit", Q.LONG_TEXT: "message", Q.EMAIL: "mail", Q.PHONE: "phone", Q.NUMBER: "plus", Q.CONSTANT_SUM: "bank",
    Q.DATE: "calendar", Q.TIME: "clock", Q.PHOTO: "eye", Q.FILE: "upload", Q.SIGNATURE: "edit", Q.STATEMENT: "info",
    Q.CONSENT: "shield", Q.HIDDEN: "lock",
}  # fmt: skip

DISPLAYS: Mapping[Q, tuple[Display, ...]] = {
    Q.CSAT: (Display.AUTO, Display.NUMBERS, Display.STARS, Display.FACES),
    Q.SINGLE: (Display.AUTO, Display.RADIO, Display.DROPDOWN, Display.PICTURES),
    Q.MULTIPLE: (Display.AUTO, Display.PICTURES),
}
ENDS = frozenset({*SCALES, Q.SLIDER, Q.MATRIX_RATING})
"""Types with words at the ends of a scale."""
SCORED = frozenset({*SCALES, Q.NUMBER, Q.SINGLE, Q.YES_NO, Q.SLIDER})
"""Types whose answer can feed an indicator; the rows of a rating matrix feed each their own."""
OPTION_SCORES = frozenset({Q.SINGLE, Q.MATRIX_SINGLE})
EXCLUSIVE = frozenset({Q.MULTIPLE, Q.MATRIX_MULTIPLE})
NUMBERS: Mapping[Q, tuple[str, ...]] = {
    Q.NUMBER: ("min", "max", "decimals"),
    Q.SLIDER: ("min", "max", "step"),
    Q.DATE: ("min", "max"),
    Q.MULTIPLE: ("min", "max"),
    Q.MATRIX_MULTIPLE: ("min", "max"),
    Q.RANKING: ("min", "max"),
    Q.FILE: ("min", "max"),
    Q.PHOTO: ("min", "max"),
    Q.CONSTANT_SUM: ("total", "decimals"),
    Q.SHORT_TEXT: ("max_length",),
    Q.LONG_TEXT: ("max_length",),
    Q.MATRIX_RATING: ("points_low", "points_high"),
}
WHOLE_NUMBERS = frozenset({"decimals", "max_length", "points_low", "points_high"})
FRACTIONS = frozenset({Q.NUMBER, Q.SLIDER, Q.CONSTANT_SUM})
"""Types whose bounds may be fractions; the others count things."""


def keys(kind: Q) -> tuple[str, ...]:
    """The keys of a question of a type that its form edits, lists and conditions apart."""
    found = ["text", "help", "tags", "long_only"]
    if kind is Q.HIDDEN:
        return ("text", "source", "tags")
    if kind is Q.STATEMENT:
        return tuple(found)
    found += ["required", "required_message"]
    found += ["display"] if kind in DISPLAYS else []
    found += ["low_label", "high_label"] if kind in ENDS else []
    found += ["indicator"] if kind in SCORED else []
    found += ["shuffle"] if kind in WITH_OPTIONS | MATRICES else []
    found += NUMBERS.get(kind, ())
    return tuple(found)


def lists(kind: Q) -> tuple[str, ...]:
    """The lists of a question of a type."""
    found = ("rows",) if kind in MATRICES else ()
    return (*found, *(("options",) if kind in WITH_OPTIONS else ()))


def may_carry(kind: Q) -> bool:
    """Whether its options can follow an earlier question's answer."""
    return kind in CHOICES or kind is Q.RANKING


def may_rule(kind: Q) -> bool:
    """Whether an answer can be held against rules."""
    return kind not in (Q.STATEMENT, Q.HIDDEN)


def long_text(kind: Q) -> bool:
    """Whether the question's own words are rich text."""
    return kind is Q.STATEMENT
