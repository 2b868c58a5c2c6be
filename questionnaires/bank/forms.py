"""Forms of the question bank."""

from collections.abc import Mapping

from flask_wtf import FlaskForm
from sqlmodel import Session
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp

from portal.foundation.i18n import _, _l
from questionnaires.bank.bank import Place
from questionnaires.bank.labels import AXES, axis_labels, category_choices, type_labels

CODE = Regexp(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", message=_l("Small letters, digits and single underscores, beginning with a letter."))
MOST_TAGS = 10
SECTION = "section"


class AddForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What a new bank question or section begins with."""

    text = StringField(_l("Question"), [InputRequired(_l("Needed.")), Length(max=200)])
    code = StringField(_l("Code"), [InputRequired(_l("Needed.")), Length(max=40), CODE])
    type = SelectField(_l("Question type"))
    journey = SelectField(_l("Customer journey"))
    touchpoint = SelectField(_l("Touchpoint"), default="")
    dimension = SelectField(_l("Dimension"), default="")
    tags = StringField(_l("Tags"), [Length(max=200)])

    def offer(self, session: Session) -> "AddForm":
        """Fill the lists: types, and the categories of each axis; a journey is always named."""
        self.type.choices = [SelectChoice(*one) for one in type_labels().items()] + [
            SelectChoice(SECTION, _("Section of several questions"))
        ]
        for axis in AXES:
            blank = [] if axis == "journey" else [SelectChoice("", _("Any"))]
            self[axis].choices = [*blank, *(SelectChoice(*one) for one in category_choices(session, axis))]
        return self

    @property
    def place(self) -> Place:
        """Where it shall stand."""
        return Place(*(self[axis].data or "" for axis in AXES))


class CategoryForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """One value of an axis."""

    axis = SelectField(_l("Axis"))
    code = StringField(_l("Code"), [InputRequired(_l("Needed.")), Length(max=40), CODE])
    name_zh = StringField(_l("Chinese name"), [InputRequired(_l("Needed.")), Length(max=40)])
    name_en = StringField(_l("English name"), [InputRequired(_l("Needed.")), Length(max=60)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.axis.choices = [SelectChoice(*one) for one in axis_labels().items()]


def tags_of(text: str | None) -> list[str]:
    """Tags from one line, by Latin or Chinese commas."""
    words = (word.strip() for word in (text or "").replace("，", ",").replace("、", ",").split(","))
    return list(dict.fromkeys(word[:30] for word in words if word))[:MOST_TAGS]


def place_of(session: Session, form: Mapping[str, str], now: Place) -> tuple[Place, dict[str, str]]:
    """The categories chosen in a plain form, and what is wrong with them; what is not in the form stays."""
    chosen, errors = {}, {}
    for axis in AXES:
        code = form.get(axis, now[axis])
        known = {one for one, _name in category_choices(session, axis)} | {now[axis]} | ({""} if axis != "journey" else set())
        chosen[axis] = code if code in known else now[axis]
        if code not in known:
            errors[axis] = "choice_unknown"
    return Place(**chosen), errors
