"""Every place in the code that adds to the trail, read without running it."""

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("portal", "questionnaires", "scheduler", "officers")


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call that adds to the trail, with its file."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "record(" not in (text := path.read_text(encoding="utf-8")):
                continue
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "record":
                    yield str(path.relative_to(ROOT)), node


def given(node: ast.Call, place: int, name: str) -> ast.expr | None:
    """What a call gives for a parameter."""
    return node.args[place] if len(node.args) > place else next((one.value for one in node.keywords if one.arg == name), None)


def recorded() -> Iterator[tuple[str, ast.expr, ast.expr]]:
    """Every call that adds to the trail: the file, the act and the kind of thing."""
    for path, node in calls():
        if (act := given(node, 2, "act")) is not None:
            yield path, act, given(node, 3, "object_kind") or act


def values(node: ast.expr) -> list[str] | None:
    """Every text that an expression may be; None where only the running program knows."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.IfExp):
        yes, no = values(node.body), values(node.orelse)
        return None if yes is None or no is None else yes + no
    if isinstance(node, ast.JoinedStr):
        parts = [values(one.value if isinstance(one, ast.FormattedValue) else one) for one in node.values]
        return None if None in parts else ["".join(one) for one in itertools.product(*(part for part in parts if part is not None))]
    return None
