"""A LimeSurvey survey as its files tell it, whatever the age and kind of the file."""

from dataclasses import dataclass, field

ByLanguage = dict[str, str]


@dataclass
class Answer:
    """An answer option of a question, on one of its scales."""

    code: str
    scale: str
    order: float
    text: ByLanguage = field(default_factory=dict)
    value: str = ""


@dataclass
class Question:
    """A question or, below one, a sub-question."""

    qid: str
    gid: str
    code: str
    letter: str
    order: float
    parent: str = ""
    scale: str = "0"
    text: ByLanguage = field(default_factory=dict)
    help: ByLanguage = field(default_factory=dict)
    mandatory: str = ""
    other: str = ""
    relevance: str = ""
    pattern: str = ""
    subs: list["Question"] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    attributes: dict[str, ByLanguage] = field(default_factory=dict)
    defaulted: bool = False

    def has(self, name: str) -> str:
        """An attribute in the first language that has it; empty where it is not set."""
        return next((value for value in self.attributes.get(name, {}).values() if value), "").strip()

    def on(self, name: str) -> bool:
        """Whether an attribute is switched on."""
        return self.has(name) in ("1", "Y")

    def rows(self, scale: str = "0") -> list["Question"]:
        """Sub-questions of a scale."""
        return [one for one in self.subs if (one.scale or "0") == scale]

    def options(self, scale: str = "0") -> list[Answer]:
        """Answers of a scale."""
        return [one for one in self.answers if (one.scale or "0") == scale]


@dataclass
class Group:
    """Questions that stand together."""

    gid: str
    order: float
    name: ByLanguage = field(default_factory=dict)
    text: ByLanguage = field(default_factory=dict)
    relevance: str = ""
    random: str = ""
    questions: list[Question] = field(default_factory=list)


@dataclass
class Condition:
    """A condition of the old kind: one question held against a value of another."""

    qid: str
    field: str
    method: str
    value: str
    scenario: str


@dataclass
class Quota:
    """How many are wanted of those who gave some answers: by question its codes."""

    name: str
    limit: str
    active: bool
    message: ByLanguage = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Assessment:
    """Words for those whose score lies between two numbers; `scope` T is the whole survey, G a group."""

    scope: str
    least: str
    most: str
    name: ByLanguage = field(default_factory=dict)
    text: ByLanguage = field(default_factory=dict)


@dataclass
class Survey:
    """A whole file."""

    sid: str = ""
    languages: list[str] = field(default_factory=list)
    title: ByLanguage = field(default_factory=dict)
    text: ByLanguage = field(default_factory=dict)
    welcome: ByLanguage = field(default_factory=dict)
    end: ByLanguage = field(default_factory=dict)
    policy: ByLanguage = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    quotas: list[Quota] = field(default_factory=list)
    assessments: list[Assessment] = field(default_factory=list)
    unread: dict[str, int] = field(default_factory=dict)
    strays: list[str] = field(default_factory=list)
    orphans: list[tuple[str, str]] = field(default_factory=list)
    """Answers and sub-questions that stand before any question: the class of the row, and its name."""
    leads_to: str = ""
