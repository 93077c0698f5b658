"""The test server itself, where the other tests do not already show it: its own process, its seed."""

import signal
import subprocess
import sys
from itertools import islice
from pathlib import Path

from shared.mail import Envelope, SmtpMailer
from tests.mail.server import Behaviour, Kept, mixture, read_folder

ROOT = Path(__file__).parents[2]


def test_the_server_runs_as_its_own_process_and_keeps_mails_in_a_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.mail.server", "--folder", str(tmp_path), "--script", "ok"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        mailer = SmtpMailer(f"smtp://127.0.0.1:{int(process.stdout.readline())}")
        mailer.send(Envelope("", "claire@college.test"), b"Subject: a\r\n\r\n.\r\n", before_commit=lambda: None)
        mailer.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert read_folder(tmp_path) == [Kept("", "claire@college.test", b"Subject: a\r\n\r\n.\r\n")]


def test_a_seed_gives_the_same_mixture_and_every_behaviour() -> None:
    assert list(islice(mixture(1), 200)) == list(islice(mixture(1), 200)) != list(islice(mixture(2), 200))
    assert set(islice(mixture(1), 200)) == set(Behaviour)
