"""Marks on answers in plain words: what was noticed, and by which rule. A mark says "look at this", never "invalid"."""

from flask_babel import LazyString

from portal.foundation.i18n import _l

FLAGS: dict[str, tuple[LazyString, LazyString]] = {
    "honeypot": (_l("Perhaps a program"), _l("A field that people don't see was filled in.")),
    "too_fast": (_l("Faster than reading"), _l("The page was sent less than 2 seconds after it was opened.")),
    "speeder": (_l("Speeder"), _l("It took less than a third of the time that reading the questions takes.")),
    "straight_liner": (_l("Straight-liner"), _l("Five or more rows or scales have the same point. Very satisfied customers do this too.")),
    "same_device": (_l("Same device"), _l("This device answered at the same code before, within a day.")),
    "burst_staff": (_l("Many for one staff member"), _l("Unusually many answers for one staff member came within ten minutes.")),
    "burst_device": (_l("Many from one device"), _l("One device answered at this code four times or more within a day.")),
    "burst_address": (_l("Many from one address"), _l("Unusually many answers came from one network address within ten minutes.")),
    "forged_fields": (_l("Changed link"), _l("The link held fields that the bank did not sign; they were left out.")),
}


def label(code: str) -> str:
    """The name of a mark; an unknown one by its code."""
    return str(FLAGS[code][0]) if code in FLAGS else code


def why(code: str) -> str:
    """The rule that set a mark, as a sentence."""
    return str(FLAGS[code][1]) if code in FLAGS else ""
