"""Anchors outside the database: written once a day, bound to one another, and they find out a trail that was rewritten as a whole."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from portal.audit import anchors, chain, jobs
from portal.audit.models import AuditEntry
from portal.audit.trail import Actor, record
from portal.foundation.ground import Ground
from portal.migrations import triggers
from tests.conftest import NOON

DAY = timedelta(days=1)


def codes(ground: Ground) -> list[str]:
    with ground.reading() as session:
        return [one["code"] for one in anchors.verify(session, jobs.place_of(ground))[1]]


@pytest.fixture
def anchored(ground: Ground) -> Ground:
    """Three days, each with two entries, a seal and an anchor."""
    assert jobs.anchor(ground, NOON) == 0  # nothing is sealed yet
    for n in range(3):
        with ground.writing() as session:
            for act in ("a.do", "b.do"):
                record(session, Actor.system("test"), act, "thing", str(n), NOON + n * DAY)
            chain.seal(session, NOON + n * DAY)
        assert jobs.anchor(ground, NOON + n * DAY) == 1
        assert jobs.anchor(ground, NOON + n * DAY + timedelta(hours=2)) == 0
    return ground


def rewrite(ground: Ground, statement: str) -> None:
    """What somebody with all rights in the database could do: lift the guards, change entries, and seal everything anew."""
    with ground.writing() as session:
        connection = session.connection()
        for table in ("audit_entry", "audit_seal"):
            triggers.lift(connection, table)
        session.execute(text(statement))
        session.execute(text("DELETE FROM audit_mark"))
        session.execute(text("DELETE FROM audit_seal"))
        for _ in range(3):
            chain.seal(session, NOON, 2)
        for table in ("audit_entry", "audit_seal"):
            triggers.guard(connection, table)


def test_a_whole_chain_passes_and_one_rewritten_from_end_to_end_does_not(anchored: Ground) -> None:
    with anchored.reading() as session:
        assert anchors.verify(session, jobs.place_of(anchored)) == (3, [])
    rewrite(anchored, "UPDATE audit_entry SET act = 'c.do' WHERE act = 'b.do' AND object_id = '1'")
    with anchored.reading() as session:
        assert chain.verify(session, NOON)[1] == []  # the chain by itself finds nothing
    assert codes(anchored) == ["anchor_differs", "anchor_differs"]


def test_a_trail_whose_end_was_cut_off_is_found_out(anchored: Ground) -> None:
    rewrite(anchored, "DELETE FROM audit_entry WHERE object_id = '2'")
    assert codes(anchored) == ["anchored_seal_missing"]


def test_anchors_that_were_forged_or_taken_out_are_found_out(anchored: Ground) -> None:
    folder = jobs.place_of(anchored).folder
    first, second, _third = sorted(folder.glob("*.json"))
    second.chmod(0o600)
    kept = second.read_bytes()
    second.write_bytes(kept.replace(b'"entries": 4', b'"entries": 5'))
    assert codes(anchored)[0] == "anchor_forged"
    second.write_bytes(b"no anchor")
    assert codes(anchored)[0] == "anchor_unreadable"
    second.unlink()
    assert codes(anchored) == ["anchors_missing"]
    assert first.stat().st_mode & 0o777 == 0o400


def test_who_saw_data_is_told_from_what_else_was_done(anchored: Ground) -> None:
    from portal.audit import store

    with anchored.writing() as session:
        for act in ("customer.reveal", "customer.export", "answers.open_file", "customer.tag"):
            record(session, Actor("user", "u"), act, "customer", "c", NOON)
    with anchored.reading() as session:
        found = store.entries_of_page(session, store.matching(seen=True, object_id="c"), None)
    assert {entry.act for entry in found} == {"customer.reveal", "customer.export", "answers.open_file"}
    assert all(isinstance(entry, AuditEntry) for entry in found)
