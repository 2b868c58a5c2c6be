"""Why a step of the officers' work is not taken."""

from enum import StrEnum

from portal.foundation.errors import Conflict, SoundingsError


class WorkRefused(SoundingsError):
    """The step is not taken; its code says why."""

    status = 409

    def __init__(self, refusal: StrEnum | str, **facts: str) -> None:
        self.code = str(refusal)
        super().__init__(**facts)


class WorkChanged(Conflict):
    """Somebody took a step while this page was open."""

    code = "work_changed"
