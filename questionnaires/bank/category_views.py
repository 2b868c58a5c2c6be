"""The values of the three axes: add, rename, retire."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.i18n import _
from portal.people import access
from questionnaires.bank import categories, labels, store
from questionnaires.bank.forms import CategoryForm
from questionnaires.bank.views import READ, WRITE, blueprint


@blueprint.get("/categories")
@access.allow(READ)
def category_list() -> ResponseReturnValue:
    """The three axes with how many questions stand under each value."""
    return _page(CategoryForm(formdata=None), 200)


@blueprint.post("/categories")
@access.allow(WRITE)
def save_category() -> ResponseReturnValue:
    """Add a value, or give one that is there another name."""
    form = CategoryForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    with web.writing() as session:
        new = categories.Category(form.axis.data, form.code.data, form.name_zh.data.strip(), form.name_en.data.strip())
        categories.save(session, new, access.actor(), web.now())
    flash(_("Saved."), "good")
    return redirect(url_for("bank.category_list"))


@blueprint.post("/categories/<axis>/<code>/<any(retire, restore):act>")
@access.allow(WRITE)
def move_category(axis: str, code: str, act: str) -> ResponseReturnValue:
    """Offer a value no longer, or again; questions that stand under it stay there."""
    with web.writing() as session:
        categories.offer(session, axis, code, act == "restore", access.actor(), web.now())
    return redirect(url_for("bank.category_list"))


def _page(form: CategoryForm, status: int) -> ResponseReturnValue:
    with web.reading() as session:
        rows, counts = store.categories(session), store.category_counts(session)
    return web.render(
        "questionnaires/bank/categories.html",
        rows=rows,
        counts=counts,
        axes=labels.axis_labels(),
        form=form,
        editing=request.args.get("edit", ""),
    ), status
