"""Why a file, or its layout, is refused as a whole; a single bad row never is."""

from portal.foundation.errors import SoundingsError


class InputRefused(SoundingsError):
    """Nothing of this file was taken; the command ends with exit 1."""

    code, status = "input_refused", 422


class LayoutInvalid(InputRefused):
    """The layout can't be read, or says something that makes no sense; `field` names the place."""

    code = "layout_invalid"


class ColumnMissing(InputRefused):
    """The layout names a column that the file's header lacks; `column` is its name in the layout."""

    code = "layout_column_missing"


class ColumnTwice(InputRefused):
    """The file's header holds a column that the layout needs more than once."""

    code = "file_column_twice"


class FileEmpty(InputRefused):
    """There is not even a header."""

    code = "file_empty"


class FileUnreadable(InputRefused):
    """The file is absent, or this process may not read it."""

    code = "file_unreadable"


class WrongEncoding(InputRefused):
    """The bytes are not text of the encoding that the layout names; `line` is where it was seen."""

    code = "file_wrong_encoding"


class FileCutShort(InputRefused):
    """The file ends in the middle: of its compressed stream, or of a quoted field."""

    code = "file_cut_short"


class FileDamaged(InputRefused):
    """The compressed stream is broken, or it is no gzip at all though its name says so."""

    code = "file_damaged"


class FileExpandsTooFar(InputRefused):
    """The compressed file grows far beyond what real rows do: taken for a bomb, not read on."""

    code = "file_expands_too_far"


class RowTooLong(InputRefused):
    """One row is longer than any event can be; most often an open quotation mark."""

    code = "file_row_too_long"
