"""What the library refuses."""

from portal.foundation.errors import Conflict, InvalidInput, SoundingsError


class DraftChanged(Conflict):
    """Somebody else saved the draft first; nothing was overwritten."""

    code = "draft_changed"


class PartChanged(Conflict):
    """Somebody else wrote on the same part; nothing was overwritten."""

    code = "part_changed"


class NothingToUndo(Conflict):
    """There is no step of one's own left."""

    code = "nothing_to_undo"


class DraftWaits(Conflict):
    """The draft waits for approval, so it is not edited."""

    code = "draft_waits"


class WrongStatus(Conflict):
    """The questionnaire is not in a status that allows this."""

    code = "wrong_status"


class OwnWork(SoundingsError):
    """Nobody approves what they wrote or submitted, and nobody decides two steps."""

    code, status = "own_work", 403


class NotPublishable(InvalidInput):
    """The publishing check found errors."""

    code = "not_publishable"


class CodeTaken(InvalidInput):
    """There is a questionnaire of this code."""

    code = "code_taken"
