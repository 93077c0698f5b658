"""Entries of other people's calendars that invite our rooms: what they ask, how that stands, what the rooms answer.

`asked` is what an entry asks of us, `standing` what the book has of it, `letters` what there is to say of that;
`answer` compares with what was said last and writes into the ledger, `calendars` makes the REPLY.
"""
