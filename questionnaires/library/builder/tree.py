"""A form's flat names as a tree, and what its buttons do to the lists in it.

`options.0.text.en` is the English text of the first option; a name that ends in `[]` takes several values. A button's act
is a verb and the list or item it concerns: `add:options`, `drop:options.2`, `up:rules.1`, `order:rows`, `on:show_if`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from questionnaires.logic.validate import tidy

Tree = dict[str, Any]
DEEPEST, MOST_ITEMS, LONGEST = 9, 1000, 10_000
Fresh = Callable[[str, list[Any]], Any]
"""What a new item of a list is, by the list's path and the items there are."""


def grown(pairs: Iterable[tuple[str, list[str]]]) -> Tree:
    """The tree of a form's names and values; names that make no sense are left out."""
    root: Tree = {}
    for name, values in pairs:
        path = name.removesuffix("[]").split(".")
        if len(path) > DEEPEST or not all(path):
            continue
        at = root
        for step in path[:-1]:
            below = at.setdefault(step, {})
            if not isinstance(below, dict):
                break
            at = below
        else:
            if not isinstance(at.get(path[-1]), dict):
                at[path[-1]] = [tidy(one)[:LONGEST] for one in values] if name.endswith("[]") else tidy(values[-1])[:LONGEST]
    found = _lists(root)
    return found if isinstance(found, dict) else {}


def _lists(value: Any) -> Any:
    """Where all keys of a level are numbers, it is a list."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isascii() and key.isdigit() and len(key) < 5 for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)][:MOST_ITEMS]
    return {key: _lists(one) for key, one in value.items()}


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 5


def at(tree: Any, path: str) -> Any:
    """What stands at a path; None where nothing does."""
    for step in path.split("."):
        if isinstance(tree, list):
            tree = tree[int(step)] if _is_place(step) and int(step) < len(tree) else None
        else:
            tree = tree.get(step) if isinstance(tree, dict) else None
    return tree


def act(tree: Tree, what: str, fresh: Fresh) -> str:
    """Do to the tree what a button says; the path that should have the focus then, empty where nothing was done."""
    verb, _, path = what.partition(":")
    if verb in ("on", "off"):
        return _switch(tree, path, fresh, on=verb == "on")
    if verb in ("add", "order"):
        items = _list_at(tree, path)
        if verb == "order":
            return _order(items, path, str(tree.get("order", "")))
        if len(items) >= MOST_ITEMS:
            return ""
        items.append(fresh(path, items))
        return f"{path}.{len(items) - 1}"
    where, _, number = path.rpartition(".")
    items = _list_at(tree, where) if where else []
    if not _is_place(number) or int(number) >= len(items):
        return ""
    return _item(items, where, int(number), verb)


def _list_at(tree: Tree, path: str) -> list[Any]:
    """The list at a path, made where its parent is there and it is not."""
    parent_path, _, name = path.rpartition(".")
    parent = at(tree, parent_path) if parent_path else tree
    if not isinstance(parent, dict):
        return []
    found = parent.get(name)
    if not isinstance(found, list):
        found = parent[name] = []
    return found


def _switch(tree: Tree, path: str, fresh: Fresh, *, on: bool) -> str:
    parent_path, _, name = path.rpartition(".")
    parent = at(tree, parent_path) if parent_path else tree
    if not isinstance(parent, dict):
        return ""
    if on:
        parent[name] = fresh(path, [])
        return f"{path}.groups.0.rows.0"
    parent.pop(name, None)
    return f"on:{path}"


def _order(items: list[Any], path: str, order: str) -> str:
    wanted = [int(one) for one in order.split(",") if _is_place(one)]
    if sorted(wanted) != list(range(len(items))):
        return ""
    items[:] = [items[one] for one in wanted]
    return path


def _item(items: list[Any], where: str, number: int, verb: str) -> str:
    if verb == "drop":
        del items[number]
        return f"{where}.{min(number, len(items) - 1)}" if items else f"add:{where}"
    to = number - 1 if verb == "up" else number + 1
    if verb not in ("up", "down") or not 0 <= to < len(items):
        return f"{verb}:{where}.{number}"
    items[number], items[to] = items[to], items[number]
    return f"{verb}:{where}.{to}"


def words(value: Any) -> str:
    """A value as a field shows it: numbers without a trailing `.0`, truth as `1`."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    return f"{value:g}" if isinstance(value, float) else str(value)


def texts(typed: Any, before: Mapping[str, str] | None, languages: Iterable[str]) -> dict[str, str]:
    """Texts by language as typed; those of languages that the form does not show stay."""
    shown = tuple(languages)
    kept = {tag: text for tag, text in (before or {}).items() if tag not in shown}
    given = typed if isinstance(typed, dict) else {}
    return {**{tag: text for tag in shown if isinstance(text := given.get(tag, ""), str) and text}, **kept}
