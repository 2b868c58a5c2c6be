"""Who may do what with reports, exports, frozen figures and alarms."""

from portal.people.rules.roles import Permission, Role

READ, PLAN, EXPORT, VIEWS = "reports.read", "reports.plan", "exports.make", "views.save"
NOTES, FIGURES, PROPOSE, SIGN, ALARMS = "annotations.edit", "figures.read", "figures.propose", "figures.sign", "alarms.read"

_HEAD = {Role.ADMINISTRATOR, Role.ANALYST}
_MANAGERS = _HEAD | {Role.EXECUTIVE, Role.OUTLET_MANAGER, Role.COMPLAINT_CENTRE}
PERMISSIONS = [
    Permission(READ, frozenset(_MANAGERS)),
    Permission(PLAN, frozenset(_MANAGERS)),
    Permission(VIEWS, frozenset(_MANAGERS)),
    Permission(EXPORT, frozenset(_HEAD | {Role.OUTLET_MANAGER})),
    Permission(NOTES, frozenset(_HEAD)),
    Permission(FIGURES, frozenset(_MANAGERS | {Role.API_CLIENT})),
    Permission(PROPOSE, frozenset(_HEAD)),
    Permission(SIGN, frozenset({Role.ADMINISTRATOR, Role.APPROVER, Role.EXECUTIVE})),
    Permission(ALARMS, frozenset(_MANAGERS)),
]
