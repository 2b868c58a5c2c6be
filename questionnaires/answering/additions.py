"""What answering adds to the product; `questionnaires/feature.py` takes it in."""

from questionnaires.answering import edge
from questionnaires.answering.jobs import JOBS
from questionnaires.answering.views import blueprint as links

links.record(lambda state: edge.install(state.app))

BLUEPRINTS = [links]
__all__ = ["BLUEPRINTS", "JOBS"]
