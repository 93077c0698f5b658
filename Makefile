# What one does with Créneau; `make` alone lists it.
VENV := .venv
PY := $(VENV)/bin/python
