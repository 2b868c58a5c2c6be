"""The pages of the simulator: what to play under which policies, how far it is, and what came out, side by side."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session
from werkzeug.datastructures import FileStorage

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound, SoundingsError
from portal.foundation.i18n import _, error_text, pick
from portal.people import access
from scheduler.contacts import policies, simulation_runs, words
from scheduler.contacts import simulation_store as store
from scheduler.contacts.models import PolicyVersion, SimulationRun
from scheduler.contacts.outcome import difference
from scheduler.contacts.simulation_show import shown
from scheduler.contacts.standing import policy_of
from scheduler.contacts.store import standing as standing_store
from scheduler.intake.layout.shape import read_layout
from scheduler.touchpoints import store as touchpoint_store
from scheduler.touchpoints.views import zone

blueprint = Blueprint("simulator", __name__, url_prefix="/portal/simulator")
READ, RUN = "simulations.read", "simulations.run"
REFUSED, PAGE = 422, 30
MOST_DAYS = 400


@blueprint.get("")
@access.allow(READ)
def index() -> ResponseReturnValue:
    """All runs, the newest first."""
    with web.reading() as session:
        rows = store.runs(session, _before(), PAGE + 1)
    following = rows[PAGE - 1][0].created_at.isoformat() if len(rows) > PAGE else None
    return web.render("scheduler/contacts/simulations.html", rows=rows[:PAGE], following=following)


def _before() -> datetime | None:
    try:
        at = datetime.fromisoformat(request.args.get("cursor", ""))
    except ValueError:
        return None
    return at if at.tzinfo else None


@blueprint.get("/new")
@access.allow(RUN)
def new() -> ResponseReturnValue:
    """What may be played."""
    return _form({"first": request.args.get("first", ""), "second": request.args.get("second", "")}, {})


def _form(values: dict[str, Any], problems: dict[str, str]) -> str:
    today = web.now().astimezone(zone()).date()
    usual = {"from": (today - timedelta(days=30)).isoformat(), "to": today.isoformat(), "source": "recorded", "history": "real"}
    with web.writing() as session:
        active = policies.in_force(session, web.now())
        versions = standing_store.policy_versions(session)
    values = {**usual, "first": str(active.id), **{name: value for name, value in values.items() if value}}
    return web.render("scheduler/contacts/simulation_new.html", versions=versions, values=values, problems=problems)


@blueprint.post("/new")
@access.allow(RUN)
def make() -> ResponseReturnValue:
    """Put a run into the queue; a process of its own plays it."""
    try:
        run_id = _asked()
    except InvalidInput as error:
        return _form(dict(request.form), error.fields), REFUSED
    flash(_("It begins within seconds and runs beside the site."), "good")
    return redirect(url_for("simulator.show", run_id=run_id))


def _asked() -> UUID:
    source = "file" if request.form.get("source") == "file" else "recorded"
    title = request.form.get("title", "").replace("\x00", "").strip()[:100]
    columns: dict[str, Any] = {"source": source}
    files: dict[str, FileStorage] = {}
    if source == "file":
        files = _files()
        columns |= {"file": _name_of(files["file"]), "layout": "layout.toml"}
    else:
        columns |= {**_period(), "history": request.form.get("history") != "empty"}
    with web.writing() as session:
        chosen = [_version(session, name) for name in ("first", "second") if request.form.get(name)]
        if not chosen:
            raise InvalidInput({"first": "missing"})
        numbers = " / ".join(_("version %(number)s", number=one.number) for one in chosen)
        made = simulation_runs.ask(
            session, access.actor(), web.now(), title=title or numbers[:100], policies=[_kept(one) for one in chosen], **columns
        )
        _keep_files(made.id, files, columns)
        return made.id


def _version(session: Session, name: str) -> PolicyVersion:
    try:
        found = standing_store.policy_version(session, UUID(request.form[name]))
    except ValueError:
        found = None
    if found is None:
        raise InvalidInput({name: "not_one_of_the_words"})
    return found


def _kept(version: PolicyVersion) -> dict[str, Any]:
    """A copy: what was played stays known though a draft goes on being written."""
    policy = policy_of(version).model_dump(mode="json", exclude_none=True, exclude={"salt"})
    return {"label": f"{version.number}", "policy": policy, "salt": version.salt}


def _period() -> dict[str, datetime]:
    try:
        days = [datetime.fromisoformat(request.form.get(name, "")).date() for name in ("from", "to")]
    except ValueError:
        raise InvalidInput({"from": "not_a_time"}) from None
    if not 0 <= (days[1] - days[0]).days <= MOST_DAYS:
        raise InvalidInput({"to": "ends_before_start" if days[1] < days[0] else "out_of_range"})
    first = datetime.combine(days[0], datetime.min.time(), zone())
    last = datetime.combine(days[1] + timedelta(days=1), datetime.min.time(), zone())
    return {"first": first.astimezone(UTC), "last": last.astimezone(UTC)}


def _files() -> dict[str, FileStorage]:
    found = {name: request.files[name] for name in ("file", "layout") if name in request.files and request.files[name].filename}
    missing = {name: "missing" for name in ("file", "layout") if name not in found}
    if missing:
        raise InvalidInput(missing)
    return found


def _name_of(file: FileStorage) -> str:
    """A name of ours with the ending of theirs: the reader goes by `.gz`."""
    return "events.gz" if (file.filename or "").endswith(".gz") else "events.txt"


def _keep_files(run_id: UUID, files: dict[str, FileStorage], columns: dict[str, Any]) -> None:
    if not files:
        return
    folder = simulation_runs.folder_of(web.ground(), run_id)
    folder.mkdir(parents=True, exist_ok=True)
    for name, file in files.items():
        file.save(Path(folder) / columns[name])
    try:
        read_layout(folder / "layout.toml")
    except SoundingsError:
        simulation_runs.forget_files(web.ground(), run_id)
        raise InvalidInput({"layout": "not_a_layout"}) from None


@blueprint.get("/<uuid:run_id>")
@access.allow(READ)
def show(run_id: UUID) -> ResponseReturnValue:
    """A run: its progress, or what came out."""
    with web.reading() as session:
        found = _find(session, run_id)
        names = {code: pick(zh, en) for code, zh, en, _short_zh, _short_en in touchpoint_store.names(session)}
    view = shown(found.result, names) if found.result else None
    gap = difference(*(_figures(one) for one in found.result)) if found.result and len(found.result) > 1 else None
    return web.render("scheduler/contacts/simulation.html", run=found, view=view, gap=gap, words=words, problem=_problem(found))


def _figures(result: dict[str, Any]) -> dict[str, Any]:
    """What can be subtracted."""
    return {name: value for name, value in result.items() if name not in ("label", "histogram")}


def _problem(found: SimulationRun) -> str:
    return "" if not found.problem else error_text(SoundingsError()) if not found.problem.islower() else _(found.problem)


@blueprint.get("/<uuid:run_id>/progress")
@access.allow(READ)
def progress(run_id: UUID) -> ResponseReturnValue:
    """The part of the page that is asked for again and again; at the end it has the whole page loaded anew."""
    with web.reading() as session:
        found = _find(session, run_id)
    answer = web.render("scheduler/contacts/_simulation_progress.html", run=found)
    return (answer, 200, {"HX-Refresh": "true"}) if found.state not in ("waiting", "running") else answer


@blueprint.post("/<uuid:run_id>/cancel")
@access.allow(RUN)
def cancel(run_id: UUID) -> ResponseReturnValue:
    """Stop a run."""
    with web.writing() as session:
        simulation_runs.cancel(session, run_id, access.actor(), web.now())
    flash(_("It is stopped within seconds."), "info")
    return redirect(url_for("simulator.show", run_id=run_id))


def _find(session: Session, run_id: UUID) -> SimulationRun:
    found = store.run(session, run_id)
    if found is None:
        raise NotFound
    return found
