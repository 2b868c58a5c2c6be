"""What answering adds to the product; `questionnaires/feature.py` takes it in."""

from typing import cast

from flask import Flask

from questionnaires.answering import edge
from questionnaires.answering.jobs import JOBS
from questionnaires.answering.views import blueprint as links

links.record(lambda state: edge.install(cast(Flask, state.app)))

BLUEPRINTS = [links]
__all__ = ["BLUEPRINTS", "JOBS"]
