"""The addresses of CalDAV and what is done there; nothing is ever changed."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from xml.etree.ElementTree import Element

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from services.calendars.dav.access import Known
from services.calendars.dav.free_busy import free_busy
from services.calendars.dav.names import CALDAV, DAV
from services.calendars.dav.objects import icalendar
from services.calendars.dav.properties import CALENDAR_TYPE, EXPAND, described
from services.calendars.dav.reading import MOST_BYTES, Wanted, depth, document, wanted
from services.calendars.dav.refusing import BadRequest, NotThere, Refused, read_only
from services.calendars.dav.reports import Question, everything, multiget, query, sync
from services.calendars.dav.tree import (
    HOMES,
    PRINCIPALS,
    ROOT,
    Collection,
    Folder,
    Home,
    Item,
    Place,
    Principal,
    children,
    collection_of,
    item,
    place_at,
    reader_of,
)
from services.calendars.dav.writing import FORBIDDEN, element, multistatus, propstat, response
from shared.access import Identity
from shared.store.base import Db, reading

router = APIRouter(include_in_schema=False, tags=["dav"])
