"""`soundings questionnaires import` and `export`."""

import sys
from pathlib import Path
from typing import Any

import click

from portal.audit.trail import Actor
from portal.shell.cli import OpenGround, put
from questionnaires.answering.test_links import questionnaires
from questionnaires.interchange import formats, taking

BY_COMMAND = Actor.system("questionnaires import")


@questionnaires.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "name", type=click.Choice([formats.AUTO, *formats.READABLE]), default=formats.AUTO, help="What the file is.")
@click.option("--code", default="", help="The new questionnaire's code; else the file's name.")
@click.option("--folder", default="", help="The folder it is put into.")
@click.option("--dry-run", is_flag=True, help="Only the report; no draft is made.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def import_command(opened: OpenGround, file: Path, name: str, code: str, folder: str, dry_run: bool, as_json: bool) -> None:
    """Make a draft from a file, and report what came in and what could not be carried over."""
    if file.stat().st_size > formats.LARGEST:
        raise formats.CannotRead("file_too_large")
    imported, report = formats.read(file.read_bytes(), name, file.name)
    if dry_run:
        put({"id": "-", "code": "-", **report.as_json()}, as_json, _lines)
        return
    ground = opened.ground
    with ground.writing() as session:
        fit = taking.free_code(session, code or file.stem)
        made = taking.as_new(session, imported, fit, folder, BY_COMMAND, ground.now())
        result = {"id": str(made.id), "code": made.code, **report.as_json()}
    put(result, as_json, _lines)


def _lines(result: dict[str, Any]) -> list[str]:
    counts = ", ".join(f"{result[name]} {name}" for name in ("pages", "questions", "options", "languages", "conditions"))
    lines = [f"{result['id']}  {result['code']}: {counts}", f"publishing check: {result['errors']} errors, {result['warnings']} warnings"]
    lines += [
        f"stops publication: {one['question'] or one['page'] or 'questionnaire'}: {one['code']} {_facts(one['facts'])}".rstrip()
        for one in result["stops"]
    ]
    for title, notes in (("not carried over", result["not_carried"]), ("changed", result["changed"])):
        lines += [f"{title}: {one['construct']} at {one['where'] or 'the file'}: {one['why']} {one['do']}{_detail(one)}" for one in notes]
    return lines


def _detail(one: dict[str, str]) -> str:
    return f" [{one['detail']}]" if one["detail"] else ""


def _facts(facts: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in facts.items())


@questionnaires.command("export")
@click.argument("which", metavar="ID")
@click.option("--format", "name", type=click.Choice(list(formats.WRITABLE)), default="json", help="The format to write.")
@click.option("--version", type=int, default=None, help="A published version; without it the draft.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), default=None, help="The file to write; without it the screen.")
@click.pass_obj
def export_command(opened: OpenGround, which: str, name: str, version: int | None, output: Path | None) -> None:
    """Write a questionnaire, given by id or code, to a file."""
    with opened.ground.reading() as session:
        made = taking.written(session, taking.find(session, which), name, version)
    for one in made.notes:
        click.echo(f"{'not said' if one.lost else 'said otherwise'}: {one.construct} at {one.where} {one.detail}".rstrip(), err=True)
    if output is None:
        sys.stdout.buffer.write(made.data)
        sys.stdout.flush()
    else:
        output.write_bytes(made.data)
