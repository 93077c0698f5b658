"""The JSON API: routes that parse, call one function and return; it knows no Celery and decides nothing itself."""
