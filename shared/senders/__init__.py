"""Who is speaking: whether a mail is really from the address in its From, which is the only one that counts.

Not the envelope, not Sender or Reply-To, and nothing that its calendar says: whoever sends for somebody else (SENT-BY,
a delegate in Exchange) is who stands in From.
"""
