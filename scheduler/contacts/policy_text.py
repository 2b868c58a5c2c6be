"""A policy as people read it: in sentences, beside another one, and as a file."""

import json
from typing import Any, NamedTuple

from portal.foundation.i18n import _
from scheduler.contacts import words
from scheduler.contacts.rules.policy import ContactPolicy
from scheduler.contacts.rules.reasons import Rule
from scheduler.contacts.rules.sentences import Sentence, sentences


class Compared(NamedTuple):
    """One rule in two versions: what only the first says, what only the second says, and what both say."""

    rule: Rule
    first: list[str]
    second: list[str]
    both: list[str]


def spoken(policy: ContactPolicy) -> list[tuple[Sentence, str]]:
    """Every sentence in the reader's language."""
    return [(one, words_of(one)) for one in sentences(policy)]


def words_of(one: Sentence) -> str:
    """A sentence in the reader's language; its pattern is the key of its translation."""
    facts = {**one.facts, "channel": words.channel_name(one.facts["channel"])} if "channel" in one.facts else one.facts
    return str(_(one.text, **facts))


def compared(first: ContactPolicy, second: ContactPolicy) -> list[Compared]:
    """Two policies, rule by rule, in the order of evaluation; rules of which neither says anything are left out."""
    one, two = _by_rule(first), _by_rule(second)
    found = []
    for rule in Rule:
        a, b = one.get(rule, []), two.get(rule, [])
        if a or b:
            both = [text for text in a if text in b]
            found.append(Compared(rule, [text for text in a if text not in b], [text for text in b if text not in a], both))
    return found


def _by_rule(policy: ContactPolicy) -> dict[Rule, list[str]]:
    found: dict[Rule, list[str]] = {}
    for sentence, text in spoken(policy):
        found.setdefault(sentence.rule, []).append(text)
    return found


def to_toml(policy: ContactPolicy) -> str:
    """The policy as the file that `simulate` and an import read; without the salt."""
    raw = policy.model_dump(mode="json", exclude_none=True, exclude_defaults=True, exclude={"salt"})
    return "\n".join(_tables("", raw)).strip() + "\n"


def _tables(path: str, table: dict[str, Any]) -> list[str]:
    lines = [f"{name} = {_value(value)}" for name, value in table.items() if not _is_table(value)]
    if path and lines:
        lines = [f"[{path}]", *lines, ""]
    for name, value in table.items():
        below = f"{path}.{name}" if path else name
        if isinstance(value, dict):
            lines += _tables(below, value)
        elif _is_table(value):
            for row in value:
                lines += [f"[[{below}]]", *(f"{key} = {_value(held)}" for key, held in row.items()), ""]
    return lines


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)  # TOML's strings, numbers, flags and lists are written as JSON's
