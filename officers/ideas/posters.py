"""The links by which customers take part, and their codes for posters and table cards."""

from io import BytesIO
from urllib.parse import urlencode

from flask import send_file
from flask.typing import ResponseReturnValue

from portal.foundation import web
from portal.foundation.errors import NotFound
from questionnaires.answering import qr


def address(campaign: str = "", unit: str = "") -> str:
    """The public page of ideas, of a campaign or about a unit, by their codes."""
    asked = urlencode({name: code for name, code in (("c", campaign), ("unit", unit)) if code})
    return f"{web.ground().settings.effective_public_url}/i/{'?' + asked if asked else ''}"


def send(link: str, kind: str, name: str, *, save: bool) -> ResponseReturnValue:
    """The code of a link as svg or png, to be shown or saved.

    Raises  NotFound where it is too long for a code
    """
    draw, media = (qr.svg, "image/svg+xml") if kind == "svg" else (qr.png, "image/png")
    drawn = draw(link)
    if not drawn:
        raise NotFound
    return send_file(BytesIO(drawn), mimetype=media, as_attachment=save, download_name=f"{name}.{kind}")
