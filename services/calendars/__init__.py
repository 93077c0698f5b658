"""Calendars over HTTP, as other programs read them; nothing can be changed here."""
