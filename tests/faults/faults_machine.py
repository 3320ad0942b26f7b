"""Faults of the machine below the processes: no descriptor left, a clock that is wrong, a disk that is full."""
import glob
import os
import resource
import shutil
import subprocess
import time

from inject import SERVICES

SHIFTS_S = [-120, -5, 5, 120]  # within the five minutes that a webhook's receiver grants
CLOCK_S, DESCRIPTORS_S, DISK_S = 8, 4, 6
SPARE = 2                      # descriptors that are left


def no_descriptors(context, dice):
    part = f"{dice.choice(SERVICES)}-{dice.randint(1, 2)}"
    pid = context.instance.pid(part)
    try:
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")) + SPARE, before[1]))
        time.sleep(DESCRIPTORS_S)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        context.count("descriptors")
    except (OSError, TypeError):
        pass  # another fault has ended it meanwhile: the limit went with it


def wrong_clock(context, dice):
    """One copy lives in another time than its neighbours, the database and the partner."""
    libraries = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    part, shift = f"{dice.choice(SERVICES)}-{dice.randint(1, 2)}", dice.choice(SHIFTS_S)
    old = context.instance.pid(part)
    if not libraries:
        context.troubles.append("libfaketime is not there (deploy/packages)")
    if not libraries or old is None:
        return
    with context.instance.environment(part, f"LD_PRELOAD={libraries[0]}\nFAKETIME={shift:+d}s\nFAKETIME_DONT_FAKE_MONOTONIC=1\n"):
        context.instance.kill(part)
        context.instance.wait_new(part, old)
        time.sleep(CLOCK_S)
    context.instance.kill(part)
    context.count(f"clock {shift:+d} s")


def is_own_disk(path):
    return os.path.ismount(os.path.dirname(path))


def disk_full(context, _):
    """Only where tests/faults/run has given the data a small disk of its own."""
    data = context.instance.settings()["JISR_DATA"]
    if not is_own_disk(data):
        context.troubles.append("disk-full needs a disk of its own: tests/faults/run --only disk-full makes one")
        return
    ballast = os.path.join(os.path.dirname(data), "ballast")
    try:
        for size in (shutil.disk_usage(data).free, 1 << 20, 1 << 16, 1 << 12):
            subprocess.run(["sh", "-c", f"head -c {size} /dev/zero >>{ballast}"], stderr=subprocess.DEVNULL, check=False)
        time.sleep(DISK_S)
        context.count("disk full")
    finally:
        os.unlink(ballast)
