"""The one taxonomy of experience problems: what reasons, topics, complaints, root causes and issues point into."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation.errors import Conflict, InvalidInput
from questionnaires.analysis import shipped
from questionnaires.analysis.models import TaxonomyVersion
from questionnaires.analysis.rules import taxonomy as rules
from questionnaires.analysis.rules.taxonomy import Choice, Node, Taxonomy
from questionnaires.analysis.store import versions as store
from questionnaires.bank import nodes


def current(session: Session) -> tuple[int, Taxonomy]:
    """The number and the tree in force, the shipped one before anybody edited it; one statement."""
    number, document = store.newest(session, TaxonomyVersion)
    return number, shipped.taxonomy() if document is None else Taxonomy.model_validate(document)


def choices(session: Session) -> list[Choice]:
    """The live nodes in the order of the tree; what has nothing below it (`leaf`) can be chosen."""
    return current(session)[1].choices()


def offered(session: Session) -> dict[str, nodes.Node]:
    """All nodes as options of questions may name them: the live ones in the order of the tree, then those that ended."""
    tree = current(session)[1]
    found = {one.code: nodes.Node(one.code, one.name_zh, one.name_en, one.depth, one.leaf) for one in tree.choices()}
    ended = (node for node in tree.nodes if node.code not in found)
    return found | {one.code: nodes.Node(one.code, one.name_zh, one.name_en, open=False, ended=True) for one in ended}


def names(session: Session, codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The Chinese and English name of each known code, merged and retired ones too."""
    nodes = current(session)[1].by_code
    return {code: (nodes[code].name_zh, nodes[code].name_en) for code in codes if code in nodes}


def today(session: Session) -> dict[str, str]:
    """For every merged code the one that its history counts for today."""
    tree = current(session)[1]
    return {node.code: tree.today(node.code) for node in tree.nodes if node.into}


def parse(rows: Iterable[Any]) -> Taxonomy:
    """A tree out of rows.

    Raises  InvalidInput naming the place (`nodes.3.code`)
    """
    try:
        return Taxonomy.model_validate({"nodes": list(rows)})
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        raise InvalidInput({".".join(map(str, one["loc"])) or "nodes": _code(one) for one in found}) from None


def edit(session: Session, based_on: int, rows: list[dict[str, Any]], note: str, actor: Actor, now: datetime) -> int:
    """Save names, order and new nodes; nodes that the rows leave out stay as they are, since history points at them.

    Raises  InvalidInput, Conflict
    """
    tree = current(session)[1]
    given = {str(row.get("code", "")) for row in rows}
    kept = [node.model_dump() for node in tree.nodes if node.code not in given]
    return save(session, parse([*rows, *kept]), based_on, note, actor, now)


def merge(session: Session, based_on: int, codes: Iterable[str], into: str, actor: Actor, now: datetime) -> int:
    """End nodes in another.

    Raises  InvalidInput for `into`, Conflict
    """
    codes = list(codes)
    try:
        tree = rules.merged(current(session)[1], codes, into)
    except ValueError as error:
        raise InvalidInput({"into": _reason(error)}) from None
    return save(session, tree, based_on, f"{', '.join(codes)} → {into}", actor, now)


def split(session: Session, based_on: int, code: str, parts: Iterable[dict[str, Any]], actor: Actor, now: datetime) -> int:
    """Divide a leaf into parts.

    Raises  InvalidInput for `parts`, Conflict
    """
    try:
        made = [Node.model_validate(part) for part in parts]
        tree = rules.split(current(session)[1], code, made)
    except ValidationError as error:
        raise InvalidInput({"parts": _code(error.errors(include_input=False, include_url=False)[0])}) from None
    except ValueError as error:
        raise InvalidInput({"parts": _reason(error)}) from None
    return save(session, tree, based_on, f"{code} → {', '.join(part.code for part in made)}", actor, now)


def retire(session: Session, based_on: int, code: str, actor: Actor, now: datetime) -> int:
    """Take a node out of use.

    Raises  InvalidInput for `code`, Conflict
    """
    try:
        tree = rules.retired(current(session)[1], code)
    except ValueError as error:
        raise InvalidInput({"code": _reason(error)}) from None
    return save(session, tree, based_on, f"{code} ×", actor, now)


def save(session: Session, tree: Taxonomy, based_on: int, note: str, actor: Actor, now: datetime) -> int:
    """Keep a tree as the next version; its number.

    Raises  Conflict where somebody else saved one since `based_on`
    """
    number = store.newest_number(session, TaxonomyVersion)
    if number != based_on:
        raise Conflict
    row = TaxonomyVersion(
        number=number + 1, document=tree.model_dump(mode="json"), note=note.strip()[:200], made_by=actor.user_id, made_at=now
    )
    session.add(row)
    trail.record(session, actor, "taxonomy.save", "taxonomy_version", str(number + 1), now, {"nodes": len(tree.nodes)})
    return number + 1


def _reason(error: ValueError) -> str:
    """Our code out of a rule's ValueError; pydantic wraps it where the whole tree was refused."""
    return _code(error.errors(include_input=False, include_url=False)[0]) if isinstance(error, ValidationError) else str(error)


def _code(error: Any) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return {"string_pattern_mismatch": "not_a_code", "string_too_short": "missing", "missing": "missing"}.get(error["type"], "not_valid")


nodes.read_by(offered)
