"""The booking attendant: rooms are invited by mail, and answer; what they ask for goes the way of every other request.

`who` says who speaks, `reading` what is asked for, `requesting` asks for it, `updating` and `replacing` make the book
follow an entry that changed, `cancelling` gives back. Nothing is answered here: `shared.invitations.replies` compares
what each room said last with what is, once that is decided.
"""

from shared.attendant.taking import take

__all__ = ["take"]
