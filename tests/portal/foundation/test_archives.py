"""How large an archive becomes is known before it is read; workbooks of codes and of indexes are refused in words."""

import io
import zipfile

import pytest

from portal.foundation.archives import MOST_PARTS, within_bounds
from portal.foundation.errors import InvalidInput
from questionnaires.metrics import index_files
from scheduler.complaints import codes


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def test_what_becomes_too_large_or_too_many_is_refused_before_it_is_unpacked() -> None:
    bomb = packed({"xl/worksheets/sheet1.xml": b"0" * (81 * 1024 * 1024)})
    assert len(bomb) < 200_000
    assert not within_bounds(bomb)
    assert within_bounds(packed({"a": b"x"}))
    assert not within_bounds(packed({"a": b"xx"}), most=1)
    assert not within_bounds(packed({str(number): b"" for number in range(MOST_PARTS + 1)}))
    for read in (lambda: codes._rows(None, bomb), lambda: index_files._rows(bomb)):  # type: ignore[arg-type]  # no row is asked for
        with pytest.raises(InvalidInput) as refused:
            read()
        assert refused.value.fields == {"file": "file_too_large"}
    for read in (lambda: codes._rows(None, b"PK"), lambda: index_files._rows(b"PK")):  # type: ignore[arg-type]  # the same
        with pytest.raises(InvalidInput) as refused:
            read()
        assert refused.value.fields == {"file": "malformed_file"}
