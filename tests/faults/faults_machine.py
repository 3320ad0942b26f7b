"""Faults of the machine below the processes: no descriptor left, no memory to be had, a clock that is wrong, a disk that is full."""
import glob
import os
import resource
import shutil
import subprocess
import time

from inject import SERVICES

SHIFTS_S = [-120, -5, 5, 120]  # within the five minutes that a webhook's receiver grants
REFUSED = ["0.00001", "0.0001", "0.001"]  # of all allocations
CLOCK_S, DESCRIPTORS_S, DISK_S, MEMORY_S = 8, 4, 6, 8
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


def live_with(context, part, libraries, settings, seconds):
    """One life of a copy under libraries of deploy/packages, with their settings; False: it was down, or they are not there."""
    found, old = [path for pattern in libraries for path in glob.glob(pattern)], context.instance.pid(part)
    if len(found) != len(libraries):
        context.troubles.append(f"{' and '.join(libraries)}: not there (deploy/packages)")
        return False
    if old is None:
        return False
    lines = f"LD_PRELOAD={':'.join(found)}\n" + "".join(f"{name}='{value}'\n" for name, value in settings.items())
    with context.instance.environment(part, lines):
        context.instance.kill(part)
        context.instance.wait_new(part, old)
        time.sleep(seconds)
    context.instance.kill(part)
    return True


def wrong_clock(context, dice):
    """One copy lives in another time than its neighbours, the database and the partner."""
    part, shift = f"{dice.choice(SERVICES)}-{dice.randint(1, 2)}", dice.choice(SHIFTS_S)
    if live_with(context, part, ["/usr/lib/*/faketime/libfaketimeMT.so.1"], {"FAKETIME": f"{shift:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}, CLOCK_S):
        context.count(f"clock {shift:+d} s")


def no_memory(context, dice):
    """Allocations of one copy fail by chance, its libraries' too. librdkafka ends the process then; the supervisor starts it again."""
    part, share = f"{dice.choice(SERVICES)}-{dice.randint(1, 2)}", dice.choice(REFUSED)
    fiu = ["/usr/lib/fiu/fiu_posix_preload.so", "/usr/lib/fiu/fiu_run_preload.so"]
    if live_with(context, part, fiu, {"FIU_ENABLE": f"enable_random name=libc/mm/*,probability={share}"}, MEMORY_S):
        context.count("memory")


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
