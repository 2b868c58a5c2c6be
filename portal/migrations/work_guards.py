"""Guards of the officers' work that hold whatever a program tries: who may not review what, and where nobody takes a place."""

from sqlalchemy import Connection, text

MANAGES = (
    "EXISTS (SELECT 1 FROM user_role r JOIN unit_ancestor a ON a.ancestor_id = r.unit_id WHERE r.user_id = {user} AND a.unit_id = {unit} "
    "AND r.role = 'outlet_manager' AND a.valid_from <= date({at}) AND a.valid_to > date({at}) "
    "AND (r.expires_at IS NULL OR r.expires_at > {at}))"
)
"""Somebody holds that role for a unit or for one above it."""
MINE = "SELECT 1 FROM submission s JOIN officer o ON o.id = s.officer_id WHERE s.id = NEW.submission_id AND "
REVIEWS = {
    "own work is not reviewed": f"EXISTS ({MINE}o.user_id = NEW.reviewer_id)",
    "a manager does not review his own people's work": (
        f"EXISTS ({MINE}o.kind = 'staff' AND " + MANAGES.format(user="NEW.reviewer_id", unit="o.unit_id", at="NEW.at") + ")"
    ),
    "a person must look at this": (
        "NEW.reviewer_id IS NULL AND NOT EXISTS (SELECT 1 FROM submission s JOIN task t ON t.id = s.task_id WHERE s.id = NEW.submission_id "
        "AND t.automatic = TRUE AND EXISTS (SELECT 1 FROM submission b WHERE b.officer_id = s.officer_id AND b.id <> s.id "
        "AND b.state IN ('approved', 'overturned')))"
    ),
}
CLAIMS = {
    "nobody works at his own unit": (
        "NEW.unit_id IS NOT NULL AND EXISTS (SELECT 1 FROM officer o WHERE o.id = NEW.officer_id AND o.unit_id = NEW.unit_id)"
    ),
    "nobody works under his own manager": (
        "NEW.unit_id IS NOT NULL AND EXISTS (SELECT 1 FROM officer o JOIN user_role m ON m.unit_id = o.unit_id WHERE o.id = NEW.officer_id "
        "AND o.kind = 'staff' AND m.role = 'outlet_manager' AND (m.expires_at IS NULL OR m.expires_at > NEW.claimed_at) AND "
        + MANAGES.format(user="m.user_id", unit="NEW.unit_id", at="NEW.claimed_at")
        + ")"
    ),
}
GUARDS = {"submission_review": ("submission_review_by_another", REVIEWS), "task_claim": ("task_claim_elsewhere", CLAIMS)}
"""By table: the name of the guard, and what it refuses."""


def install(connection: Connection) -> None:
    """Make the guards."""
    for table, (name, refused) in GUARDS.items():
        if connection.dialect.name == "postgresql":
            checks = " ".join(
                f"IF {when} THEN RAISE EXCEPTION '{_said(said)}' USING ERRCODE = 'restrict_violation'; END IF;"
                for said, when in refused.items()
            )
            connection.execute(
                text(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {checks} RETURN NEW; END $$")
            )
            connection.execute(text(f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"))
            continue
        checks = " ".join(f"SELECT RAISE(ABORT, '{_said(said)}') WHERE {when};" for said, when in refused.items())
        connection.execute(text(f"CREATE TRIGGER {name} BEFORE INSERT ON {table} BEGIN {checks} END"))


def remove(connection: Connection) -> None:
    """Take them away."""
    for table, (name, _) in GUARDS.items():
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name} ON {table}"))
            connection.execute(text(f"DROP FUNCTION IF EXISTS {name}()"))
        else:
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))


def _said(words: str) -> str:
    return words.replace("'", "''")


def names() -> set[str]:
    """What the guards are called, on either database."""
    return {name for name, _ in GUARDS.values()}
