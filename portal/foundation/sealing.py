"""Which columns hold what is encrypted, found from the models themselves, so that no rotation of keys forgets one.

A column is sealed whose name ends with `_enc` or is `sealed`, or that stands in ALSO. `<x>_index` beside `<x>_enc` is its blind
index. Every other column of bytes has its reason in PLAIN; a test goes through all of them.
"""

from typing import NamedTuple

from sqlalchemy import LargeBinary, MetaData, Table

ALSO = frozenset({"dead_letter.body"})
FIELDS = {"benefit_code.code_enc": "benefit_code"}
"""Blind indexes that were made under another name than their column's."""
PLAIN = {
    "media.content": "pictures of questionnaires, shown to everybody who answers",
    "poster_sheet.pdf": "a poster's print sheet names a counter, nobody's data",
    "report.pdf": "figures of units",
    "report.sheet": "figures of units",
    "seen_key.key": "a hash without a key over the event's own id",
    "log_in_try.key": "a hash of who tried to log in, kept for an hour",
    "officer_photo.sha256": "a hash of a picture, by which the same one is found again",
    "dead_letter.key": "a hash of the event's id",
    "dead_letter.customer_index": "a hash of the bank's reference, by which an erasure finds the letter",
}
HASHES = ("_hash", "digest")
"""Endings of columns that hold a hash: nothing is read back from them."""


class Place(NamedTuple):
    """A sealed column, its table's key, and the blind index beside it with the field's name that it was made with."""

    table: Table
    column: str
    blind: str | None
    field: str

    @property
    def name(self) -> str:
        """`table.column`."""
        return f"{self.table.name}.{self.column}"


def places(metadata: MetaData) -> list[Place]:
    """All sealed columns, in the order of their tables."""
    found = []
    for table in sorted(metadata.tables.values(), key=lambda one: one.name):
        for column in table.columns:
            if _is_sealed(table.name, column.name):
                stem = column.name.removesuffix("_enc")
                index = f"{stem}_index" if f"{stem}_index" in table.columns else None
                found.append(Place(table, column.name, index, FIELDS.get(f"{table.name}.{column.name}", stem)))
    return found


def indexes(metadata: MetaData) -> list[tuple[Table, str]]:
    """All blind indexes, those too whose value stands nowhere: the key that made them must live as long as they do."""
    own = [
        (table, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_index") and isinstance(column.type, LargeBinary) and f"{table.name}.{column.name}" not in PLAIN
    ]
    return sorted([*own, *_hashes_of_refs(metadata)], key=lambda one: (one[0].name, one[1]))


def uncovered(metadata: MetaData) -> list[str]:
    """Columns of bytes of which nobody said what they are, and columns that call themselves encrypted and are text."""
    known = {f"{place.table.name}.{place.column}" for place in places(metadata)}
    known |= {f"{table.name}.{column}" for table, column in indexes(metadata)}
    found = []
    for table in metadata.tables.values():
        for column in table.columns:
            name, binary = f"{table.name}.{column.name}", isinstance(column.type, LargeBinary)
            if (binary and name not in known and name not in PLAIN and not column.name.endswith(HASHES)) or (
                column.name.endswith("_enc") and not binary
            ):
                found.append(name)
    return sorted(found)


def _hashes_of_refs(metadata: MetaData) -> list[tuple[Table, str]]:
    """The keyed hash of an erased reference begins with its key's number too."""
    erased = metadata.tables.get("erased_ref")
    return [] if erased is None else [(erased, "ref_hash")]


def _is_sealed(table: str, column: str) -> bool:
    return column.endswith("_enc") or column == "sealed" or f"{table}.{column}" in ALSO
