"""Reading what others' calendars send: a mail, and the iTIP message in it (RFC 5546, 6047). Bytes in, values out."""
