"""Triggers that keep append-only tables append-only, on both databases.

Alembic's batch mode drops triggers with the table it rebuilds and autogenerate does not see them: whoever alters one of
these tables calls `install` again, and a test compares what is there with this list.
"""

from sqlalchemy import Connection, inspect, text

from portal.migrations import work_guards

APPEND_ONLY = (
    *("audit_entry", "audit_seal", "decision", "questionnaire_version", "bank_revision", "case_step", "consent"),
    *("taxonomy_version", "topic_dictionary", "frozen_period", "frozen_figure", "frozen_decision"),
    *("officer_step", "growth_entry", "point_entry", "point_allocation"),
    "submission_review",
)
"""Rows of these are written once. Retention jobs remove whole partitions, or lift the guard in a transaction of their own."""

EMPTIED = {"case_step": "note", "officer_step": "reason", "submission_review": "note"}
"""The one change that a guard lets through: free words made empty while every other column stays, when a person is erased."""


def install(connection: Connection) -> None:
    """Make the guards of the tables that are there by now, replacing older ones."""
    remove(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(
            text(
                "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN IF TG_OP = 'UPDATE' AND TG_NARGS = 1 THEN "  # the argument names the column that may be made empty
                "IF to_jsonb(NEW) ->> TG_ARGV[0] = '' AND to_jsonb(NEW) - TG_ARGV[0] = to_jsonb(OLD) - TG_ARGV[0] THEN RETURN NEW; END IF; "
                "END IF; "
                "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
            )
        )
    for table in _there(connection):
        if connection.dialect.name == "postgresql":
            words = f"'{EMPTIED[table]}'" if table in EMPTIED else ""
            act = f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change({words})"
            connection.execute(text(f"CREATE TRIGGER {table}_append_only {act}"))
            continue
        for act in ("UPDATE", "DELETE"):
            connection.execute(text(_guard_on_sqlite(connection, table, act)))


def remove(connection: Connection) -> None:
    """Take the guards away."""
    for table in _there(connection):
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"))
        else:
            for act in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{act}"))


def _there(connection: Connection) -> list[str]:
    """An earlier revision guards what it knows; tables of later ones come with theirs."""
    known = set(inspect(connection).get_table_names())
    return [table for table in APPEND_ONLY if table in known]


def lift(connection: Connection, table: str) -> None:
    """Lift the guard of a table and its partitions within this transaction; `guard` puts it back before its end."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '3s'"))
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    for act in ("update", "delete"):
        connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{act}"))


def guard(connection: Connection, table: str) -> None:
    """Put the guard back."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        return
    for act in ("UPDATE", "DELETE"):
        connection.execute(text(_guard_on_sqlite(connection, table, act)))


def _guard_on_sqlite(connection: Connection, table: str, act: str) -> str:
    let = ""
    if act == "UPDATE" and table in EMPTIED:
        names = [column["name"] for column in inspect(connection).get_columns(table) if column["name"] != EMPTIED[table]]
        same = " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in names)
        let = f"WHEN NOT (NEW.{EMPTIED[table]} = '' AND {same}) "
    return f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {let}BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"


def install_author_guard(connection: Connection) -> None:
    """No author of a draft decides a step of its approval, whatever a program tries."""
    own = "EXISTS (SELECT 1 FROM draft_author a WHERE a.questionnaire_id = NEW.questionnaire_id AND a.user_id = NEW.decided_by)"
    if connection.dialect.name == "postgresql":
        connection.execute(
            text(
                "CREATE OR REPLACE FUNCTION refuse_own_approval() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN IF {own} THEN RAISE EXCEPTION 'own work is not approved' USING ERRCODE = 'restrict_violation'; END IF; "
                "RETURN NEW; END $$"
            )
        )
        connection.execute(
            text(
                "CREATE TRIGGER approval_step_not_by_author BEFORE INSERT OR UPDATE ON approval_step "
                "FOR EACH ROW EXECUTE FUNCTION refuse_own_approval()"
            )
        )
        return
    for act in ("INSERT", "UPDATE"):
        connection.execute(
            text(
                f"CREATE TRIGGER approval_step_not_by_author_{act.lower()} BEFORE {act} ON approval_step WHEN {own} "
                "BEGIN SELECT RAISE(ABORT, 'own work is not approved'); END"
            )
        )


def remove_author_guard(connection: Connection) -> None:
    """Take that guard away."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP TRIGGER IF EXISTS approval_step_not_by_author ON approval_step"))
        return
    for act in ("insert", "update"):
        connection.execute(text(f"DROP TRIGGER IF EXISTS approval_step_not_by_author_{act}"))


def expected(dialect: str) -> set[str]:
    """The names of all triggers that a migrated database has."""
    if dialect == "postgresql":
        return work_guards.names() | {"approval_step_not_by_author"} | {f"{table}_append_only" for table in APPEND_ONLY}
    return (
        work_guards.names()
        | {f"approval_step_not_by_author_{act}" for act in ("insert", "update")}
        | {f"{table}_no_{act}" for table in APPEND_ONLY for act in ("update", "delete")}
    )
