"""The one file that sees all packages."""

import gc

gc.disable()  # until all is loaded: what is loaded stays, and looking through it again and again was a sixth of the way

from collections.abc import Sequence

from flask import Flask

from officers.feature import FEATURE as OFFICERS
from portal.feature import FEATURE as PORTAL
from portal.foundation.ground import Ground, open_ground
from portal.foundation.logs import configure
from portal.foundation.processes import die_with_parent
from portal.foundation.settings import load_settings
from portal.migrations.models import load_all
from portal.shell.app import build_app
from portal.shell.cli import make_cli
from portal.shell.features import Feature
from questionnaires.feature import FEATURE as QUESTIONNAIRES
from scheduler.engine.beating import Beat
from scheduler.feature import FEATURE as SCHEDULER

FEATURES: tuple[Feature, ...] = (PORTAL, QUESTIONNAIRES, SCHEDULER, OFFICERS)
load_all()


def create_app(ground: Ground | None = None, features: Sequence[Feature] = FEATURES) -> Flask:
    """The application; opens the ground from the environment where none is given."""
    return build_app(ground or open_ground(load_settings()), features)


def serve_app() -> Flask:
    """The application inside a worker of `soundings serve`, which ends with its parent."""
    die_with_parent()
    ground = open_ground(load_settings())
    configure(ground.settings)
    Beat(ground, "web").start()
    app = create_app(ground)
    gc.collect()
    gc.freeze()  # what was loaded stays: going through it again and again made single requests wait for tenths of a second
    return app


cli = make_cli(FEATURES)
gc.freeze()  # processes that are forked share it
gc.enable()

if __name__ == "__main__":
    cli()
