"""Broken copies of good files: bytes and JSON values exchanged, removed, doubled, cut off."""

import copy
import json
import random
from typing import Any

NASTY: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1e308,
        10**30,
        "",
        " ",
        "\x00",
        "\ud800",
        "a" * 3000,
        [],
        {},
        [[]],
        {"": ""},
        [None],
        "‮",
        "<script>",
        "{{q1}}",
    ),
    *("${q1}", "{", "1'", "😀", "-1", "NaN", {"default": {}}, {"en": 5}),
)


def of_bytes(data: bytes, chance: random.Random) -> bytes:
    """A few bytes exchanged, a piece cut out or doubled, or the end lost."""
    made = bytearray(data)
    for _turn in range(chance.randint(1, 6)):
        place = chance.randrange(len(made) or 1)
        kind = chance.randrange(4)
        if kind == 0 and made:
            made[place] = chance.randrange(256)
        elif kind == 1:
            del made[place : place + chance.randint(1, 200)]
        elif kind == 2:
            made[place:place] = made[place : place + chance.randint(1, 200)]
        else:
            made = made[: max(1, place)] if chance.random() < 0.2 else made
    return bytes(made)


def of_json(data: bytes, chance: random.Random) -> bytes:
    """Values of parsed JSON exchanged, keys removed or renamed, lists doubled."""
    raw = copy.deepcopy(json.loads(data))
    for _turn in range(chance.randint(1, 8)):
        holder = _somewhere(raw, chance)
        if isinstance(holder, dict) and holder:
            key = chance.choice(list(holder))
            kind = chance.randrange(4)
            if kind == 0:
                holder[key] = copy.deepcopy(chance.choice(NASTY))
            elif kind == 1:
                del holder[key]
            elif kind == 2:
                holder[chance.choice(list(holder))] = copy.deepcopy(holder[key])
            else:
                holder[str(chance.choice(NASTY))[:50]] = copy.deepcopy(holder[key])
        elif isinstance(holder, list):
            holder.insert(chance.randint(0, len(holder)), copy.deepcopy(chance.choice([*NASTY, *holder[:1]])))
    return json.dumps(raw).encode()


def _somewhere(raw: Any, chance: random.Random) -> Any:
    here = raw
    for _depth in range(chance.randint(0, 12)):
        inner = [one for one in (here.values() if isinstance(here, dict) else here) if isinstance(one, dict | list)]
        if not inner:
            break
        here = chance.choice(inner)
    return here


def of_xml(data: bytes, chance: random.Random) -> bytes:
    """Rows and cells of XML tables exchanged or removed, so that it stays well-formed; sometimes only bytes."""
    if chance.random() < 0.2:
        return of_bytes(data, chance)
    pieces = data.split(b"<![CDATA[")
    for _turn in range(chance.randint(1, 12)):
        place = chance.randrange(1, len(pieces)) if len(pieces) > 1 else 0
        if not place:
            break
        _old, end, rest = pieces[place].partition(b"]]>")
        fresh = chance.choice(
            [b"", b"0", b"-1", b"9999999", b"*", b"\xe4\xb8\xad", b"1 &", b"((((", b"Q1.NAOK == ", b"x" * 3000, b"NAN", b"1e400"]
        )
        pieces[place] = fresh + end + rest
    return b"<![CDATA[".join(pieces)
