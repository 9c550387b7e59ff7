"""What a consistency rule found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["SEVERITIES", "Suspicion"]

#: A record that cannot be right as it stands; a record that is worth a look.
SEVERITIES = ("contradiction", "doubt")


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A record that a rule does not believe.

    Attributes
    ----------
    record : str
        Its id.
    rule : str
        Name of the rule.
    severity : str
        One of `SEVERITIES`.
    reason : str
        What does not agree with what.
    subject : str
        What the record is about, as printed.
    correction : str
        What the record itself gives as right.
    """

    record: str
    rule: str
    severity: str
    reason: str
    subject: str = ""
    correction: str = ""

    @property
    def text(self) -> str:
        """The suspicion in one line."""
        about = f" {self.subject}:" if self.subject else ""
        right = f" [corrected: {self.correction}]" if self.correction else ""
        return f"{self.record}:{about} {self.reason} ({self.rule}){right}"

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Suspicion:
        """Return the suspicion written by `as_dict`."""
        return cls(**data)
