"""Values to iCalendar bytes and on to the bytes of a mail; knows no framework, no database, no clock."""
