"""Words of the trail: what each act is called, what it is done to and what its details say, in the reader's language.

One place; a test holds every act and every detail to it.
"""

from portal.audit.acts import asking, details, following, officers, people, things, values

FILES = (people, asking, following, officers)
AREAS = {code: name for file in FILES for code, name in file.AREAS.items()}
ACTS_OF = {area: acts for file in FILES for area, acts in file.ACTS.items()}
ACTS = {code: name for acts in ACTS_OF.values() for code, name in acts.items()}
KINDS = things.KINDS
FIELDS, FIELDS_OF, VALUES = details.FIELDS, details.FIELDS_OF, values.VALUES


def act_text(act: str) -> str:
    """What an act is called; an act of an older version that is no longer known is shown by its code."""
    return str(ACTS[act]) if act in ACTS else act


def kind_text(kind: str) -> str:
    """What a kind of thing is called."""
    return str(KINDS[kind]) if kind in KINDS else kind


def field_text(name: str, act: str = "") -> str:
    """What a field of an entry's details is called, in an act where it means something of its own; an unknown one by its code."""
    return str(FIELDS_OF.get(act, {}).get(name) or FIELDS.get(name) or name)


def value_text(name: str, value: str) -> str:
    """A code of the product in words; what is the bank's own, or a number, as it is."""
    return str(VALUES.get(name, {}).get(value, value))


def area_of(act: str) -> str:
    """In which area an act is filed; "" for one without words."""
    return next((area for area, acts in ACTS_OF.items() if act in acts), "")


def named(area: str = "", text: str = "") -> list[str]:
    """The acts of an area ("" for all) whose name or code holds some words; capitals make no difference."""
    wanted = text.casefold()
    inside = ACTS_OF.get(area, {}) if area else ACTS
    return [act for act, name in inside.items() if wanted in str(name).casefold() or wanted in act]
