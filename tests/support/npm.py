#!/usr/bin/env python3
"""What tests take from npm, as a folder's lock file names it: fetched once a checkout. As a program: for the folders named, ahead of those who need it."""
import fcntl
import pathlib
import subprocess
import sys

PATIENCE_S = 300
DONE = "node_modules/.package-lock.json"  # npm writes it last


def install(folder):
    """"", or why it can't be had here."""
    with open(folder / "package-lock.json", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another program may want it at the same time
        if (folder / DONE).exists():
            return ""
        try:
            done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--prefix", str(folder)], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        return done.stderr.strip()[-300:] if done.returncode else ""


if __name__ == "__main__":
    for name in sys.argv[1:]:
        install(pathlib.Path(name))
