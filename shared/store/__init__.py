"""PostgreSQL, the book: tables with their verbs, named queries, the outbox, migrations."""
