"""GNOME's calendars at work without a desktop: Evolution Data Server subscribes, libical reads.

A program of its own, for the Python of the system, which has GNOME's libraries; a line of JSON for each thing to do and
each answer. tests/oracles/evolution.py starts it.
"""

import json
import os
import sys
from typing import Any

import gi

gi.require_version("EDataServer", "1.2")
gi.require_version("ECal", "2.0")
gi.require_version("ICalGLib", "3.0")
from gi.repository import ECal, EDataServer, GLib, ICalGLib  # noqa: E402  versions are chosen first

PATIENCE = 30
WATCHED = GLib.IOCondition.IN | GLib.IOCondition.HUP


class Program:
    """Does what it is told, one thing after another."""

    def __init__(self) -> None:
        self.client: Any = None
        self.registry: Any = None  # kept: a source says nothing any more when its registry is gone

    def subscribe(self, address: str, user: str, password: str) -> dict[str, Any]:
        """Subscribe to a calendar by CalDAV, as Evolution and GNOME Calendar do."""
        source = self._committed(address, user)
        source.connect("credentials-required", self._give, user, password)
        loop = GLib.MainLoop()

        def connected(_: Any, result: Any) -> None:
            self.client = ECal.Client.connect_finish(result)
            loop.quit()

        ECal.Client.connect(source, ECal.ClientSourceType.EVENTS, PATIENCE, None, connected)
        loop.run()
        return {"is_read_only": self.client.is_readonly()}

    def refresh(self) -> dict[str, Any]:
        return {"done": self.client.refresh_sync(None)}

    def entries(self) -> list[dict[str, Any]]:
        """What it has by now; a refresh takes its time."""
        _, found = self.client.get_object_list_sync("#t", None)
        return [{"uid": one.get_uid(), "status": _text(one, ICalGLib.PropertyKind.STATUS_PROPERTY)} for one in found]

    def dates(self, start: int, end: int) -> list[list[Any]]:
        """Every date between two moments, as it shows them: title, from and until when."""
        found: list[list[Any]] = []

        def each(component: Any, begins: Any, ends: Any, *_: Any) -> bool:
            found.append([component.get_summary(), _seconds(begins), _seconds(ends)])
            return True

        self.client.generate_instances_sync(start, end, None, each)
        return sorted(found)

    def write(self) -> dict[str, Any]:
        """Try to delete all that there is."""
        _, found = self.client.get_object_list_sync("#t", None)
        try:
            for one in found:
                self.client.remove_object_sync(one.get_uid(), None, ECal.ObjModType.ALL, ECal.OperationFlags.NONE, None)
        except GLib.Error as error:
            return {"refused": str(error)}
        return {}

    def read(self, calendar: str) -> dict[str, Any]:
        """What libical understands of a calendar: its method, and each event with its times as instants."""
        parsed = ICalGLib.Parser.parse_string(calendar)
        events, event = [], parsed.get_first_component(ICalGLib.ComponentKind.VEVENT_COMPONENT)
        while event is not None:
            events.append(
                {
                    "uid": event.get_uid(),
                    "summary": event.get_summary(),
                    "sequence": event.get_sequence(),
                    "start": _seconds(event.get_dtstart()),
                    "end": _seconds(event.get_dtend()),
                    "recurs_at": _recurs_at(parsed, event),
                }
            )
            event = parsed.get_next_component(ICalGLib.ComponentKind.VEVENT_COMPONENT)
        errors = parsed.count_components(ICalGLib.ComponentKind.XLICINVALID_COMPONENT) + parsed.count_errors()
        return {"method": _text(parsed, ICalGLib.PropertyKind.METHOD_PROPERTY), "events": events, "errors": errors}

    def _committed(self, address: str, user: str) -> Any:
        self.registry = EDataServer.SourceRegistry.new_sync(None)
        source = EDataServer.Source.new_with_uid(f"creneau-{GLib.uuid_string_random()}", None)
        where = GLib.Uri.parse(address, GLib.UriFlags.NONE)
        source.set_parent("caldav-stub")
        source.set_display_name("Créneau")
        source.get_extension("Calendar").set_backend_name("caldav")
        source.get_extension("WebDAV Backend").set_uri(where)
        authentication = source.get_extension("Authentication")
        authentication.set_host(where.get_host())
        authentication.set_port(where.get_port())
        authentication.set_user(user)
        authentication.set_method("plain/password")
        source.get_extension("Security").set_method("none")
        self.registry.commit_source_sync(source, None)
        return self.registry.ref_source(source.get_uid())

    def _give(self, source: Any, *more: Any) -> None:
        user, password = more[-2:]
        credentials = EDataServer.NamedParameters.new()
        credentials.set("username", user)
        credentials.set("password", password)
        source.invoke_authenticate(credentials, None, lambda one, result: one.invoke_authenticate_finish(result))


def _text(component: Any, kind: Any) -> str:
    found = component.get_first_property(kind)
    return found.get_value_as_string() if found else ""


def _recurs_at(calendar: Any, event: Any) -> int | None:
    """Libical finds the zone of the start by itself, and not that of the RECURRENCE-ID."""
    found = event.get_first_property(ICalGLib.PropertyKind.RECURRENCEID_PROPERTY)
    if found is None:
        return None
    zone = found.get_first_parameter(ICalGLib.ParameterKind.TZID_PARAMETER)
    utc = ICalGLib.Timezone.get_utc_timezone()
    return int(found.get_recurrenceid().as_timet_with_zone(calendar.get_timezone(zone.get_tzid()) if zone else utc))


def _seconds(moment: Any) -> int | None:
    """A time in its own zone as seconds since 1970."""
    if moment is None or moment.is_null_time():
        return None
    return int(moment.as_timet_with_zone(moment.get_timezone() or ICalGLib.Timezone.get_utc_timezone()))


def die(*error: Any) -> None:
    """An error in what GNOME calls would be printed and forgotten, and whoever waits for an answer would wait on."""
    sys.__excepthook__(*error)
    os._exit(1)


def main() -> None:
    """Listens, and meanwhile lets GNOME ask for the password once more, as it does when it begins to read."""
    sys.excepthook = die
    program, loop = Program(), GLib.MainLoop()

    def heard(*_: Any) -> bool:
        line = sys.stdin.readline()
        if not line:
            loop.quit()
            return False
        asked = json.loads(line)
        sys.stdout.write(json.dumps(getattr(program, asked.pop("do"))(**asked)) + "\n")
        sys.stdout.flush()
        return True

    GLib.io_add_watch(GLib.IOChannel.unix_new(sys.stdin.fileno()), GLib.PRIORITY_DEFAULT, WATCHED, heard)
    loop.run()


main()
