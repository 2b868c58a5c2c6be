"""Pages of index trees: the index of a unit with its nodes, versions, files in and out."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.i18n import _, pick
from portal.foundation.sent_files import sent_file
from portal.people import access, edge
from questionnaires.metrics import index_files, indexes
from questionnaires.metrics.forms import TreeForm
from questionnaires.metrics.naming import PERIODS, WHOLE_PERIODS, name_of, span
from questionnaires.metrics.store import indexes as store
from questionnaires.metrics.store import reading
from questionnaires.metrics.tree import Tree
from questionnaires.metrics.views import PERMISSION, asked_for, reader
from questionnaires.metrics.when import today

blueprint = Blueprint("indexes", __name__, url_prefix="/portal/indexes")
EDIT = "metrics.edit"
REFUSED = 422
IN_ADDRESS = ("unit", "period", "from", "to", "source")
MIME = {"json": "application/json", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@blueprint.get("")
@access.allow(PERMISSION)
def index() -> ResponseReturnValue:
    """The indexes, or the only one at once."""
    with web.reading() as session:
        codes = indexes.codes(session)
    if len(codes) == 1:
        return redirect(url_for("indexes.show", code=next(iter(codes))))
    return web.render("questionnaires/metrics/indexes.html", codes=[(code, pick(*names)) for code, names in codes.items()])


@blueprint.get("/<code>")
@access.allow(PERMISSION)
def show(code: str) -> ResponseReturnValue:
    """One index of a unit and period, node by node."""
    return _page(code, TreeForm(effective_from=today()) if access.may(EDIT) else None)


def _page(code: str, form: TreeForm | None, status: int = 200) -> ResponseReturnValue:
    asked, who = asked_for(IN_ADDRESS), reader()
    with web.reading() as session:
        found = indexes.read_index(session, code, asked, who, today())
        tree = Tree(reading.units(session, today()))
        versions = [row for row in store.all_trees(session) if row.code == code]
    values: dict[str, Any] = {
        "units": [{"id": one.unit.code, "name": name_of(one.unit), "depth": one.depth} for one in tree.visible(who.scope)],
        "periods": list((WHOLE_PERIODS if who.coarse else PERIODS).items()),
        "dates": span(found.period.first, found.period.last),
        "rows": list(found.scored.walk()),
    }
    return web.render(
        "questionnaires/metrics/index.html", found=found, asked=asked, versions=versions, form=form, pick=pick, **values
    ), status


@blueprint.post("/<code>")
@access.allow(EDIT)
def upload(code: str) -> ResponseReturnValue:
    """Take a tree in as the next version; the code in the file says of which index."""
    form = TreeForm()
    if not form.validate_on_submit():
        return _page(code, form, REFUSED)
    try:
        tree = index_files.read(sent_file("file", index_files.MOST_BYTES).data)
        with web.writing() as session:
            made = indexes.publish(session, tree, form.effective_from.data, access.actor(), web.now())
    except InvalidInput as error:
        edge.show(form, error)
        return _page(code, form, REFUSED)
    flash(_("Version %(n)s is kept. It is in force from %(day)s on.", n=made.version, day=made.effective_from.isoformat()), "good")
    return redirect(url_for("indexes.show", code=made.code))


@blueprint.get("/<code>/tree.<form>")
@access.allow(PERMISSION)
def download(code: str, form: str) -> ResponseReturnValue:
    """A version of a tree as a file, to be kept or changed and sent back."""
    if form not in MIME:
        raise NotFound
    number = edge.number_of(request.args.get("version"))
    with web.reading() as session:
        tree = indexes.version_of(session, code, number) if number is not None else indexes.in_force(session, code, today()).tree
    name = f"{tree.code}.{form}"
    return Response(index_files.write(tree, form), mimetype=MIME[form], headers={"Content-Disposition": f'attachment; filename="{name}"'})
