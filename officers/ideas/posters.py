"""The links by which customers take part, for posters and table cards."""

from urllib.parse import urlencode

from portal.foundation import web


def address(campaign: str = "", unit: str = "") -> str:
    """The public page of ideas, of a campaign or about a unit, by their codes."""
    asked = urlencode({name: code for name, code in (("c", campaign), ("unit", unit)) if code})
    return f"{web.ground().settings.effective_public_url}/i/{'?' + asked if asked else ''}"
