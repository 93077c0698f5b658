"""What was taken over from elsewhere: under which UID, so that the same file can come twice and doubles nothing."""

from alembic import op

revision = "0003"
down_revision = "0002"

IMPORTED = """
ALTER TABLE reservation ADD COLUMN imported_uid text NOT NULL DEFAULT '';
CREATE INDEX reservation_imported ON reservation (site_id, imported_uid) WHERE imported_uid <> '';
"""


def upgrade() -> None:
    op.execute(IMPORTED)


def downgrade() -> None:
    raise RuntimeError("What was taken over could be taken over again: restore a backup instead.")
