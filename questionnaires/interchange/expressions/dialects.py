"""The spelling of each language: how names, operators and values are written."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Dialect:
    """A language. `token` has the groups ref, text, number, word and sign; `words` and `signs` say what operators mean.

    bare    whether a word that is no operator is a name (else it is text)
    postfix words that follow what they are about
    """

    name: str
    token: re.Pattern[str]
    words: Mapping[str, str]
    signs: Mapping[str, str]
    bare: bool = False
    postfix: Mapping[str, str] = field(default_factory=dict)
    ref: Callable[[str], str] = str


_TEXT = r"(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
_NUMBER = r"(?P<number>\d+(?:\.\d+)?|\.\d+)"
_COMPARED = {"<=": "le", ">=": "ge", "!=": "ne", "<": "lt", ">": "gt"}
_SUMS = {"+": "+", "-": "-", "*": "*", "/": "/", "%": "%"}


def _bare_name(raw: str) -> str:
    """Of a LimeSurvey name its suffix (`.NAOK`, `.value`) says only how blanks count."""
    return re.sub(r"\.(?:NAOK|value|shown|code|valueNAOK)$", "", raw, flags=re.IGNORECASE)


LIMESURVEY = Dialect(
    "limesurvey",
    re.compile(
        rf"\s*(?:{_TEXT}|(?P<ref>\d+X\d+X\d+[A-Za-z0-9_#]*(?:\.[A-Za-z]+)?)"
        rf"|{_NUMBER}|(?P<word>[A-Za-z_][A-Za-z0-9_.]*)|(?P<sign>&&|\|\||==|!=|<=|>=|[<>!()+*/%,=-]))"
    ),
    {"and": "and", "or": "or", "eq": "eq", "ne": "ne", "lt": "lt", "le": "le", "gt": "gt", "ge": "ge", "true": "true", "false": "false"},
    {"&&": "and", "||": "or", "!": "not", "==": "eq", **_COMPARED, **_SUMS},
    bare=True,
    ref=_bare_name,
)
SURVEYJS = Dialect(
    "surveyjs",
    re.compile(
        rf"\s*(?:(?P<ref>\{{[^{{}}]+\}})|{_TEXT}|{_NUMBER}|(?P<word>[^\W\d][\w-]*)"
        r"|(?P<sign>&&|\|\||==|<>|!=|<=|>=|[<>=!()+*/%,\[\]&|^-]))"
    ),
    {
        "and": "and",
        "or": "or",
        "not": "not",
        "negate": "not",
        "equal": "eq",
        "equals": "eq",
        "notequal": "ne",
        "notequals": "ne",
        "greater": "gt",
        "less": "lt",
        "greaterorequal": "ge",
        "lessorequal": "le",
        "contains": "contains",
        "contain": "contains",
        "notcontains": "not_contains",
        "notcontain": "not_contains",
        "anyof": "any_of",
        "allof": "all_of",
        "true": "true",
        "false": "false",
        "noneof": "none_of",
        "undefined": "null",
        "null": "null",
    },
    {"&&": "and", "&": "and", "||": "or", "|": "or", "!": "not", "=": "eq", "==": "eq", "<>": "ne", **_COMPARED, **_SUMS},
    postfix={"empty": "empty", "notempty": "notempty"},
    ref=lambda raw: raw[1:-1].strip(),
)
XPATH = Dialect(
    "xpath",
    re.compile(
        rf"\s*(?:(?P<ref>\$\{{[^{{}}]+\}}|\.(?![\w/.]))|{_TEXT}|{_NUMBER}|(?P<word>[^\W\d][\w:]*(?:-[^\W\d][\w]*)*)"
        r"|(?P<sign>!=|<=|>=|[<>=()+*,|/-]))"
    ),
    {"and": "and", "or": "or", "div": "/", "mod": "%"},
    {"=": "eq", **_COMPARED, **_SUMS},
    ref=lambda raw: raw[2:-1].strip() if raw.startswith("$") else raw,
)
