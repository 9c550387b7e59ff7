"""Check that a wheel holds every file of the package, data tables and templates included."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"


def expected_files() -> set[str]:
    """Return every file under src/superatom, as a wheel names it."""
    files = (path for path in (SOURCE / "superatom").rglob("*") if path.is_file())
    return {
        path.relative_to(SOURCE).as_posix()
        for path in files
        if "__pycache__" not in path.parts and not path.name.startswith(".")
    }


if __name__ == "__main__":
    (wheel,) = sys.argv[1:]
    expected = expected_files()
    held = set(zipfile.ZipFile(wheel).namelist())
    missing = sorted(expected - held)
    data = sum(not name.endswith(".py") for name in expected)
    print(f"{Path(wheel).name}: {len(expected)} files of the package, {data} of them data")
    if missing or not data:
        sys.exit("missing from the wheel: " + (", ".join(missing) or "every data file"))
