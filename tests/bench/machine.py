"""The machine, and who uses its processors: read from /proc before and after each run."""
import os
import pathlib
import re
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


def first_line(*words):
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except OSError:
        return "absent"
    return ((done.stdout or done.stderr).splitlines() or ["?"])[0].strip()


def description():
    """Lines about the machine and the programs on it."""
    info = pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    model = re.search(r"model name\s*: (.*)", info)
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    version = re.compile(r"\d+(\.\d+)+")
    found = {
        "PostgreSQL": first_line("/usr/lib/postgresql/15/bin/postgres", "--version"),
        "HAProxy": first_line("haproxy", "-v"),
        "librdkafka": first_line("dpkg-query", "-W", "-f=${Version}", "librdkafka1"),
        "libmicrohttpd": first_line("dpkg-query", "-W", "-f=${Version}", "libmicrohttpd12"),
        "gcc": first_line("gcc", "-dumpfullversion"),
        "wrk": first_line("dpkg-query", "-W", "-f=${Version}", "wrk"),
        "java": first_line("java", "-version"),
    }
    versions = [f"{name} {match.group() if (match := version.search(text)) else text}" for name, text in found.items()]
    return [f"{os.cpu_count()} × {model.group(1) if model else 'unknown processor'}, {memory_mb} MB, Linux {os.uname().release}", "Kafka 4.1.1, " + ", ".join(versions)]


def stat_fields(path):
    """Fields of a /proc stat line from the third (the state) on: the second holds a name that may contain anything."""
    text = pathlib.Path(path).read_text(encoding="ascii", errors="replace")
    return text[text.rindex(")") + 2:].split()


def processes():
    """pid → (parent, seconds of its own, seconds of children that have ended)."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                fields = stat_fields(f"/proc/{name}/stat")
            except (OSError, ValueError):
                continue
            found[int(name)] = (int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS, (int(fields[13]) + int(fields[14])) / TICKS)
    return found


def tree_seconds(found, root):
    """CPU seconds of a process and all its descendants, the ended ones included."""
    children = {}
    for pid, (parent, _, _) in found.items():
        children.setdefault(parent, []).append(pid)
    total, todo = 0.0, [root]
    while todo:
        pid = todo.pop()
        if pid in found:
            total += found[pid][1] + found[pid][2]
            todo += children.get(pid, [])
    return total


def machine_seconds():
    """(busy, stolen) seconds of all processors."""
    with open("/proc/stat", encoding="ascii") as file:
        ticks = [int(word) for word in file.readline().split()[1:]]
    idle = ticks[3] + ticks[4]
    return (sum(ticks[:8]) - idle) / TICKS, ticks[7] / TICKS


def rss_kb(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


def threads_seconds(pid):
    """Name of a thread → its CPU seconds; threads of one name together."""
    sums = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            fields, name = stat_fields(task / "stat"), (task / "comm").read_text().strip()
        except (OSError, ValueError):
            continue
        sums[name] = sums.get(name, 0.0) + (int(fields[11]) + int(fields[12])) / TICKS
    return sums


class Meter:
    """Processors in use by each part of an instance between start and end: {"postgres": 0.8, …, "others": 0.1}, in processors."""

    def __init__(self, pids, threads_of=None):
        self.pids, self.threads_of = pids, threads_of
        self.began = self.look()

    def look(self):
        found = processes()
        parts = {part: tree_seconds(found, pid) for part, pid in self.pids.items()}
        load = os.times()
        parts["load generator"] = load.children_user + load.children_system + load.user + load.system
        busy, stolen = machine_seconds()
        threads = threads_seconds(self.threads_of) if self.threads_of else {}
        return time.monotonic(), parts, busy, stolen, threads

    def end(self, began_since=()):
        """`began_since`: parts that were started after the meter was."""
        for part, pid in began_since:
            self.pids[part] = pid
            self.began[1][part] = 0.0
        (began, parts0, busy0, stolen0, threads0), (ended, parts1, busy1, stolen1, threads1) = self.began, self.look()
        seconds = ended - began
        used = {part: (parts1[part] - parts0[part]) / seconds for part in parts1}
        used["others"] = max(0.0, (busy1 - busy0 - (stolen1 - stolen0)) / seconds - sum(used.values()))
        used["stolen"] = (stolen1 - stolen0) / seconds
        self.threads = {name: (threads1[name] - threads0.get(name, 0.0)) / seconds for name in threads1}
        return {part: round(value, 2) for part, value in used.items()}
