"""The SQL of quotas: places are counted by version, taken together with the submission, never beyond the limit."""

from uuid import UUID

from portal.foundation.quick import Lane
from questionnaires.answering import wire

_TAKE = """
INSERT INTO answer_quota (version_id, code, used) VALUES (:version_id, :code, 1)
ON CONFLICT (version_id, code) DO UPDATE SET used = answer_quota.used + 1 WHERE answer_quota.used < :most
"""
_GIVE_BACK = "UPDATE answer_quota SET used = used - 1 WHERE version_id = :version_id AND code = :code"
_USED = "SELECT code, used FROM answer_quota WHERE version_id = :version_id"


def take(lane: Lane, version_id: UUID, code: str, most: int) -> bool:
    """Take one place; False where none is left. The row is held until the transaction ends."""
    values = wire.bound({"version_id": version_id, "code": code, "most": most}, lane.dialect)
    return lane.run(wire.spelled(_TAKE, lane.dialect), values) == 1


def give_back(lane: Lane, version_id: UUID, code: str) -> None:
    """Give a place back that the same transaction took."""
    lane.run(wire.spelled(_GIVE_BACK, lane.dialect), wire.bound({"version_id": version_id, "code": code}, lane.dialect))


def used(lane: Lane, version_id: UUID) -> dict[str, int]:
    """How many places of each quota are taken."""
    rows = lane.rows(wire.spelled(_USED, lane.dialect), wire.bound({"version_id": version_id}, lane.dialect))
    return {row[0]: row[1] for row in rows}
