"""What a mail says, wherever its client puts it; see `dialects` for whole mails."""

from datetime import UTC, datetime

from shared.itip.reading import read_mail

PARIS = "Europe/Paris"
REPLY = """BEGIN:VCALENDAR
METHOD:REPLY
BEGIN:VEVENT
UID:7@creneau.example
SEQUENCE:2
DTSTAMP:20271101T080000Z
DTSTART;TZID=Romance Standard Time:20271109T090000
DTEND;TZID=Romance Standard Time:20271109T120000
ATTENDEE;PARTSTAT=ACCEPTED;CN="Martin, Zoé":MAILTO:Zoe@College.example
END:VEVENT
END:VCALENDAR
"""


def test_an_answer_in_the_middle_of_a_mail_is_read() -> None:
    """With the day by Windows' name of its zone, the address in capitals, and bare line feeds."""
    raw = (
        "From: =?utf-8?q?Zo=C3=A9?= Martin <Zoe@College.example>\n"
        "Subject: =?utf-8?B?QWNjZXB0w6k6?= =?utf-8?B?IEZlc3RpdmFs?=\n"
        "Message-ID: <abc@college.example>\n"
        'Content-Type: multipart/alternative; boundary="b1"\n\n'
        "--b1\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n"
        "D'accord, =E0 bient=F4t\n"
        f"--b1\nContent-Type: text/calendar; charset=utf-8; method=REPLY\n\n{REPLY}\n--b1--\n"
    )
    mail = read_mail(raw.encode(), PARIS)
    assert (mail.sender, mail.sender_name) == ("zoe@college.example", "Zoé Martin")
    assert (mail.message_id, mail.subject) == ("<abc@college.example>", "Accepté: Festival")
    assert mail.text == "D'accord, à bientôt"
    assert mail.scheduling
    assert (mail.scheduling.method, mail.scheduling.uid) == ("REPLY", "7@creneau.example")
    answer = mail.scheduling.components[0]
    assert (answer.sequence, answer.start) == (2, datetime(2027, 11, 9, 8, tzinfo=UTC))
    assert (answer.zone, answer.recurrence_id) == ("Europe/Paris", None)
    party = answer.attendee("zoe@college.example")
    assert party
    assert (party.partstat, party.name) == ("ACCEPTED", "Martin, Zoé")
