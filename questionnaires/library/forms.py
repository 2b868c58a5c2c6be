"""Forms of the library."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from portal.foundation.i18n import _l

CODE = Regexp(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", message=_l("Small letters, digits and single underscores, beginning with a letter."))


class NewForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A new questionnaire: blank, from a template, or a copy."""

    title_zh = StringField(_l("Title in Chinese"), [Optional(), Length(max=120)])
    title_en = StringField(_l("Title in English"), [Optional(), Length(max=120)])
    code = StringField(_l("Code"), [InputRequired(_l("Needed.")), Length(max=40), CODE])
    start = SelectField(_l("Begin from"), default="")
    folder = StringField(_l("Folder"), [Optional(), Length(max=60)])

    def validate_title_en(self, _field: StringField) -> None:
        """A blank questionnaire needs a title in at least one language."""
        if not (self.title_zh.data or self.title_en.data or self.start.data):
            self.title_en.errors = [*self.title_en.errors, str(_l("Give a title in at least one language."))]


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """A word on a draft."""

    revision = HiddenField(validators=[InputRequired()])
    comment = TextAreaField(_l("Comment"), [Length(max=500)])


class ActForm(FlaskForm):  # type: ignore[misc]
    """A button that concerns a revision of the draft."""

    revision = HiddenField(validators=[Optional()])
