"""Where a result comes from: method, version, and a hash of what went in."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Provenance", "stamp", "version"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a result was made.

    Attributes
    ----------
    method : str
        Name of the method and its main reference.
    version : str
        Version of Superatom that made the result.
    inputs_hash : str
        First 16 hex digits of the SHA-256 of the inputs.
    sources : tuple[str, ...]
        Data tables and papers used.
    """

    method: str
    version: str
    inputs_hash: str
    sources: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the provenance as plain JSON types."""
        return asdict(self)


def version() -> str:
    """Return the version of Superatom that is running."""
    from superatom import __version__

    return __version__


def stamp(method: str, *inputs: object, sources: tuple[str, ...] = ()) -> Provenance:
    """Return the provenance of a result made by `method` from `inputs`.

    Inputs are hashed by their JSON form; `bytes` are hashed as they are, and
    anything JSON does not know by its `str`.
    """
    digest = hashlib.sha256()
    for item in inputs:
        raw = item if isinstance(item, bytes) else json.dumps(item, default=str, sort_keys=True)
        digest.update(raw if isinstance(raw, bytes) else raw.encode())
        digest.update(b"\0")
    return Provenance(method, version(), digest.hexdigest()[:16], sources)
