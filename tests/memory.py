"""How much memory something takes, in a process of its own: also what Python does not count, such as a match of re."""

import resource
import subprocess
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak() -> int:
    """The most bytes that this process ever had.

    Not ru_maxrss where there is better: Linux hands that of the process that started this one on to it.
    """
    if _STATUS.exists():
        line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1_024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1_024


def of_a_process(script: str, given: bytes = b"") -> int:
    """What a script prints, which is a number of bytes."""
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", script], input=given, capture_output=True, check=True, cwd=root)
    return int(done.stdout)
