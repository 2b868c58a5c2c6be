"""Documents and forms that are almost right: a right one with a few things changed, as mistakes and attacks change them."""

import copy
import random
from typing import Any

STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63), 10**400, 0.1, -0.0, 1e308, "", " ", "0", "-1", "x" * 5000, "\x00", "a\x00b",
    "\u202e", "\ufeff", "'; DROP TABLE response; --", "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "../../etc/passwd", "%00", "\r\n",
    "2026-02-30", "2026-11-20T10:00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "=1+1", "☃" * 300, [], {}, [[]], [{}], {"": ""},
    {"all": []}, [1, "a", None], {"a": {"b": {"c": []}}},
)  # fmt: skip


def mutated(document: Any, luck: random.Random, changes: int = 3) -> Any:
    """A copy of a document with some of its places changed, doubled, renamed or taken out."""
    made = copy.deepcopy(document)
    for _ in range(luck.randint(1, changes)):
        made = _change(made, luck)
    return made


def _change(node: Any, luck: random.Random) -> Any:
    if isinstance(node, dict) and node and luck.random() < 0.8:
        name = luck.choice(sorted(node, key=str))
        act = luck.random()
        if act < 0.12:
            node.pop(name)
        elif act < 0.2:
            node[str(luck.choice(STRANGE))[:40]] = node.pop(name)
        else:
            node[name] = _change(node[name], luck)
        return node
    if isinstance(node, list) and node and luck.random() < 0.8:
        place = luck.randrange(len(node))
        if luck.random() < 0.2:
            node.append(copy.deepcopy(node[place]))
        else:
            node[place] = _change(node[place], luck)
        return node
    return copy.deepcopy(luck.choice(STRANGE))  # a strange list that is changed later must not be in all that come after


def bent(text: bytes, luck: random.Random) -> bytes:
    """Bytes with a few of them changed, cut or doubled."""
    made = bytearray(text)
    for _ in range(luck.randint(1, 6)):
        if not made:
            break
        place = luck.randrange(len(made))
        act = luck.random()
        if act < 0.4:
            made[place] = luck.randrange(256)
        elif act < 0.6:
            del made[place : place + luck.randint(1, 20)]
        elif act < 0.8:
            made[place:place] = made[place : place + luck.randint(1, 40)]
        else:
            made[place:place] = luck.choice((b"\x00", b"[" * 200, b"\xff\xfe", b'"', b"\n", b"{", b"}" * 3))
    return bytes(made)
