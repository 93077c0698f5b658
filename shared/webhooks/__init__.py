"""Webhooks as Standard Webhooks says: what happened is fanned out, written, signed and sent until it has arrived.

Nothing here knows Celery or the API; `posting` alone speaks HTTP, and holds no transaction meanwhile.
"""
