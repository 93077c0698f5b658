"""The list of parts is the same for `make run`, compose and systemd."""

import re
from pathlib import Path

import yaml

from deploy.parts import parts

DEPLOY = Path(__file__).parents[2] / "deploy"


def test_compose_runs_every_part_as_often_as_one_machine_does() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    run = {
        service["command"][1]: service.get("deploy", {}).get("replicas", 1)
        for service in services.values()
        if service.get("command", [""])[0] == "part"
    }

    assert run == {part.name: part.copies for part in parts(host="127.0.0.1", port=8000)}


def test_systemd_runs_every_part_as_often_as_one_machine_does() -> None:
    run = re.findall(r"creneau@([\w-]+)\.service", (DEPLOY / "systemd" / "creneau.target").read_text())

    assert sorted(run) == sorted(
        part.name if part.copies == 1 else f"{part.name}-{copy}"
        for part in parts(host="127.0.0.1", port=8000)
        for copy in range(part.copies)
    )
