"""Forms of the question bank."""

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp

from portal.foundation.i18n import _l
from questionnaires.bank.labels import category_labels, type_labels

CODE = Regexp(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", message=_l("Small letters, digits and single underscores, beginning with a letter."))
MOST_TAGS = 10


class AddForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What a new bank question begins with."""

    text = StringField(_l("Question"), [InputRequired(_l("Needed.")), Length(max=200)])
    code = StringField(_l("Code"), [InputRequired(_l("Needed.")), Length(max=40), CODE])
    type = SelectField(_l("Question type"))
    category = SelectField(_l("Category"))
    tags = StringField(_l("Tags"), [Length(max=200)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.type.choices = [SelectChoice(*one) for one in type_labels().items()]
        self.category.choices = [SelectChoice(*one) for one in category_labels().items()]


def tags_of(text: str | None) -> list[str]:
    """Tags from one line, by Latin or Chinese commas."""
    words = (word.strip() for word in (text or "").replace("，", ",").replace("、", ",").split(","))
    return list(dict.fromkeys(word[:30] for word in words if word))[:MOST_TAGS]
