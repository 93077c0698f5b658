"""What people answer to our invitations, by mail or through somebody who writes it down, and what is proposed instead.

Order and truth: mails cross, come twice and overtake each other, and the end is the same.

- One writer at a time: whoever acts on a mail locks the head's row, then the invitation's, as announcing does; so an
  answer is taken either before an update is written, and is then opened again by it, or after, and is then measured
  against what that asked.
- An answer to an older question: `asked_sequence` is the SEQUENCE with which somebody was asked last (for one date of a
  series that was asked anew: of its own row). A REPLY with a lower one is `stale`: the Accept to SEQUENCE 1 that comes
  when SEQUENCE 2 has left changes nothing, and the one to SEQUENCE 2 does, whichever comes first.
- Doubles and reordering: of answers to the same question the highest DTSTAMP wins; an equal one is `already_known`, a
  lower one is `stale`. A SEQUENCE above what was asked is the same question, for others changed no date that was asked.
- The effect of a mail and its note are one commit (`shared.inbox`), as are an answer, its event and the digest to come.
"""

from shared.answering.bounces import take_bounce
from shared.answering.taking import take

__all__ = ["take", "take_bounce"]
