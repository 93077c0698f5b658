"""What the operating system knows of our processes: is one alive, is it gone yet, who was left over."""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil

MARK = "CRENEAU_FOLDER"  # in the environment of every part: it tells this checkout's processes from another's


def spawn(command: list[str], *, log: Path, environment: Mapping[str, str]) -> int:
    """Start a program that outlives this process if need be and that Ctrl-C does not reach; returns its process id."""
    output = (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    actions = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), output, (os.POSIX_SPAWN_DUP2, 1, 2)]
    return os.posix_spawn(command[0], command, environment, file_actions=actions, setpgroup=0)


def wait_until_gone(pid: int, *, seconds: float) -> bool:
    """Wait for the end of a process, ours or another's; False when it still runs after `seconds`."""
    gone = wait_until(lambda: not is_alive(pid), seconds=seconds)
    with suppress(ChildProcessError):  # not our child: somebody else reaps it
        os.waitpid(pid, os.WNOHANG)
    return gone


def is_alive(pid: int) -> bool:
    """A process of that id runs; one that has ended and only waits to be reaped does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Ask every 20 ms until the condition holds; False when it did not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def left_over(folder: Path) -> list[psutil.Process]:
    """The parts of the installation in `folder` that outlived a supervisor killed with -9."""
    return [process for process in psutil.process_iter() if process.pid != os.getpid() and _belongs(process, folder)]


def end(processes: list[psutil.Process], *, grace: float = 5) -> None:
    """Ask the processes to stop, and kill those that still run after `grace` seconds."""
    for process in processes:
        _signal(process.terminate)
    _, stubborn = psutil.wait_procs(processes, timeout=grace)
    for process in stubborn:
        _signal(process.kill)
    psutil.wait_procs(stubborn, timeout=grace)


def _belongs(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.environ().get(MARK) == str(folder)
    except (psutil.Error, OSError):  # another user's process, or one that has just ended
        return False


def _signal(send: Callable[[], None]) -> None:
    with suppress(psutil.NoSuchProcess):
        send()
