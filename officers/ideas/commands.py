"""`soundings idea-link REF`: the address at which one customer proposes and votes as themselves."""

import click

from officers.ideas import persons
from portal.people import customer_store
from portal.shell.cli import OpenGround


@click.command("idea-link")
@click.argument("ref")
@click.pass_obj
def idea_link(opened: OpenGround, ref: str) -> None:
    """Show the address of the idea box for the customer with this reference."""
    ground = opened.ground
    with ground.reading() as session:
        customer = customer_store.by_ref(session, ref)
        if customer is None or customer.erased_at is not None:
            raise click.ClickException("nobody has this reference")
        click.echo(f"{ground.settings.effective_public_url}/i/?k={persons.key_of(ground.keys, customer.id)}")
