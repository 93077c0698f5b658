"""ical.js as a second opinion on what is published."""

from tests.second_opinion import ical_js  # noqa: F401  a fixture: pytest finds it by this name
