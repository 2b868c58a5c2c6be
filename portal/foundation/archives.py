"""Archives from outside: how large they become is known before anything in them is read."""

import io
import zipfile

MOST_UNPACKED = 80 * 1024 * 1024
MOST_PARTS = 5_000


def within_bounds(data: bytes, most: int = MOST_UNPACKED) -> bool:
    """Whether all that a ZIP file (a workbook too) holds stays within so many bytes when it is unpacked.

    The reader of the standard library hands out no more of a part than its directory says, so the directory can't lie.
    Raises  zipfile.BadZipFile where it is none
    """
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = packed.infolist()
    return len(parts) <= MOST_PARTS and sum(one.file_size for one in parts) <= most
