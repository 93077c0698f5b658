"""The command as processes: everything started by `creneau run`, one part alone, and the demo beside it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import psutil
import pytest

from deploy.engines import Engines
from deploy.processes import end, left_over, wait_until
from deploy.valkey import free_port

CRENEAU = (sys.executable, "-m", "services.cli")
EMBEDDED = {**os.environ, "DATABASE_URL": "", "REDIS_URL": "", "SMTP_URL": "", "COLUMNS": "160"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which `creneau run` runs on a port of its own."""
    folder = tmp_path_factory.mktemp("cli") / "var"
    screen = folder.with_suffix(".screen")
    with screen.open("wb") as output:
        command = [*CRENEAU, "--folder", str(folder), "run", "--port", str(free_port())]
        process = subprocess.Popen(command, stdout=output, stderr=output, env=EMBEDDED, start_new_session=True)
    try:
        wait_until(lambda: "Créneau is ready" in screen.read_text() or process.poll() is not None, seconds=60)
        assert "Créneau is ready" in screen.read_text(), screen.read_text()
        yield folder
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        finally:
            process.kill()
            end(left_over(folder), grace=0)
            Engines(folder).remove()


@pytest.fixture(scope="module")
def demos(running: Path) -> list[subprocess.CompletedProcess[str]]:
    """What the demo shows the first time, and the second time."""
    return [_creneau(running, "demo"), _creneau(running, "demo")]


def test_the_demo_shows_decisions_and_mails_and_can_be_shown_again(
    demos: list[subprocess.CompletedProcess[str]],
) -> None:
    first, again = demos

    assert first.returncode == again.returncode == 0, first.stderr + again.stderr
    assert "40 séances demandées et décidées" in first.stdout
    assert "Déjà inscrite" not in first.stdout
    assert again.stdout.count("Déjà inscrite par une démonstration précédente") == 3
    for shown in (first.stdout, again.stdout):
        assert "4e B Boves », mar. 9 nov. 09:00-12:00, par Agathe Coordin (démo)" in shown
        assert "Tout ou rien : l'EscapeLAB reste libre." in shown
        assert "il n'y a que 16 places" in shown
        assert len(re.findall("[✓✗] Réunion [1-5]", shown)) == 5
        assert shown.count("✓ Réunion") == 1
        assert "L'ancien créneau tient : Flexi 19" in shown
        assert "le créneau s'est libéré à l'instant" in shown
        assert shown.count("confirmée ailleurs, car Flexi 16 est pris") == 1
        assert len(re.findall(r"✓ confirmée +Une option sur Flexi 16", shown)) == 1
        assert len(re.findall(r"✓ approuvée +L'Espace ouvert", shown)) == 1
        assert len(re.findall(r"✓ confirmée +Flexi 19 est pris, .* : s'inscrire en liste d'attente", shown)) == 1
        assert "Règle : too_many_people, pour 12 places" in shown
        assert "Le plus simple : En disposition « Rangées », il y a 16 places." in shown
        assert "Peut passer outre : la coordination, avec un motif" in shown
        assert "a passé outre une règle de la maison" in shown
        assert "Occupé dès 14:00, mise en place jusqu'à 14:30." in shown
        assert "Le plus petit espace qui convienne : 16 places." in shown
        assert "Séance déplacée : mer. 6 oct." in shown
        assert "Participation annulée" in shown
        assert "Tous ces courriers sont partis." in shown


@pytest.mark.usefixtures("demos")
def test_the_demo_writes_to_nobody_outside_and_leaves_no_token(running: Path) -> None:
    mails = [message_from_bytes(file.read_bytes()) for file in (running / "mail" / "new").iterdir()]
    assert len(mails) > 100
    # the Atelier's own coordination is asked to approve: into the same folder, for there is no mail server
    others = {str(mail["Delivered-To"]) for mail in mails} - {"contact.atelier62@reseau-canope.fr"}
    assert {address.rpartition(".")[2] for address in others} == {"example"}
    tokens = [line for line in _creneau(running, "token", "list").stdout.splitlines() if "démonstration" in line]
    assert tokens
    assert all(re.search(r"\d{4}-\d\d-\d\d +\d{4}-\d\d-\d\d", line) for line in tokens)


def test_a_wrong_token_ends_the_demo_in_one_line(running: Path) -> None:
    answer = _creneau(running, "demo", "--token", "crn_unknown")

    assert answer.returncode == 1
    assert re.fullmatch(r"creneau: GET /activities: 401 .+\n", answer.stderr)


def test_the_doctor_finds_what_runs_in_the_folder(running: Path) -> None:
    answer = _creneau(running, "doctor")

    assert answer.returncode == 0
    assert "PostgreSQL 18" in answer.stdout


def test_one_part_runs_alone_and_ends_when_told(running: Path) -> None:
    folder = Engines(running)
    urls = {"DATABASE_URL": folder.postgres.url("creneau"), "REDIS_URL": folder.valkey.url()}
    with subprocess.Popen(
        [*CRENEAU, "part", "relay"], env={**EMBEDDED, **urls}, stderr=subprocess.PIPE, text=True
    ) as part:
        assert part.stderr
        assert "relay listens" in part.stderr.readline()
        assert "workers.relay" in psutil.Process(part.pid).cmdline()
        part.terminate()
        assert part.wait(timeout=15) == 0


def test_where_no_creneau_answers_the_demo_says_so(running: Path) -> None:
    answer = _creneau(running, "demo", "--url", f"http://127.0.0.1:{free_port()}")

    assert answer.returncode == 1
    assert re.fullmatch(r"creneau: No Créneau answers at http://127\.0\.0\.1:\d+: .+\n", answer.stderr)


def _creneau(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [*CRENEAU, "--folder", str(folder), *words]
    return subprocess.run(command, env=EMBEDDED, capture_output=True, text=True, timeout=90, check=False)
