"""The inbox: mails are taken in as they are, and read, authenticated and acted on afterwards, each exactly once."""
