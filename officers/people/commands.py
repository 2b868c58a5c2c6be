"""Commands of this room."""

import click

from officers.people import tickets
from portal.shell.cli import OpenGround, put


@click.command("officer-app-key")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def app_key(opened: OpenGround, as_json: bool) -> None:
    """The key that the bank's app signs tickets to the officers' zone with. Keep it on the app's server."""
    key = tickets.key_of_app(opened.bare_ground.keys)
    put({"key": key, "audience": tickets.AUDIENCE, "seconds": int(tickets.GOOD_FOR.total_seconds())}, as_json)
