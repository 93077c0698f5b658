"""Dovecot, as a private instance in a folder of its own on free ports: a mailbox, and an LMTP client.

The folder is right in the temporary one: the sockets in it have long names, and it reads mail as somebody else, who may
not enter the folders of pytest.
"""

import grp
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Self

import pytest
from imap_tools import BaseMailBox, MailBoxUnencrypted

from deploy.processes import wait_until
from deploy.valkey import free_port

DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
USER, PASSWORD = "creneau", "secret word"
# whoever is not the mailbox's user is somebody of another LMTP server: ours
CONFIGURATION = """\
protocols = imap lmtp
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
auth_verbose = yes
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login}
mail_location = maildir:{folder}/mail
mail_uid = {owner}
mail_gid = {owner_group}
first_valid_uid = 1
lmtp_proxy = {has_proxy}
auth_username_format = %Lu
namespace inbox {{
  inbox = yes
  mailbox Done {{
    auto = create
  }}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%Lu {folder}/users
}}
{proxy}
userdb {{
  driver = static
  args = uid={owner} gid={owner_group} home={folder}/home allow_all_users=yes
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
"""
PROXY = """\
passdb {{
  driver = static
  args = nopassword=y proxy=y host=127.0.0.1 port={port} protocol=lmtp
}}
"""


class Dovecot:
    """Runs until the end of the block; mails for others than USER are handed to the LMTP server at `hands_to`."""

    def __init__(self, hands_to: int = 0) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="creneau-dovecot-"))
        self.folder.chmod(0o711)
        self.imap_port, self.lmtp_port = free_port(), free_port()
        self._hands_to = hands_to
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if DOVECOT is None:
            pytest.skip("Dovecot is not installed: `make oracles` does that")
        self._write()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    @property
    def url(self) -> str:
        return f"imap://{USER}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.imap_port}/INBOX"

    def start(self) -> None:
        command = [str(DOVECOT), "-F", "-c", str(self.folder / "dovecot.conf")]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not wait_until(self._answers, seconds=20):
            self.stop()
            pytest.fail(f"Dovecot does not answer: {self.log()}")

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(20)

    def log(self) -> str:
        file = self.folder / "dovecot.log"
        return file.read_text()[-3000:] if file.exists() else "it has said nothing"

    def box(self) -> BaseMailBox:
        """The mailbox, as somebody else who looks into it sees it."""
        return MailBoxUnencrypted("127.0.0.1", self.imap_port, timeout=20).login(USER, PASSWORD)

    def deliver(self, raw: bytes, *recipients: str, mail_from: str = "zoe@college.example") -> None:
        """By LMTP, into the mailbox or on to us."""
        for recipient in recipients or (USER,):
            with smtplib.LMTP("127.0.0.1", self.lmtp_port, timeout=20) as session:
                session.sendmail(mail_from, [recipient], raw)

    def _answers(self) -> bool:
        try:
            for port in (self.imap_port, self.lmtp_port):
                with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                    if not connection.recv(10):
                        return False
        except OSError:
            return False
        return True

    def _write(self) -> None:
        me = pwd.getpwuid(os.getuid())
        # Dovecot does little as root
        owner = me if os.getuid() else pwd.getpwnam("nobody")
        for name in ("run", "state", "mail", "home"):
            (self.folder / name).mkdir()
            os.chown(self.folder / name, owner.pw_uid, owner.pw_gid)
        (self.folder / "users").write_text(f"{USER}:{PASSWORD}\n")
        text = CONFIGURATION.format(
            folder=self.folder,
            user=me.pw_name,
            group=grp.getgrgid(me.pw_gid).gr_name,
            login=owner.pw_name,
            owner=owner.pw_uid,
            owner_group=owner.pw_gid,
            imap_port=self.imap_port,
            lmtp_port=self.lmtp_port,
            has_proxy="yes" if self._hands_to else "no",
            proxy=PROXY.format(port=self._hands_to) if self._hands_to else "",
        )
        (self.folder / "dovecot.conf").write_text(text)
