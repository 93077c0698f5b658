"""Idempotency keys: each remembers what was asked with it, and in the same commit what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ForeignKey, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base, Db


class Idempotency(Base):
    """One key of one person."""

    __tablename__ = "idempotency"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    status: Mapped[int | None] = mapped_column(Integer)
    headers: Mapped[dict[str, Any] | None]
    body: Mapped[bytes | None]
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey("reservation.id"))
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Key:
    """An Idempotency-Key of a person, with the SHA-256 of the request it came with."""

    person_id: int
    key: str
    fingerprint: bytes


# Sorted, so that two batches that hold the same two keys wait for each other in one order; a key that another
# transaction is just writing makes this one wait for it, and then finds it taken.
CLAIM = text("""
INSERT INTO idempotency (person_id, key, fingerprint, created_at)
SELECT person_id, key, decode(fingerprint, 'hex'), :now
FROM jsonb_to_recordset(CAST(:keys AS jsonb)) AS k(person_id bigint, key text, fingerprint text)
ORDER BY person_id, key
ON CONFLICT DO NOTHING
RETURNING person_id, key
""")


def claim(db: Db, keys: Sequence[Key], now: datetime) -> set[tuple[int, str]]:
    """Those of the keys that are new, now taken by this transaction."""
    if not keys:
        return set()
    rows = [{"person_id": k.person_id, "key": k.key, "fingerprint": k.fingerprint.hex()} for k in keys]
    return {(row.person_id, row.key) for row in db.execute(CLAIM, {"keys": orjson.dumps(rows).decode(), "now": now})}


def recall(db: Db, key: Key) -> Idempotency:
    """What is remembered under a key that was taken before."""
    return db.get_one(Idempotency, (key.person_id, key.key), populate_existing=True)


def forget_before(db: Db, moment: datetime) -> int:
    """Drop keys older than that; a client does not retry for days."""
    deleted = db.execute(text("DELETE FROM idempotency WHERE created_at < :moment RETURNING 1"), {"moment": moment})
    return len(deleted.all())
