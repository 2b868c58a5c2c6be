"""A theme as data: colour, logo, corners, density, words in the foot; and the style sheet it gives."""

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from questionnaires.answering.rules.contrast import palette

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$", to_lower=True)]
Footer = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
CORNERS: Mapping[str, int] = {"square": 0, "soft": 6, "round": 14}
"""Radius in pixels; soft is the sheet's own."""
OWN_CORNERS = "soft"


class ThemeDocument(BaseModel):
    """One state of a theme. `footer` holds words by language, shown above the hotline."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    brand: Colour = "#1c4377"
    logo: UUID | None = None
    corners: Literal["square", "soft", "round"] = "soft"
    density: Literal["roomy", "compact"] = "roomy"
    footer: Mapping[Literal["zh-Hans", "en"], Footer] = Field(default_factory=dict)


def css_of(document: ThemeDocument) -> str:
    """The rules put after the sheet of customers' pages: colours first, shapes where they differ."""
    colours = palette(document.brand)
    rules = [
        f":root{{--b:{colours.light};--on:{colours.on_light}}}",
        f"@media(prefers-color-scheme:dark){{:root{{--b:{colours.dark};--on:{colours.on_dark}}}}}",
    ]
    if document.corners != OWN_CORNERS:
        rules.append(f".n label,textarea,input:not(.v),select,button,.btn,.sum{{border-radius:{CORNERS[document.corners]}px}}")
    if document.logo is not None:
        rules.append("header img{height:32px;width:auto;max-width:40vw}")
    if document.density == "compact":
        rules.append(".q{margin-bottom:1.25rem}.n label,.c label.o{min-height:44px}main{padding-top:16px}")
    return "".join(rules)
