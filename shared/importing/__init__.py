"""Importing: a file of bookings into the book, all of it or nothing, by the way that every request takes."""

from shared.importing.files import MOST_BYTES, File, Kind, kind_of
from shared.importing.taking_over import import_file

__all__ = ["MOST_BYTES", "File", "Kind", "import_file", "kind_of"]
