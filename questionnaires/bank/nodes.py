"""The nodes of the taxonomy of experience problems that reason options are filed under.

The tree belongs to a room above; that room says once how it is read. Where it is not there (a tool that only checks
questionnaires), any node is taken and none is offered.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from portal.foundation.i18n import pick
from questionnaires.logic.definition import CHOICES, Definition, Question
from questionnaires.logic.findings import Finding, error

UNKNOWN, RETIRED, HEAD = "node_unknown", "node_retired", "node_is_head"


@dataclass(frozen=True)
class Node:
    """A node as an option may name it; `open` where it can be chosen, `ended` where it was merged or retired."""

    code: str
    name_zh: str
    name_en: str
    depth: int = 0
    open: bool = True
    ended: bool = False


Tree = Mapping[str, Node]
"""Nodes by code in the order of the tree; None stands where no room above has one."""
Reader = Callable[[Session], Tree]
_reader: list[Reader] = []


def read_by(reader: Reader) -> None:
    """Say how the tree is read; called once, when the room above is loaded."""
    _reader[:] = [reader]


def tree(session: Session) -> Tree | None:
    """The tree in force; one statement."""
    return _reader[0](session) if _reader else None


def wrong(known: Tree | None, code: str) -> str:
    """Why an option can't be filed under a node: "" where it can, else a code."""
    node = known.get(code) if known is not None and code else None
    if known is None or not code or (node and node.open):
        return ""
    return UNKNOWN if node is None else RETIRED if node.ended else HEAD


def choices(known: Tree | None, *kept: str) -> list[tuple[str, str]]:
    """The open nodes for a drop-down, each with the names above it; those that an option has already stay, named as they are."""
    found, above = [], list[str]()
    for node in (known or {}).values():
        if node.ended:
            continue
        above[node.depth :] = [pick(node.name_zh, node.name_en)]
        if node.open:
            found.append((node.code, " › ".join(above)))
    offered = {code for code, _label in found}
    return found + [(code, name(known, code)) for code in dict.fromkeys(kept) if code and code not in offered]


def name(known: Tree | None, code: str) -> str:
    """A node's name for the reader; its code where nobody knows it."""
    node = (known or {}).get(code)
    return pick(node.name_zh, node.name_en) if node else code


def named(question: Question) -> Iterator[tuple[str, str]]:
    """Option and node of the options that are filed."""
    if question.type in CHOICES:
        yield from ((option.code, option.node) for option in question.options if option.node)


def findings(session: Session, definition: Definition) -> list[Finding]:
    """What is wrong with the nodes that a questionnaire names; asks the database only where it names any."""
    filed = [(question, code, node) for question in definition.questions() for code, node in named(question)]
    known = tree(session) if filed else None
    return [error(code, question.code, option=option, node=node) for question, option, node in filed if (code := wrong(known, node))]
