"""The one function behind which the model of moods stands: the lexicon, or whatever function the installation names."""

import importlib
from collections.abc import Callable
from functools import cache
from typing import cast

from portal.foundation.errors import SoundingsError
from questionnaires.analysis import shipped
from questionnaires.analysis.rules import mood

Model = Callable[[str], float]


class WrongMoodModel(SoundingsError):
    """The setting names no function that can be called."""

    code, status = "wrong_mood_model", 500


@cache
def model(name: str = "") -> Model:
    """A function from a text to -1 (very bad) … 1 (very good); `name` is `module:function`, empty for the shipped lexicon.

    Raises  WrongMoodModel
    """
    if not name:
        lexicon = shipped.lexicon()
        return lambda text: mood.score_of(text, lexicon)
    module, _, function = name.partition(":")
    try:
        return cast(Model, getattr(importlib.import_module(module), function))
    except (ImportError, AttributeError, ValueError):
        raise WrongMoodModel(name=name) from None
