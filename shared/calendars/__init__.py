"""Calendars to subscribe to: published when something changes, read as a concatenation of what was published."""
