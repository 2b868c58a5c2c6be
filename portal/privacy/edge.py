"""What the pages of privacy share: permissions, tabs, errors of forms."""

from flask import request

from portal.foundation.errors import InvalidInput
from portal.foundation.i18n import _, code_text
from portal.people import access

READ, WORK, HOLD, EDIT, PUBLISH = "privacy.read", "privacy.work", "privacy.hold", "privacy.edit", "privacy.publish"
REFUSED = 422


def tabs() -> list[tuple[str, str, str]]:
    """The pages of this room: endpoint, words, permission."""
    found = [
        ("privacy.index", _("Requests"), READ),
        ("privacy.holds", _("Holds and held records"), HOLD),
        ("privacy.notice_index", _("Notices and purposes"), READ),
        ("privacy.retention_page", _("Retention periods"), READ),
        ("privacy.register_page", _("Register of processing"), READ),
    ]
    return [one for one in found if access.may(one[2])]


def errors_of(error: InvalidInput | None) -> dict[str, str]:
    """Words beside fields."""
    return {name: code_text(code, **error.facts) for name, code in error.fields.items()} if error else {}


def typed(name: str, most: int = 2001) -> str:
    """A text of a form."""
    return request.form.get(name, "").replace("\x00", "")[:most]
