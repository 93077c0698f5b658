// Expands series with ical.js, by the VTIMEZONEs inside them alone: a calendar as a JSON string a line, its occurrences a line.
import { createInterface } from "node:readline";
import ICAL from "ical.js";

const instant = (time) => {
  if (time.zone === ICAL.Timezone.localTimezone) throw new Error(`floating time ${time}`);
  return new Date(time.toUnixTime() * 1000).toISOString();
};

const expand = (text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const master = calendar.getAllSubcomponents("vevent").find((event) => !event.hasProperty("recurrence-id"));
  const series = new ICAL.Event(master, { strictExceptions: true });
  const starts = series.iterator();
  const occurrences = [];
  for (let start = starts.next(); start; start = starts.next()) {
    const { recurrenceId, startDate, endDate, item } = series.getOccurrenceDetails(start);
    occurrences.push({
      recurs_at: instant(recurrenceId),
      start: instant(startDate),
      end: instant(endDate),
      summary: item.summary,
      location: item.location,
      guests: item.attendees.map((attendee) => attendee.getFirstValue()),
    });
  }
  return occurrences;
};

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(expand(JSON.parse(line))));
}
