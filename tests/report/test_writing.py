"""Files appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from superatom.errors import DataFileError
from superatom.report.writing import write_whole


def test_replaces_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    target.write_text("old")
    assert write_whole(target, "neu: Ångström") == target
    assert target.read_text(encoding="utf-8") == "neu: Ångström"
    assert list(tmp_path.iterdir()) == [target]


def test_failure_leaves_the_old_file_and_no_scraps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "page.html"
    target.write_text("old")

    def full_disk(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(DataFileError, match="No space left"):
        write_whole(target, "new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_folder_and_missing_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="is a folder"):
        write_whole(tmp_path, "x")
    with pytest.raises(DataFileError, match="cannot be written"):
        write_whole(tmp_path / "nowhere" / "page.html", "x")
