"""From decided reservations to mails that left: told, announced, reminded, composed, delivered, in this order of files.

`news` says what an entry is, `announce` finds who must hear of a change and writes the ledger, `remind` does so the day
before, `compose` makes the bytes, `deliver` moves them through the ledger's states.
"""
