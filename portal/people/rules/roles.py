"""Roles, permissions and scopes: who may do what, and for which units."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a user is in the bank; held for a unit and all below it."""

    ADMINISTRATOR = "administrator"
    DESIGNER = "designer"
    APPROVER = "approver"
    ANALYST = "analyst"
    OUTLET_MANAGER = "outlet_manager"
    CASE_HANDLER = "case_handler"
    COMPLAINT_CENTRE = "complaint_centre"
    APPEAL_JUDGE = "appeal_judge"
    OFFICER_MANAGER = "officer_manager"
    MODERATOR = "moderator"
    COMPLIANCE_OFFICER = "compliance_officer"
    AUDITOR = "auditor"
    EXECUTIVE = "executive"
    API_CLIENT = "api_client"


READING = frozenset({Role.AUDITOR})
"""Holders of these read whatever has a `.read` permission, and change nothing."""


@dataclass(frozen=True)
class Permission:
    """Something that may be done, and the roles that may do it. The auditor holds every `….read` by itself."""

    code: str
    roles: frozenset[Role]

    def held_by(self, role: Role) -> bool:
        """Whether a role holds it."""
        return role in self.roles or (role in READING and self.code.endswith(".read"))


@dataclass(frozen=True)
class Grant:
    """A role held for a unit and all below it, until a moment. A role of the bank's own brings its permissions along."""

    role: str
    unit_id: UUID
    expires_at: datetime | None = None
    permissions: frozenset[str] | None = None
    emergency: bool = False

    def gives(self, permission: Permission) -> bool:
        """Whether this role holds a permission."""
        if self.permissions is not None:
            return permission.code in self.permissions
        return self.role in set(Role) and permission.held_by(Role(self.role))


@dataclass(frozen=True)
class Scope:
    """The units that somebody may see: everything, or the trees below some units."""

    everything: bool = False
    unit_ids: tuple[UUID, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing at all may be seen."""
        return not self.everything and not self.unit_ids


NOTHING = Scope()
EVERYTHING = Scope(everything=True)


@dataclass(frozen=True)
class Register:
    """All permissions of all features, by code."""

    permissions: dict[str, Permission] = field(default_factory=dict)

    @classmethod
    def of(cls, permissions: Iterable[Permission]) -> "Register":
        """Gather permissions.

        Raises  ValueError for a code that two features declare
        """
        found: dict[str, Permission] = {}
        for permission in permissions:
            if permission.code in found:
                raise ValueError(f"permission {permission.code} is declared twice")
            found[permission.code] = permission
        return cls(found)

    def scope(self, code: str, grants: Iterable[Grant], head_id: UUID | None, now: datetime) -> Scope:
        """The units for which these grants give a permission; the head office's tree is everything.

        Raises  KeyError for a permission that nobody declared
        """
        permission = self.permissions[code]
        units = []
        for grant in grants:
            if (grant.expires_at is None or now < grant.expires_at) and grant.gives(permission):
                if grant.unit_id == head_id:
                    return EVERYTHING
                units.append(grant.unit_id)
        return Scope(unit_ids=tuple(sorted(set(units))))
