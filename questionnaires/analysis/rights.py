"""Who may do what with words, the taxonomy, feedback and the analyses."""

from portal.people.rules.roles import Permission, Role

WORDS, TOPICS_EDIT, TAXONOMY_EDIT = "words.read", "topics.edit", "taxonomy.edit"
FEEDBACK_READ, FEEDBACK_IMPORT, FEEDBACK_WRITE = "feedback.read", "feedback.import", "feedback.write"
ANALYSIS, VALUE_IMPORT = "analysis.read", "value.import"

_HEAD = {Role.ADMINISTRATOR, Role.ANALYST}
_READERS = _HEAD | {Role.DESIGNER, Role.EXECUTIVE, Role.OUTLET_MANAGER, Role.CASE_HANDLER, Role.COMPLAINT_CENTRE, Role.OFFICER_MANAGER}
PERMISSIONS = [
    Permission(WORDS, frozenset(_READERS)),
    Permission(TOPICS_EDIT, frozenset(_HEAD)),
    Permission(TAXONOMY_EDIT, frozenset(_HEAD)),
    Permission(FEEDBACK_READ, frozenset(_HEAD | {Role.COMPLAINT_CENTRE, Role.CASE_HANDLER, Role.OUTLET_MANAGER})),
    Permission(FEEDBACK_IMPORT, frozenset(_HEAD | {Role.COMPLAINT_CENTRE})),
    Permission(FEEDBACK_WRITE, frozenset({Role.API_CLIENT})),
    Permission(ANALYSIS, frozenset(_HEAD | {Role.EXECUTIVE})),
    Permission(VALUE_IMPORT, frozenset(_HEAD)),
]
