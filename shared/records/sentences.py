"""The sentences of a reading: what is wrong with a file or one of its lines, and what to do about it."""

from collections.abc import Mapping
from typing import Final

from shared.records.import_sentences import IMPORT

_FILE: dict[str, dict[str, str]] = {
    "file_empty": {
        "fr": "Ce fichier est vide.",
        "en": "This file is empty.",
    },
    "file_too_large": {
        "fr": "Ce fichier dépasse {most} Mo : partagez-le en plusieurs.",
        "en": "This file is larger than {most} MB: split it into several.",
    },
    "too_many_lines": {
        "fr": "Ce fichier a plus de {most} lignes : partagez-le en plusieurs.",
        "en": "This file has more than {most} lines: split it into several.",
    },
    "too_many_meetings": {
        "fr": "Les séries de ce fichier font plus de {most} rencontres : partagez-le en plusieurs.",
        "en": "The series of this file have more than {most} meetings: split it into several.",
    },
    "spreadsheet": {
        "fr": "C'est un classeur, pas un fichier CSV : dans le tableur, « Enregistrer sous », type « CSV UTF-8 ».",
        "en": "This is a workbook, not a CSV file: in the spreadsheet, “Save as”, type “CSV UTF-8”.",
    },
    "not_text": {
        "fr": "Ce fichier n'est pas du texte : donnez un fichier CSV ou iCalendar (.ics).",
        "en": "This file is not text: give a CSV or an iCalendar (.ics) file.",
    },
    "unknown_headings": {
        "fr": "La première ligne ne dit pas ce que sont les colonnes : il y faut au moins « titre », et « date » ou "
        "« début ».",
        "en": "The first line does not say what the columns are: it needs “title” at least, and “date” or “start”.",
    },
    "heading_twice": {
        "fr": "Les colonnes « {one} » et « {other} » disent la même chose : n'en gardez qu'une.",
        "en": "The columns “{one}” and “{other}” say the same thing: keep one of them.",
    },
    "unclosed_quote": {
        "fr": "Un guillemet ouvert à la ligne {row} n'est jamais fermé : fermez-le, ou ôtez-le.",
        "en": "A quotation mark opened on line {row} is never closed: close it, or take it away.",
    },
    "not_a_calendar": {
        "fr": "Ce fichier n'est pas un calendrier : il n'y a pas de BEGIN:VCALENDAR.",
        "en": "This file is not a calendar: there is no BEGIN:VCALENDAR.",
    },
    "no_events": {
        "fr": "Ce calendrier est vide : il n'y a pas d'événement (VEVENT).",
        "en": "This calendar is empty: it has no event (VEVENT).",
    },
    "too_deep": {
        "fr": "Les parties de ce calendrier sont emboîtées sur plus de {most} niveaux : exportez-le à nouveau.",
        "en": "The parts of this calendar are nested more than {most} deep: export it again.",
    },
}

_CELLS: dict[str, dict[str, str]] = {
    "misquoted": {
        "fr": 'Les guillemets de cette ligne ne vont pas : un texte qui en contient doit être "écrit ""ainsi"" ici".',
        "en": 'The quotation marks of this line are wrong: a text that has some is written "like ""this"" here".',
    },
    "too_many_cells": {
        "fr": "Cette ligne a plus de colonnes que l'en-tête : un texte qui contient le séparateur se met entre "
        "guillemets.",
        "en": "This line has more columns than the headings: put a text with the separator in it in quotation marks.",
    },
    "no_title": {
        "fr": "Il manque le titre.",
        "en": "The title is missing.",
    },
    "text_too_long": {
        "fr": "« {text} » est trop long : {most} caractères au plus.",
        "en": "“{text}” is too long: {most} characters at most.",
    },
    "too_many_rooms": {
        "fr": "Cette ligne nomme plus de {most} espaces : partagez-la en plusieurs.",
        "en": "This line names more than {most} rooms: split it into several.",
    },
    "too_many_attendees": {
        "fr": "Cette ligne invite plus de {most} personnes : partagez-la en plusieurs.",
        "en": "This line invites more than {most} people: split it into several.",
    },
    "bad_people": {
        "fr": "« {text} » n'est pas un nombre de personnes : écrivez par exemple 24.",
        "en": "“{text}” is not a number of people: write 24, for instance.",
    },
    "bad_address": {
        "fr": "« {text} » n'est pas une adresse mail : corrigez-la, ou laissez la case vide.",
        "en": "“{text}” is not a mail address: correct it, or leave the cell empty.",
    },
}

_TIMES: dict[str, dict[str, str]] = {
    "no_date": {
        "fr": "Il manque la date : écrivez par exemple 09/11/2027.",
        "en": "The date is missing: write 09/11/2027, for instance.",
    },
    "no_start": {
        "fr": "Il manque l'heure de début : écrivez par exemple 9h30, ou « matin ».",
        "en": "The start is missing: write 9:30, for instance, or “morning”.",
    },
    "no_end": {
        "fr": "Il manque l'heure de fin : écrivez par exemple 12h.",
        "en": "The end is missing: write 12:00, for instance.",
    },
    "bad_date": {
        "fr": "« {text} » n'est pas une date : écrivez jour, mois et année en quatre chiffres, comme 09/11/2027.",
        "en": "“{text}” is not a date: write day, month and a year of four digits, such as 09/11/2027.",
    },
    "no_such_date": {
        "fr": "« {text} » n'existe pas dans le calendrier : le jour vient d'abord, puis le mois, comme 09/11/2027.",
        "en": "“{text}” is not in the calendar: the day comes first, then the month, such as 09/11/2027.",
    },
    "other_weekday": {
        "fr": "« {text} » n'est pas ce jour de la semaine : corrigez le jour ou la date.",
        "en": "“{text}” is not that day of the week: correct the day or the date.",
    },
    "two_dates": {
        "fr": "Cette ligne donne deux dates là où il en faut une : {one} et {other}.",
        "en": "This line gives two dates where there has to be one: {one} and {other}.",
    },
    "bad_time": {
        "fr": "« {text} » n'est pas une heure : écrivez par exemple 9h30 ou 09:30, ou « matin ».",
        "en": "“{text}” is not a time: write 9h30 or 09:30, for instance, or “morning”.",
    },
    "time_does_not_exist": {
        "fr": "{time} n'existe pas ({zone}) : cette nuit-là, on avance les horloges. Choisissez une autre heure.",
        "en": "{time} does not exist ({zone}): the clocks go forward that night. Choose another time.",
    },
    "time_exists_twice": {
        "fr": "{time} existe deux fois ({zone}) : on recule les horloges. Écrivez le décalage, comme "
        "2027-10-31T02:30:00+01:00.",
        "en": "{time} exists twice ({zone}): the clocks go back. Write the offset, such as 2027-10-31T02:30:00+01:00.",
    },
    "time_out_of_range": {
        "fr": "Cette date est hors de ce que Créneau connaît, de 1970 à 2199.",
        "en": "This date is outside of what Créneau knows, 1970 to 2199.",
    },
    "slot_reversed": {
        "fr": "La fin vient avant le début, ou en même temps. Après minuit, écrivez aussi la date de la fin.",
        "en": "The end comes before the start, or with it. After midnight, write the date of the end as well.",
    },
    "slot_too_long": {
        "fr": "C'est plus long que 366 jours : une réservation ne l'est jamais.",
        "en": "This is longer than 366 days, which no booking is.",
    },
}

_EVENTS: dict[str, dict[str, str]] = {
    "cut_off": {
        "fr": "Cet événement n'est pas fini (il manque END:VEVENT) : le fichier est coupé, exportez-le à nouveau.",
        "en": "This event has no end (END:VEVENT is missing): the file is cut off, export it again.",
    },
    "event_too_long": {
        "fr": "Cet événement a plus de {most} lignes dans le fichier : il faut l'inscrire à la main.",
        "en": "This event has more than {most} lines in the file: it has to be entered by hand.",
    },
    "no_dtstart": {
        "fr": "Cet événement n'a pas de début (DTSTART) : exportez-le à nouveau.",
        "en": "This event has no start (DTSTART): export it again.",
    },
    "no_dtend": {
        "fr": "Cet événement n'a pas de fin (DTEND) : donnez-lui une durée, puis exportez-le à nouveau.",
        "en": "This event has no end (DTEND): give it a length, then export it again.",
    },
    "bad_property": {
        "fr": "« {text} » n'est pas une ligne d'iCalendar qui se comprend : exportez l'événement à nouveau.",
        "en": "“{text}” is not a line of iCalendar that can be understood: export the event again.",
    },
    "property_twice": {
        "fr": "Cet événement a plusieurs {name} : exportez-le à nouveau.",
        "en": "This event has more than one {name}: export it again.",
    },
    "floating_time": {
        "fr": "« {text} » n'a pas de fuseau horaire, et on ne devine pas : exportez avec le fuseau (TZID) ou en UTC.",
        "en": "“{text}” has no time zone, and nobody guesses: export it with its zone (TZID) or in UTC.",
    },
    "unknown_zone": {
        "fr": "Le fuseau horaire « {zone} » n'est pas connu : exportez avec un fuseau comme Europe/Paris, ou en UTC.",
        "en": "The time zone “{zone}” is not known: export with a zone such as Europe/Paris, or in UTC.",
    },
    "series_unreadable": {
        "fr": "Créneau ne sait pas lire cette répétition ({text}) : inscrivez chaque date sur une ligne.",
        "en": "Créneau cannot read this repetition ({text}): enter each date on a line of its own.",
    },
    "series_endless": {
        "fr": "Cette série n'a pas de fin : donnez-lui une date de fin, puis exportez à nouveau.",
        "en": "This series has no end: give it a last date, then export it again.",
    },
    "too_many_occurrences": {
        "fr": "Cette série a plus de {most} rencontres : partagez-la en plusieurs.",
        "en": "This series has more than {most} meetings: split it into several.",
    },
    "first_not_in_rule": {
        "fr": "La première date ne suit pas la répétition ({text}) : inscrivez-la à part, et commencez la série à la "
        "suivante.",
        "en": "The first date does not follow the repetition ({text}): enter it by itself, and begin the series "
        "after it.",
    },
    "occurrences_overlap": {
        "fr": "Les rencontres de cette série se chevauchent : chacune doit finir avant la suivante.",
        "en": "The meetings of this series overlap: each has to end before the next begins.",
    },
    "series_at_clock_change": {
        "fr": "Le {date}, cette série tombe dans l'heure du changement d'horloge : déplacez ou ôtez cette rencontre.",
        "en": "On {date}, this series falls into the hour in which the clocks change: move that meeting or delete it.",
    },
}

_SKIPPED: dict[str, dict[str, str]] = {
    "cancelled": {
        "fr": "C'est annulé : il n'y a rien à réserver.",
        "en": "This is cancelled: there is nothing to book.",
    },
    "not_held": {
        "fr": "L'état est « {state} » : il n'y a rien à réserver.",
        "en": "The state is “{state}”: there is nothing to book.",
    },
    "no_meetings_left": {
        "fr": "Il n'y a rien à réserver dans cette série : tout est annulé, écrit à part ou après sa fin.",
        "en": "There is nothing to book in this series: all is cancelled, told elsewhere or after its end.",
    },
    "superseded": {
        "fr": "L'événement {number} du fichier est une version plus récente de celui-ci.",
        "en": "Event {number} of the file is a newer version of this one.",
    },
}

_OTHER: dict[str, dict[str, str]] = {
    "refused_as_it_is": {
        "fr": "Cette ligne ne peut pas être réservée telle quelle ({message}).",
        "en": "This line cannot be booked as it is ({message}).",
    },
    "unread": {
        "fr": "Ceci n'est pas repris : {names}.",
        "en": "This is not taken over: {names}.",
    },
}

SENTENCES: Final[Mapping[str, Mapping[str, str]]] = _FILE | _CELLS | _TIMES | _EVENTS | _SKIPPED | _OTHER | IMPORT
