"""A link's QR code as a file, to be shown or saved."""

from io import BytesIO

from flask import send_file
from flask.typing import ResponseReturnValue

from portal.foundation.errors import NotFound
from questionnaires.answering import qr


def send(link: str, kind: str, name: str, *, save: bool) -> ResponseReturnValue:
    """The code of a link as svg or png, to be shown or saved.

    Raises  NotFound where it is too long for a code
    """
    draw, media = (qr.svg, "image/svg+xml") if kind == "svg" else (qr.png, "image/png")
    drawn = draw(link)
    if not drawn:
        raise NotFound
    return send_file(BytesIO(drawn), mimetype=media, as_attachment=save, download_name=f"{name}.{kind}")
