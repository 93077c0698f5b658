"""Bookings as files: CSV and iCalendar into values, values into CSV, XLSX and iCalendar; no framework, no database."""
