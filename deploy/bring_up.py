"""From running engines to people being served: the database is made, migrated and seeded, then the parts start."""

import time
import traceback
import urllib.error
import urllib.request
import xmlrpc.client
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from deploy.console import Console
from deploy.errors import StartError
from deploy.postgres import DATABASE, Postgres
from deploy.processes import wait_until
from deploy.valkey import Valkey
from shared.seed import first_start
from shared.settings import Settings, settings
from shared.store.migrate import upgrade

WELCOME = """\
Créneau is ready: {address}. Ctrl-C stops it.
Call it:  curl -H "Authorization: Bearer $TOKEN" {address}/api/rooms
See it work:  make demo
{mails}"""


class BringUp:
    """Brings Créneau up beside the supervisor's own loop; on failure it says why and asks the supervisor to stop."""

    def __init__(self, address: str, engines: Sequence[Postgres | Valkey], console: Console, control: Path) -> None:
        self.failed = False
        self.cancelled = False
        self._address = address
        self._engines = engines
        self._console = console
        self._control = control

    def run(self) -> None:
        """The steps, in their order; never raises."""
        try:
            self._start()
        except StartError as error:
            self._give_up(str(error))
        except Exception as error:  # noqa: BLE001 - the edge of a thread: whatever it was is told, everything stops
            self._console.note(traceback.format_exc())
            first_line = str(error).partition("\n")[0]
            self._give_up(f"Could not start: {first_line} (the whole story: {self._console.path})")

    def _start(self) -> None:
        begun = time.monotonic()
        self._supervisor().getState()  # wakes its loop, which would sleep a second before the engines start
        for engine in self._engines:
            engine.wait()
            if isinstance(engine, Postgres):
                engine.create(DATABASE)
        database_url = settings().database_url.get_secret_value()
        upgrade(database_url)
        token = first_start(database_url)
        if token:
            self._console.keep_secret(f"The coordinator's token, shown this once: {token}")
        self._supervisor().startProcessGroup("parts", False)
        if not wait_until(self._is_ready, seconds=60) and not self.cancelled:
            self._console.say("Not ready after a minute: the lines above say why. It goes on trying.")
        elif not self.cancelled:
            self._welcome(time.monotonic() - begun)

    def _welcome(self, seconds: float) -> None:
        smtp = settings().smtp_url
        mails = "Mails go out by SMTP_URL." if smtp else f"Mails go to the folder {settings().mail_dir}."
        mails = f"{mails} {_mails_in(settings())} Started in {seconds:.1f} s."
        self._console.say(WELCOME.format(address=self._address, mails=mails))

    def _is_ready(self) -> bool:
        if self.cancelled:
            return True
        try:
            with urllib.request.urlopen(f"{self._address}/readyz", timeout=2) as answer:  # noqa: S310 - our own API
                return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's OK
        except (urllib.error.URLError, OSError):
            return False

    def _give_up(self, why: str) -> None:
        if self.cancelled:  # what fails while everything stops is no news
            return
        self.failed = True
        self._console.say(why)
        self._supervisor().shutdown()

    def _supervisor(self) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self._control}")
        return xmlrpc.client.ServerProxy("http://localhost", transport=transport).supervisor


def _mails_in(conf: Settings) -> str:
    """Where mails are taken in, and whom that makes us believe."""
    where = f"at {conf.mailbox_listen}" if conf.mailbox_listen else "from the mailbox of IMAP_URL"
    if conf.mail_trust != "local":
        return f"Mails are taken in {where}."
    return (
        f"Mails are taken in {where}; of them only those of this machine itself are believed to come from whom they"
        " say, because nobody checks them here (MAIL_TRUST=local)."
    )
