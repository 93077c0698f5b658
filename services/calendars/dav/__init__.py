"""CalDAV, read only: the rooms and one's own agenda for any calendar program (RFC 4918, 4791, 6578, 5397, 6764).

It knows how CalDAV is spoken; what is in a calendar and who may see what of it, say shared.calendars and the tables.
"""
