"""What answering adds to the product; `questionnaires/feature.py` takes it in."""

from dataclasses import replace
from typing import cast

from flask import Flask

from portal.foundation.i18n import _l
from portal.people.parts import CustomerPart
from portal.privacy import retention
from questionnaires.answering import (
    bank_preview,
    edge,
    erasing,
    links_additions,
    preview,
    rights_views,
    template_preview,
    themes,
    verify_views,
)
from questionnaires.answering.api import blueprint as api
from questionnaires.answering.jobs import JOBS as OWN_JOBS

links = preview.blueprint  # the pages of links, the preview and the check of a message share a blueprint
assert links is verify_views.blueprint is rights_views.blueprint is template_preview.blueprint is bank_preview.blueprint
links.record(lambda state: edge.install(cast(Flask, state.app)))
links.record(lambda state: themes.install(cast(Flask, state.app)))

BLUEPRINTS = [links, *links_additions.BLUEPRINTS, api]
PERMISSIONS = links_additions.PERMISSIONS
MENU = links_additions.MENU
JOBS = [*OWN_JOBS, *links_additions.JOBS]
retention.add(replace(retention.KINDS["answers"], expire=erasing.expire))
CUSTOMER_PARTS = [CustomerPart("answers", _l("Answers"), erase=erasing.erase, open=erasing.copy_of)]
__all__ = ["BLUEPRINTS", "CUSTOMER_PARTS", "JOBS", "MENU", "PERMISSIONS"]
