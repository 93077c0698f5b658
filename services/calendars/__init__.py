"""Calendars over HTTP, for programs that know only an address: no token, no session, nothing that can be changed."""
