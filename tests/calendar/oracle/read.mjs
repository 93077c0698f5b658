// Reads one calendar from standard input with ical.js, by the VTIMEZONEs inside it alone, and prints what it says as JSON.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const zones = new Map(
  calendar.getAllSubcomponents("vtimezone").map((zone) => [zone.getFirstPropertyValue("tzid"), new ICAL.Timezone(zone)]),
);

const instant = (property) => {
  if (!property) return null;
  const time = property.getFirstValue().clone();
  const tzid = property.getParameter("tzid");
  if (tzid) {
    if (!zones.has(tzid)) throw new Error(`no VTIMEZONE for ${tzid}`);
    time.zone = zones.get(tzid);
  } else if (time.zone !== ICAL.Timezone.utcTimezone) {
    throw new Error(`floating time in ${property.name}`);
  }
  return new Date(time.toUnixTime() * 1000).toISOString();
};

const attendee = (property) => ({
  address: property.getFirstValue(),
  name: property.getParameter("cn") ?? null,
  cutype: property.getParameter("cutype") ?? null,
  role: property.getParameter("role") ?? null,
  partstat: property.getParameter("partstat") ?? null,
  rsvp: property.getParameter("rsvp") ?? null,
});

const events = calendar.getAllSubcomponents("vevent").map((event) => ({
  uid: event.getFirstPropertyValue("uid"),
  sequence: event.getFirstPropertyValue("sequence"),
  status: event.getFirstPropertyValue("status"),
  summary: event.getFirstPropertyValue("summary"),
  description: event.getFirstPropertyValue("description"),
  dtstamp: instant(event.getFirstProperty("dtstamp")),
  start: instant(event.getFirstProperty("dtstart")),
  end: instant(event.getFirstProperty("dtend")),
  recurrence_id: instant(event.getFirstProperty("recurrence-id")),
  organizer: event.getFirstPropertyValue("organizer"),
  attendees: event.getAllProperties("attendee").map(attendee),
  properties: event.getAllProperties().map((property) => property.name),
}));

console.log(JSON.stringify({ method: calendar.getFirstPropertyValue("method"), events }));
