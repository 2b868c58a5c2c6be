"""Other programs hear who put an invitation aside, once."""

from sqlalchemy import select, update

from portal.audit.trail import Actor
from portal.foundation.ground import Ground
from portal.webhooks import endpoints
from portal.webhooks.endpoints import Wanted
from portal.webhooks.models import WebhookDelivery
from questionnaires.answering.models import Invitation
from scheduler.contacts import jobs
from scheduler.contacts.rules.policy import standard_policy
from tests.conftest import NOON
from tests.scheduler.contacts.world import World


def test_a_declined_invitation_is_told_once(ground: Ground) -> None:
    world = World(ground)
    with ground.writing() as session:
        wanted = Wanted("core", "https://8.8.8.8/", ["contact.declined"])
        endpoints.make(session, ground.keys, wanted, Actor.system("test"), NOON)
    world.start(standard_policy())
    world.candidates(world.customers(2))
    world.decide()
    for _ in range(2):
        with ground.writing() as session:
            first = session.scalars(select(Invitation).order_by(Invitation.id)).first()  # type: ignore[arg-type]  # SQLModel types columns as values
            assert first is not None
            changed = update(Invitation).where(Invitation.id == first.id)  # type: ignore[arg-type]  # SQLModel types columns as values
            session.execute(changed.values(declined_at=NOON, touched_at=NOON, taken_over_at=None))
        jobs.take_over(ground, NOON)
    with ground.reading() as session:
        (told,) = session.scalars(select(WebhookDelivery)).all()
    assert (told.data["channel"], told.data["declined_at"]) == ("file", NOON.isoformat())
