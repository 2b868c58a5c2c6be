"""The forms of people's pages."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, PasswordField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.foundation.i18n import NAMES, _l
from portal.people import words

NEEDED = _l("missing")


class PlainForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form whose text holds nothing that a database could not keep."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse NUL, which no person types."""
        right = bool(super().validate(extra_validators))
        for field in self:
            if isinstance(field.data, str) and "\x00" in field.data:
                field.errors, right = [*field.errors, _l("not_valid")], False
        return right


def choices(names: Mapping[Any, Any]) -> list[SelectChoice]:
    """Values with their words, as a select field takes them."""
    return [SelectChoice(str(value), words_of) for value, words_of in names.items()]


class GuardianForm(PlainForm):
    """A guardian agreed for a customer under 14."""

    name = StringField(_l("Guardian's name"), [InputRequired(NEEDED), Length(max=80, message=_l("too_long"))])
    relation = SelectField(_l("The guardian is"), choices=choices(words.RELATIONS))


class LogInForm(PlainForm):
    """Name and password."""

    login = StringField(_l("Log-in name"), [InputRequired(NEEDED), Length(max=60)])
    password = PasswordField(_l("Password"), [InputRequired(NEEDED)])


class PasswordForm(PlainForm):
    """Change one's own password."""

    old_password = PasswordField(_l("Present password"), [InputRequired(NEEDED)])
    new_password = PasswordField(_l("New password"), [InputRequired(NEEDED)])


class UnitForm(PlainForm):
    """A unit; the code only when it is new."""

    code = StringField(_l("Unit code"), [Optional(), Length(max=60, message=_l("too_long"))])
    name_zh = StringField(_l("Name in Chinese"), [InputRequired(NEEDED), Length(max=80, message=_l("too_long"))])
    name_en = StringField(_l("Name in English"), [InputRequired(NEEDED), Length(max=80, message=_l("too_long"))])
    kind = SelectField(_l("Kind"), choices=choices(words.UNIT_KINDS))
    parent_id = StringField(_l("Hangs below"), [Optional()])
    day = DateField(_l("From"), [Optional()])
    zone = StringField(_l("Time zone"), [Optional(), Length(max=40, message=_l("unknown_zone"))])
    calendar = StringField(_l("Working calendar"), [Optional(), Length(max=20, message=_l("too_long"))], default="cn")


class MoveForm(PlainForm):
    """Move a unit from a day on."""

    parent_id = StringField(_l("New unit above"), [InputRequired(NEEDED)])
    day = DateField(_l("From"), [InputRequired(NEEDED)])


class UserForm(PlainForm):
    """A user; roles are rows of two selects, read by the view."""

    login = StringField(_l("Log-in name"), [Optional(), Length(max=60, message=_l("too_long"))])
    name = StringField(_l("Full name"), [InputRequired(NEEDED), Length(max=60, message=_l("too_long"))])
    unit_id = StringField(_l("Belongs to"), [Optional()])
    language = SelectField(_l("Language"), choices=choices({"": _l("As the browser asks"), **NAMES}))


class RevealForm(PlainForm):
    """Why somebody wants to see personal data."""

    why = SelectField(_l("Reason"), choices=choices({"": "–", **words.WHYS}), validate_choice=False)
    reference = StringField(_l("Number of the case or request"), [Optional(), Length(max=40, message=_l("too_long"))])


class TagForm(PlainForm):
    """A tag, perhaps until a day."""

    tag = StringField(_l("Tag"), [InputRequired(NEEDED), Length(max=40, message=_l("too_long"))])
    expires_at = DateField(_l("Until"), [Optional()])


class AttributeForm(PlainForm):
    """A declared attribute."""

    code = StringField(_l("Code"), [InputRequired(NEEDED), Length(max=40, message=_l("too_long"))])
    name_zh = StringField(_l("Name in Chinese"), [InputRequired(NEEDED), Length(max=60, message=_l("too_long"))])
    name_en = StringField(_l("Name in English"), [InputRequired(NEEDED), Length(max=60, message=_l("too_long"))])
    type = SelectField(_l("Kind of value"), choices=choices(words.ATTRIBUTE_TYPES))
    options = TextAreaField(_l("Options, one a line"), [Optional()])


class ApiKeyForm(PlainForm):
    """A key for a program."""

    name = StringField(_l("Which program uses it"), [InputRequired(NEEDED), Length(max=60, message=_l("too_long"))])
    scopes = SelectMultipleField(_l("What it may do"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())
    account = SelectField(_l("Service account"), validate_choice=False)
    expires_at = DateField(_l("Valid until"), [InputRequired(NEEDED)])
