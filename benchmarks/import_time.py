"""How long `import superatom` takes: the fastest of several fresh interpreters, in seconds."""

from __future__ import annotations

import subprocess
import sys
import time

ROUNDS = 10


def fastest(statement: str) -> float:
    """Return the shortest wall time of an interpreter that runs `statement`, in seconds."""

    def once() -> float:
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", statement], check=True)
        return time.perf_counter() - begin

    return min(once() for _ in range(ROUNDS))


if __name__ == "__main__":
    empty = fastest("pass")
    for statement in ("import superatom", "import superatom.cli"):
        print(f"{statement:24s} {fastest(statement) - empty:6.3f} s  (interpreter {empty:.3f} s)")
