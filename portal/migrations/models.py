"""Every table, imported in one place. Migrations stand outside the four packages' order, as `wsgi` does."""

import importlib
import pkgutil

ROOMS = (
    "portal.audit",
    "portal.people",
    "portal.privacy",
    "portal.webhooks",
    "portal.house",
    "questionnaires.bank",
    "questionnaires.library",
    "questionnaires.answering",
    "questionnaires.metrics",
    "questionnaires.analysis",
    "questionnaires.reports",
    "questionnaires.interchange",
    "scheduler.touchpoints",
    "scheduler.intake",
    "scheduler.delivery",
    "scheduler.contacts",
    "scheduler.evidence",
    "scheduler.cases",
    "scheduler.complaints",
    "scheduler.improvement",
    "scheduler.promoters",
    "scheduler.engine",
    "officers.people",
    "officers.points",
    "officers.work",
    "officers.ideas",
    "officers.club",
)


def load_all() -> None:
    """Import the tables of every room, `models` and what stands beside it as `…_models`, so that the metadata is whole."""
    for room in ROOMS:
        importlib.import_module(f"{room}.models")
        for module in pkgutil.iter_modules(importlib.import_module(room).__path__):
            if module.name.endswith("_models"):
                importlib.import_module(f"{room}.{module.name}")
