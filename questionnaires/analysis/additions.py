"""What the analysis adds to its package's feature."""

from portal.foundation.i18n import _l
from portal.people.parts import CustomerPart
from portal.privacy import retention
from portal.shell.features import MenuItem
from questionnaires.analysis import (
    api,
    deep_views,
    dictionary_views,
    erasing,
    feedback_views,
    jobs,
    rights,
    taxonomy_views,
    words_views,
)

BLUEPRINTS = [
    words_views.blueprint,
    dictionary_views.blueprint,
    taxonomy_views.blueprint,
    feedback_views.blueprint,
    deep_views.blueprint,
    api.blueprint,
]
PERMISSIONS = rights.PERMISSIONS
MENU = [
    MenuItem("listen", _l("Topics"), "words.index", "message", rights.WORDS, order=20),
    MenuItem("listen", _l("Verbatims"), "words.verbatims", "list", rights.WORDS, order=22),
    MenuItem("listen", _l("Feedback"), "feedback.index", "message", rights.FEEDBACK_READ, order=24),
    MenuItem("listen", _l("Drivers"), "deep.drivers", "chart", rights.ANALYSIS, order=30),
    MenuItem("listen", _l("Cross tables"), "deep.cross", "layers", rights.ANALYSIS, order=32),
    MenuItem("listen", _l("Customer value"), "deep.value_page", "user", rights.ANALYSIS, order=34),
    MenuItem("manage", _l("Problem taxonomy"), "taxonomy.index", "tree", rights.WORDS, order=45),
]
JOBS = jobs.JOBS
WORDS = retention.Kind(
    "verbatims", _l("Words and feedback"), _l("Words go; topics, moods and scores stay."), setting="retention_months", expire=erasing.expire
)
retention.add(WORDS)
CUSTOMER_PARTS = [CustomerPart("words", _l("Words and bank figures"), erase=erasing.erase, export=erasing.export)]
