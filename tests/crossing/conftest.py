"""ical.js as a second reader of the calendars."""

from tests.second_opinion import ical_js_expands  # noqa: F401  a fixture: pytest finds it by its name
