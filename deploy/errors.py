"""The one error of deploy: what keeps Créneau from starting, in a line that says what to do."""


class StartError(Exception):
    """Créneau cannot start on this machine as things are; the message is one line and says what to do."""
