"""`soundings simulate` and `soundings replay`: the same arguments, the same figures."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from portal.shell.cli import OpenGround, put
from scheduler.contacts.answers import Answering, ResponsePlan
from scheduler.contacts.plans import read_customers, read_policy, read_responses, read_touchpoints
from scheduler.contacts.replay import Lease, replay
from scheduler.contacts.simulator import Setup, difference, simulate
from scheduler.intake.commands import EXISTING, list_rejected, read_with_progress
from scheduler.intake.layout.reading import Reading
from scheduler.intake.layout.shape import read_layout

Command = Callable[..., Any]


def _shared(command: Command) -> Command:
    """The arguments that both commands take."""
    for option in reversed((
        click.option("--events", "events_file", type=EXISTING, required=True, help="Recorded events: CSV or TSV, .gz too."),
        click.option("--layout", "layout_file", type=EXISTING, required=True, help="How rows become events (TOML)."),
        click.option("--policy", "policy_file", type=EXISTING, required=True, help="Contact policy (TOML)."),
        click.option("--touchpoints", "touchpoints_file", type=EXISTING, help="Touchpoints (TOML); without it each event type is one."),
        click.option("--customers", "customers_file", type=EXISTING, help="Customers (CSV); without it everybody agrees."),
        click.option("--responses", "responses_file", type=EXISTING, help="Made-up answers (TOML); without it nobody answers."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
    )):  # fmt: skip
        command = option(command)
    return command


def _setup(opened: OpenGround, policy: Path, touchpoints: Path | None, customers: Path | None, responses: Path | None) -> Setup:
    plan: ResponsePlan | None = read_responses(responses) if responses else None
    return Setup(
        policy=read_policy(policy),
        zone=opened.settings.zone,
        touchpoints=read_touchpoints(touchpoints) if touchpoints else None,
        customers=read_customers(customers) if customers else None,
        answering=Answering(plan) if plan else None,
    )


@click.command("simulate")
@_shared
@click.option("--against", "against_file", type=EXISTING, help="A second policy to compare with.")
@click.pass_obj
def simulate_command(
    opened: OpenGround, events_file: Path, layout_file: Path, policy_file: Path, touchpoints_file: Path | None,
    customers_file: Path | None, responses_file: Path | None, as_json: bool, against_file: Path | None,
) -> None:  # fmt: skip
    """Say what a policy would do with recorded events. No database is changed."""
    setup = _setup(opened, policy_file, touchpoints_file, customers_file, responses_file)
    other = read_policy(against_file) if against_file else None
    with read_with_progress(events_file, read_layout(layout_file)) as reading:
        result = _run(reading, setup)
        if other is not None:
            result["against"] = _run(reading, setup._replace(policy=other))
            own = {name: value for name, value in result.items() if name != "against"}
            result["difference"] = difference(own, result["against"])
    put(result, as_json)


def _run(reading: Reading, setup: Setup) -> dict[str, Any]:
    began = time.monotonic()
    outcome = simulate(reading.events(), setup)
    return _printed(reading, outcome.as_dict(), began)


def _printed(reading: Reading, outcome: dict[str, Any], began: float) -> dict[str, Any]:
    counts = {"rows": reading.rows, "skipped": reading.skipped, "rejected": reading.rejected, "duplicates": reading.duplicates}
    return {**counts, "events": reading.count, **outcome, "seconds": round(time.monotonic() - began, 3)}


def make_replay_command(lease: Lease) -> click.Command:
    """`soundings replay`; the clock's lease is the engine's, which stands above this room."""

    @click.command("replay")
    @_shared
    @click.pass_obj
    def replay_command(
        opened: OpenGround, events_file: Path, layout_file: Path, policy_file: Path, touchpoints_file: Path | None,
        customers_file: Path | None, responses_file: Path | None, as_json: bool,
    ) -> None:  # fmt: skip
        """Play recorded events through the live engine into the database, in simulated time; no channel is called."""
        setup = _setup(opened, policy_file, touchpoints_file, customers_file, responses_file)
        layout, began = read_layout(layout_file), time.monotonic()
        with read_with_progress(events_file, layout) as reading:
            hidden = not sys.stderr.isatty()
            with click.progressbar(length=2 * reading.count, label="replay", file=sys.stderr, hidden=hidden) as bar:
                outcome = replay(opened.ground, reading, layout, setup, lease, bar.update)
            list_rejected(reading, events_file)
            put(_printed(reading, outcome.as_dict(), began), as_json)

    return replay_command
