"""How mail comes in: a listener that mail servers hand mails to (LMTP, SMTP), and a mailbox that is looked into (IMAP).

Each mail is stored and committed first, and acknowledged then; nothing is read here.
"""
