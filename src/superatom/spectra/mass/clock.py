"""A limit of time that all parts of a search, also those in other processes, can look at."""

from __future__ import annotations

import time
from dataclasses import dataclass

from superatom.errors import TimeLimitReached

__all__ = ["Clock"]


@dataclass(frozen=True, slots=True)
class Clock:
    """When a search must end.

    Attributes
    ----------
    limit_s : float or None
        Seconds allowed; None for no limit.
    end : float
        The end, on the monotonic clock of the machine.
    """

    limit_s: float | None = None
    end: float = float("inf")

    @classmethod
    def start(cls, limit_s: float | None) -> Clock:
        """Return a clock that starts now."""
        return cls() if limit_s is None else cls(limit_s, time.monotonic() + limit_s)

    @property
    def runs(self) -> bool:
        """Whether there is time left."""
        return self.limit_s is None or time.monotonic() < self.end

    def check(self) -> None:
        """Do nothing while there is time left.

        Raises
        ------
        TimeLimitReached
            If the time is over.
        """
        if not self.runs:
            raise TimeLimitReached(
                f"the assignment took longer than {self.limit_s:g} s; cut the search space or "
                "the number of windows, or allow more time"
            )
