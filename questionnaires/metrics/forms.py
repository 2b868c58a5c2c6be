"""The forms of index trees, indicators and targets."""

from flask_wtf.file import FileField
from wtforms import DateField, FloatField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from portal.foundation.i18n import _l
from portal.people.forms import NEEDED, PlainForm, choices
from questionnaires.metrics.naming import SHORT_KINDS

LONG = _l("too_long")
CODE = r"^[a-z][a-z0-9_]*$"


class TreeForm(PlainForm):
    """A file with an index tree, and from when it is in force."""

    file = FileField(_l("File (JSON or XLSX)"))
    effective_from = DateField(_l("In force from"), [InputRequired(NEEDED)])


class IndicatorForm(PlainForm):
    """An indicator of the bank's own."""

    code = StringField(_l("Code"), [InputRequired(NEEDED), Length(max=40, message=LONG), Regexp(CODE, message=_l("not_a_code"))])
    name_zh = StringField(_l("Name in Chinese"), [InputRequired(NEEDED), Length(max=80, message=LONG)])
    name_en = StringField(_l("Name in English"), [InputRequired(NEEDED), Length(max=80, message=LONG)])
    origin = SelectField(
        _l("Comes from"), choices=choices({"imported": _l("Imported figures"), "answered": _l("Scores of questionnaires")})
    )
    measure = StringField(_l("Unit of measure"), [Optional(), Length(max=20, message=LONG)])
    better = SelectField(_l("Better is"), choices=choices({"higher": _l("higher"), "lower": _l("lower")}))
    decimals = IntegerField(_l("Decimals"), [InputRequired(NEEDED), NumberRange(0, 4, message=_l("not_valid"))], default=1)


class FiguresForm(PlainForm):
    """A CSV file of imported figures."""

    file = FileField(_l("File (CSV)"))


class TargetForm(PlainForm):
    """A target of a unit."""

    unit_id = StringField(_l("Unit"), [InputRequired(NEEDED)])
    indicator = SelectField(_l("Indicator"), choices=choices({str(kind): name for kind, name in SHORT_KINDS.items()}))
    first = DateField(_l("First day"), [InputRequired(NEEDED)])
    last = DateField(_l("Last day"), [InputRequired(NEEDED)])
    value = FloatField(_l("Target"), [InputRequired(NEEDED)])
