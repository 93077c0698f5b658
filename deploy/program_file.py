"""The supervisor's configuration: which programs it runs, in which order it starts and stops them, where they log."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from deploy.errors import StartError
from deploy.parts import Part
from deploy.postgres import Postgres
from deploy.valkey import Valkey

SUPERVISOR = """\
[supervisord]
nodaemon = true
silent = true
logfile = {folder}/log/supervisor.log
pidfile = {sockets}/supervisor.pid
childlogdir = {folder}/log

[unix_http_server]
file = {sockets}/supervisor.sock

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl = unix://{sockets}/supervisor.sock

[group:engines]
programs = {engines}
priority = 1

[group:parts]
programs = {parts}
priority = 2
"""

# Engines log to files of their own, the console hears of their falls. No CRENEAU_FOLDER: an engine is no part.
ENGINE = """
[program:{name}]
command = {command}
stopsignal = {signal}
environment = LC_ALL="C",CRENEAU_FOLDER=""
autorestart = true
startretries = 20
startsecs = 1
stopwaitsecs = 20
redirect_stderr = true
stdout_logfile = {log}
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 2
"""

# autostart off: the parts start when the database is ready. The group is signalled: `nice`, threads and all.
PART = """
[program:{name}]
command = {command}
process_name = {process}
numprocs = {copies}
directory = {cwd}
autostart = false
autorestart = true
startretries = 20
startsecs = 1
stopwaitsecs = 10
stopasgroup = true
killasgroup = true
redirect_stderr = true
stdout_logfile = NONE
stdout_events_enabled = true
"""


def write_programs(
    folder: Path, sockets: Path, engines: Sequence[Postgres | Valkey], parts: Sequence[Part], *, cwd: Path
) -> Path:
    """Write the configuration (private to its owner) and say where; secrets travel in the environment, not in it."""
    if set("%;#") & set(f"{folder}{cwd}"):  # supervisor reads these as its own signs, here twice and there once
        raise StartError(f"Créneau cannot run in a folder with %, ; or # in its name: rename {folder} or {cwd}.")
    text = SUPERVISOR.format(
        folder=folder,
        sockets=sockets,
        engines=",".join(_name(engine) for engine in engines),
        parts=",".join(part.name for part in parts),
    )
    if not engines:
        text = text.replace("[group:engines]\nprograms = \npriority = 1\n", "")
    text += "".join(_engine(engine) for engine in engines) + "".join(_part(part, cwd) for part in parts)
    file = folder / "supervisor.conf"
    file.touch(mode=0o600)
    file.write_text(text)
    return file


def _engine(engine: Postgres | Valkey) -> str:
    return ENGINE.format(
        name=_name(engine),
        command=_escaped(shlex.join(engine.command())),
        signal="INT" if isinstance(engine, Postgres) else "TERM",  # INT is PostgreSQL's clean and quick stop
        log=engine.log,
    )


def _part(part: Part, cwd: Path) -> str:
    process = part.name if part.copies == 1 else f"{part.name}-%(process_num)d"
    command = _escaped(shlex.join(part.command))
    return PART.format(name=part.name, command=command, process=process, copies=part.copies, cwd=cwd)


def _name(engine: Postgres | Valkey) -> str:
    return type(engine).__name__.lower()


def _escaped(text: str) -> str:
    return text.replace("%", "%%")  # supervisor expands %(name)s
