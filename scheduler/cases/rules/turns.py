"""Whose turn it is: the one of a unit's list who is there, may handle this case, and has the fewest open ones."""

from collections.abc import Mapping, MutableMapping, Sequence
from uuid import UUID


def next_owner(
    turns: Sequence[tuple[UUID, str]],
    loads: MutableMapping[UUID, int],
    away: Mapping[UUID, UUID],
    rated_staff: str | None,
    cap: int | None = None,
) -> UUID | None:
    """Choose, and count the case to the chosen one, so that the next of a batch goes to somebody else.

    turns   id and log-in in the order of the list, which breaks ties
    away    who is absent, and the deputy who takes the turn if he stands on the list himself or not
    cap     nobody gets a case beyond so many open ones; None: no such limit
    """
    fitting = []
    for place, (user, login) in enumerate(turns):
        chosen = away.get(user, user)
        if login == rated_staff or chosen in away or (cap is not None and loads.get(chosen, 0) >= cap):
            continue
        fitting.append((loads.get(chosen, 0), place, chosen))
    if not fitting:
        return None
    _load, _place, chosen = min(fitting)
    loads[chosen] = loads.get(chosen, 0) + 1
    return chosen
