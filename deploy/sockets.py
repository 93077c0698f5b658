"""Where unix sockets live: in the installation's folder while the path is short enough, else in the temporary one."""

import hashlib
import os
import tempfile
from pathlib import Path

from deploy.errors import StartError

# Linux takes 107 bytes, macOS 103; the longest name is supervisor's own, "supervisor.sock.<pid>".
LONGEST_FOLDER = 103 - len("/supervisor.sock.4194304")


def socket_folder(folder: Path) -> Path:
    """The private folder (0700) for the sockets of the installation that lives in `folder`; makes it when missing."""
    inside = folder.resolve() / "run"
    if len(os.fsencode(inside)) <= LONGEST_FOLDER:
        inside.mkdir(mode=0o700, parents=True, exist_ok=True)
        return inside
    name = hashlib.sha256(os.fsencode(inside)).hexdigest()[:12]
    outside = Path(tempfile.gettempdir()).resolve() / f"creneau-{os.getuid()}-{name}"
    outside.mkdir(mode=0o700, exist_ok=True)
    # the temporary folder is everybody's: somebody else may have laid a folder or a link of this name there
    if outside.is_symlink() or outside.stat().st_mode & 0o077:
        raise StartError(f"{outside} is not private to you: remove it, or set TMPDIR to a folder of your own.")
    return outside
