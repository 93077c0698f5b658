"""Without an SMTP server mails go to a maildir: one file a mail, however often it is sent."""

import mailbox
import threading
from pathlib import Path

import pytest

from shared.mail import Envelope, FinalFailure, MaildirMailer, PassingFailure, SmtpMailer, mailer_from

ENVELOPE = Envelope("bounces+7@canope.test", "claire@college.test")
MESSAGE = (
    b"Message-ID: <7@canope.test>\r\nDate: Mon, 05 Jan 2026 09:00:00 +0100\r\nSubject: Flexi 16\r\n\r\n.\r\nBonjour\r\n"
)


def send(folder: Path, message: bytes = MESSAGE, envelope: Envelope = ENVELOPE) -> None:
    MaildirMailer(folder).send(envelope, message, before_commit=lambda: None)


def files(folder: Path) -> list[Path]:
    return sorted(file for part in ("tmp", "new", "cur") for file in (folder / part).iterdir())


def test_a_mail_client_opens_what_was_sent(tmp_path: Path) -> None:
    send(tmp_path / "mail")
    [message] = mailbox.Maildir(tmp_path / "mail")
    assert message["Delivered-To"] == "claire@college.test"
    assert message["Return-Path"] == "<bounces+7@canope.test>"
    assert message["Date"] == "Mon, 05 Jan 2026 09:00:00 +0100"
    assert message.get_payload() == ".\nBonjour\n"


def test_the_file_is_the_message_after_two_lines(tmp_path: Path) -> None:
    send(tmp_path)
    [file] = files(tmp_path)
    assert file.parent.name == "new"
    assert file.read_bytes().split(b"\n", 2)[2].replace(b"\n", b"\r\n") == MESSAGE


def test_sending_the_stored_bytes_again_gives_one_file(tmp_path: Path) -> None:
    send(tmp_path)
    send(tmp_path)
    assert len(files(tmp_path)) == 1


def test_a_mail_already_read_does_not_come_back(tmp_path: Path) -> None:
    send(tmp_path)
    [file] = files(tmp_path)
    read = file.rename(tmp_path / "cur" / f"{file.name}:2,S")
    send(tmp_path)
    assert files(tmp_path) == [read]


def test_two_recipients_and_two_mails_are_four_files(tmp_path: Path) -> None:
    for message_id in (b"7", b"8"):
        for recipient in ("claire@college.test", "yanis@college.test"):
            send(tmp_path, MESSAGE.replace(b"<7@", b"<" + message_id + b"@"), Envelope("", recipient))
    assert len(files(tmp_path)) == 4


@pytest.mark.parametrize(
    "message_id", [b"<../../../etc/passwd>", b"</:2,S>", b"<" + b"x" * 900 + b">", b"<\xff\xfe>", b""]
)
def test_a_hostile_message_id_stays_inside_the_folder(tmp_path: Path, message_id: bytes) -> None:
    send(tmp_path / "mail", b"Message-ID: " + message_id + b"\r\n\r\nx\r\n")
    [file] = files(tmp_path / "mail")
    assert file.name.isalnum()
    assert [path.name for path in tmp_path.iterdir()] == ["mail"]


@pytest.mark.parametrize("recipient", ["a@b.test\nX-Evil: 1", "../x", "a/../../b"])
def test_a_hostile_recipient_is_final(tmp_path: Path, recipient: str) -> None:
    with pytest.raises(FinalFailure):
        send(tmp_path, envelope=Envelope("", recipient))
    assert list(tmp_path.iterdir()) == []


def test_the_ledger_is_told_when_the_mail_is_written_but_not_yet_delivered(tmp_path: Path) -> None:
    seen: list[tuple[str, bool]] = []

    def look() -> None:
        seen.extend((file.parent.name, file.read_bytes().endswith(b"Bonjour\n")) for file in files(tmp_path))

    MaildirMailer(tmp_path).send(ENVELOPE, MESSAGE, before_commit=look)
    assert seen == [("tmp", True)]


def test_a_ledger_that_refuses_leaves_nothing_behind(tmp_path: Path) -> None:
    def lease_was_lost() -> None:
        raise LookupError("another worker has the row")

    with pytest.raises(LookupError):
        MaildirMailer(tmp_path).send(ENVELOPE, MESSAGE, before_commit=lease_was_lost)
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be")
    with pytest.raises(PassingFailure) as failure:
        send(tmp_path / "mail")
    assert not failure.value.ambiguous


def test_a_folder_lost_at_the_last_step_is_ambiguous(tmp_path: Path) -> None:
    mailer = MaildirMailer(tmp_path)
    with pytest.raises(PassingFailure) as failure:
        mailer.send(ENVELOPE, MESSAGE, before_commit=(tmp_path / "new").rmdir)
    assert failure.value.ambiguous


def test_threads_that_send_the_same_mail_leave_one_file(tmp_path: Path) -> None:
    threads = [threading.Thread(target=send, args=(tmp_path,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(files(tmp_path)) == 1


def test_mails_go_to_the_maildir_until_a_server_is_configured(tmp_path: Path) -> None:
    assert isinstance(mailer_from(None, tmp_path), MaildirMailer)
    assert isinstance(mailer_from("smtp://mail.test", tmp_path), SmtpMailer)
