#!/usr/bin/env python3
"""One fault campaign on the instance of JISR_HOME. Started by tests/faults/run, which makes that instance and takes it away again.

A round: faults on while the driver sends → faults off → throughput is back (I10) → quiet → everything is checked from outside → the next one."""
import asyncio
import collections
import datetime
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import traceback
import urllib.request

import bugs
import checker
import driver
import faults
import inject
import journal as journals
import proxies
import quiet
import selftest
import witness
from options import parse, show_list
from screen import Screen

PROJECT = inject.PROJECT
WARM_UP_S = 6
FRESH_AFTER = 30_000   # applications; a check reads all of them, so then a fresh instance goes on
BACK = 0.7             # of the rate of the warm-up: the throughput is back (I10)
HEAL_S, QUIET_S = 90, 240
BUG_S = 150            # of rounds, within which a planted bug has to show
SAMPLE = 25            # accepted applications that are sent once more after each round
MORE_PLACES = 4        # the sample's places, times this: most of the women go all the way to the partner


def build_id(instance):
    """What is under test: the project's revision and a digest of the programs as they are installed."""
    digest = hashlib.sha256()
    for path in sorted(pathlib.Path(instance.settings()["JISR_DATA"], "bin").iterdir()):
        digest.update(path.read_bytes())
    try:
        revision = subprocess.run(["git", "-C", str(PROJECT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        revision = ""  # there is no git, or the folder is no clone
    return f"{revision or 'no revision'}, programs {digest.hexdigest()[:12]}"


class Campaign:
    def __init__(self, options):
        self.options, self.screen = options, Screen()
        self.only = None  # of these faults a round takes its own; None: of all
        self.instance = inject.Instance(os.environ["JISR_HOME"])
        self.folder = PROJECT / ".test" / "faults"
        self.journal_path = self.folder / f"{options.seed}-journal.ndjson"
        self.context, self.heads, self.base = None, {}, {}
        self.next_number, self.normal_rate = 0, options.rate
        self.rounds, self.kills, self.totals = [], collections.Counter(), collections.Counter()
        self.before, self.proxies = set(), None

    # ── The instance ──

    def begin(self):
        """A clean journal beside an instance that has nothing of this campaign yet."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.journal_path.unlink(missing_ok=True)
        self.context, self.heads, self.base = faults.Context(self.instance, self.screen.say), {}, {}
        for service in inject.SERVICES:
            if len(self.instance.parts(f"{service}-")) != faults.COPIES[service]:
                self.command("scale", service, str(faults.COPIES[service]))
        if not self.options.bug:  # a planted bug brings programs of its own
            bugs.install(self.instance, bugs.build())
        self.proxies = self.context.proxies = proxies.Proxies(self.instance, self.options.seed)
        self.heal()
        self.instance.superuser(f"UPDATE eligibility.quota SET places = places * {MORE_PLACES};")
        witness.install(self.instance)
        self.before = self.applications()

    def applications(self):
        return set(self.instance.superuser("SELECT id FROM intake.application;").split())

    def command(self, *words):
        status, output = self.instance.deploy(*words, seconds=600)
        if status != 0:
            raise SystemExit(f"tests/faults/run: deploy/{' '.join(words)}: {output.strip()[-1500:]}")

    def end(self):
        if self.proxies is not None:
            self.proxies.stop()
        self.proxies = None

    def renew(self, warm=True):
        port = self.instance.settings()["JISR_PORT"]
        self.screen.live("a fresh instance …")
        if self.proxies is not None:
            self.proxies.kill()
        self.proxies = None
        self.command("down", "--wipe")
        self.command("up", "--empty", "--port", port)
        self.begin()
        if warm:
            asyncio.run(self.warm_up())

    def heal(self):
        """Faults are off: everything runs that ran at the beginning."""
        self.instance.receiver_behaves([])
        self.proxies.pass_all()
        until = time.monotonic() + HEAL_S
        wanted = [f"{service}-{copy}" for service in inject.SERVICES for copy in range(1, faults.COPIES[service] + 1)]
        while not all(self.ready(part) for part in wanted):
            if time.monotonic() > until:
                return [f"I10: not ready {HEAL_S} s after the faults: {[part for part in wanted if not self.ready(part)]}"]
            time.sleep(0.2)
        return []

    def ready(self, part):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.instance.admin_port(part)}/readyz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    # ── Load ──

    async def warm_up(self):
        load = await self.drive(None, [], WARM_UP_S)
        self.normal_rate = min(self.options.rate, max(load.accepted_at.values(), default=1))
        quiet.wait_quiet(self.setting("JISR_PG"), self.setting("JISR_KAFKA"), seconds=QUIET_S)
        self.base = self.resources()

    def setting(self, name):
        return self.instance.settings()[name]

    async def drive(self, attack, findings, seconds):
        """Sends until the faults are over and the throughput is back, or for so many seconds without faults."""
        journal = journals.Journal(self.journal_path)
        load = driver.Driver(self.setting("JISR_URL"), journal, self.options.seed, changes=True)
        sending = asyncio.create_task(load.run(self.next_number, 10**7, rate=self.options.rate))
        if attack:
            attack.start()
            await self.watch(attack, load, sending, findings)
        else:
            await asyncio.wait([sending], timeout=seconds)
        load.stop()
        self.next_number = await sending
        await journal.close()
        return load

    async def watch(self, attack, load, sending, findings):
        while not attack.over():
            await asyncio.sleep(0.2)
            if sending.done():
                raise RuntimeError(f"the driver has ended: {sending.exception()}")
            self.screen.live(f"round {len(self.rounds) + 1}  {time.monotonic() - attack.began:3.0f} s  {dict(self.context.kills)}  {load.counts}  "
                             f"{load.accepted_at[int(time.monotonic()) - 1]}/s")
        limit = max(faults.RECOVERY_S[fault.kind] for _, fault in attack.planned)
        over_at = time.monotonic()
        while not self.is_back(load, over_at):
            await asyncio.sleep(0.2)
            if time.monotonic() - over_at > limit + 2:
                findings.append(f"I10: {limit} s after the faults fewer than {BACK:.0%} of {self.normal_rate}/s are accepted: "
                                f"{[load.accepted_at[int(over_at) + second] for second in range(limit + 2)]}")
                return
        load.back_after_s = max(0.0, time.monotonic() - over_at - 1)

    def is_back(self, load, over_at):
        """One whole second since then had its share."""
        return any(load.accepted_at[second] >= BACK * self.normal_rate for second in range(int(over_at), int(time.monotonic())))

    # ── One round ──

    async def round(self, number):
        planned = faults.schedule(self.options.seed, number, self.options.round_s, self.only, self.options.pace)
        kills_before, findings, began = collections.Counter(self.context.kills), [], time.monotonic()
        attack = faults.Attack(self.context, self.options.seed, number, planned)
        load = await self.drive(attack, findings, None)
        findings += self.heal() + self.wait_quiet()
        gentle = all(fault.name in faults.GENTLE for _, fault in planned)
        if gentle and load.counts["unknown"] + load.counts["busy"]:
            findings.append(f"SIGTERM: nobody may notice that copies stop and start: {load.counts['unknown']} without an answer, {load.counts['busy']} refused")
        await self.ask_again(load)
        findings += ([f"I1: {checker.some(load.faults)}"] if load.faults else []) + self.context.troubles
        self.context.troubles = []
        quiet_at = time.monotonic()
        findings += self.check() + self.grown()
        kills = self.context.kills - kills_before
        self.kills += kills
        self.totals.update(load.counts)
        return {"round": number, "schedule": [[second, fault.name] for second, fault in planned], "faults": dict(kills), "counts": load.counts,
                "back_after_s": getattr(load, "back_after_s", None), "seconds": round(time.monotonic() - began, 1),
                "check_s": round(time.monotonic() - quiet_at, 1), "findings": findings}

    def wait_quiet(self):
        try:
            quiet.wait_quiet(self.setting("JISR_PG"), self.setting("JISR_KAFKA"), seconds=QUIET_S)
            return []
        except RuntimeError as error:
            return [f"I5: {error}"]

    async def ask_again(self, load):
        accepted = [line for line in journals.read(self.journal_path) if line["what"] == "answer" and line["status"] == 201]
        dice = faults.random.Random(f"{self.options.seed}/again/{len(self.rounds)}")
        load.journal = journals.Journal(self.journal_path)
        await load.again(dice.sample(accepted, min(SAMPLE, len(accepted))))
        await load.journal.close()

    def check(self):
        found = checker.check(self.setting("JISR_PG"), self.setting("JISR_KAFKA"), self.setting("JISR_RECEIVER_LOG"), self.journal_path, before=self.before,
                              poison=self.context.poison, heads=self.heads, instance=self.instance)
        status, output = self.instance.deploy("jisrctl", "verify", "audit")
        found += witness.findings(self.instance)
        return found if status == 0 else found + [f"I7: jisrctl verify: {output.strip()[-400:]}"]

    # ── I10: what a process holds ──

    def resources(self):
        """part → (memory in kB, descriptors, threads)."""
        held = {}
        for service in inject.SERVICES:
            for part in self.instance.parts(f"{service}-"):
                proc = pathlib.Path(f"/proc/{self.instance.pid(part)}")
                try:
                    status = (proc / "status").read_text()
                    held[part] = (int(re.search(r"VmRSS:\s+(\d+)", status)[1]), len(list((proc / "fd").iterdir())), int(re.search(r"Threads:\s+(\d+)", status)[1]))
                except (OSError, TypeError):
                    continue
        return held

    def grown(self):
        found = []
        for part, (rss_kb, descriptors, threads) in self.resources().items():
            base = self.base.get(part)
            if base and (rss_kb > 2 * base[0] + 65536 or descriptors > base[1] + 64 or threads > base[2] + 4):
                found.append(f"I10: {part} holds more than at its base: {rss_kb} kB, {descriptors} descriptors, {threads} threads; base {base}")
        return found

    # ── The whole ──

    def keep(self, result):
        """Everything that is needed to understand a failure, and to have it again."""
        folder = self.folder / f"{self.options.seed}-round{result['round']}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copy(self.journal_path, folder / "journal.ndjson")
        shutil.copytree(self.instance.home / "log", folder / "log")
        shutil.copy(self.setting("JISR_RECEIVER_LOG"), folder / "webhooks.ndjson")
        self.instance.dump(folder / "jisr.pgdump")
        (folder / "round.json").write_text(json.dumps(result | {"seed": self.options.seed, "poison": self.context.poison, "build": build_id(self.instance)}, indent=1))
        return folder.relative_to(PROJECT)

    def again(self):
        """The options that have this campaign once more."""
        options = self.options
        only = f" --only {','.join(options.only)}" if options.only else ""
        return f"--seed {options.seed} --minutes {options.minutes:g} --rate {options.rate} --round-s {options.round_s:g} --pace {options.pace:g}{only}"

    def show(self, result):
        counts, findings = result["counts"], result["findings"]
        states = "".join(f" I{n}{'✗' if any(f.startswith(f'I{n}:') for f in findings) else '✓'}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 10))
        done = ", ".join(f"{what} {count}" for what, count in sorted(result["faults"].items()))
        back = "-" if result["back_after_s"] is None else f"{result['back_after_s']:.0f} s"
        self.screen.say(f"round {result['round']:3}  {result['seconds']:5.0f} s  {counts['accepted']:6} accepted of {counts['sent']} sent, {counts['unknown']} unknown, "
                        f"{counts['busy']} refused for now, {counts['withdrawn']} withdrawn, {counts['amended']} amended; back after {back} {states}  [{done}]")
        for finding in findings:
            self.screen.say(f"    {finding}")

    def run(self):
        try:
            return self.run_all()
        finally:
            self.end()

    def run_all(self):
        self.begin()
        build = build_id(self.instance)
        self.screen.say(f"seed {self.options.seed}, {self.options.minutes:g} minutes, {self.options.rate} applications a second; build {build}")
        if self.options.selftest:
            wrong = self.run_selftest()
            for sentence in wrong:
                self.screen.say(f"    {sentence}")
            print(f"{len(selftest.ROWS) + len(selftest.COPIES) + 1 - len(wrong)} passed, {len(wrong)} failed, 0 skipped")
            return 1 if wrong else 0
        return self.run_bugs(build) if self.options.bug else self.run_rounds(build)

    def run_rounds(self, build):
        until = time.monotonic() + self.options.minutes * 60
        asyncio.run(self.warm_up())
        self.screen.say(f"warm-up: {self.normal_rate} a second accepted")
        number, in_turn = 0, self.options.only
        while number < max(1, len(in_turn)) or time.monotonic() < until:
            self.only = [in_turn[number % len(in_turn)]] if in_turn else None
            number += 1
            try:
                result = self.one_round(number)
            except Exception:
                self.screen.say(f"broken off; the rounds before it: {self.write_report(build)}")
                raise
            if result["findings"]:
                self.screen.say(f"    kept in {self.keep(result)}; again: tests/faults/run {self.again()}")
                if not self.options.go_on:
                    break
            if (number < len(in_turn) or time.monotonic() < until) and (result["findings"] or len(self.applications()) > FRESH_AFTER):
                self.renew()
        return self.report(build)

    def one_round(self, number):
        result = asyncio.run(self.round(number))
        self.rounds.append(result)
        self.show(result)
        return result

    def run_selftest(self):
        """A short quiet load, then copies of all that is spoilt one thing at a time."""
        asyncio.run(self.warm_up())
        clean = self.check()
        test = selftest.SelfTest(self.instance, self.journal_path, self.before, self.context.poison, self.heads)
        return clean or test.run()

    # ── Planted bugs ──

    def run_bugs(self, build):
        """Each build on a fresh instance; rounds have to fail, and name an invariant of each of its bugs, within the budget."""
        caught = []
        for place, planted in enumerate(self.options.bug):
            self.screen.live(f"bug {' '.join(bug.name for bug in planted)}: building …")
            folder = bugs.build(*planted)
            if place:
                self.renew(warm=False)
            caught += self.hunt(planted, folder)
        self.write_report(build, planted=caught)
        missed = sum(not one["caught"] for one in caught)
        print(f"{len(caught) - missed} passed, {missed} failed, 0 skipped")
        return 1 if missed else 0

    def hunt(self, planted, folder):
        """What became of each bug; `folder` holds its programs."""
        bugs.install(self.instance, folder)
        self.instance.restart_services()
        self.only, began, number = sorted({name for bug in planted for name in bug.faults}), time.monotonic(), 0
        caught, named = {}, set()
        self.heal()
        while len(caught) < len(planted) and (number == 0 or time.monotonic() - began < BUG_S):
            number += 1
            findings = [finding for finding in self.one_round(number)["findings"] if not finding.startswith("I10")]
            named |= {finding.split(":")[0] for finding in findings}
            for bug in planted:
                if named & set(bug.invariants):
                    caught.setdefault(bug.name, round(time.monotonic() - began))
        for bug in planted:
            self.screen.say(f"bug {bug.name:28} {'caught' if bug.name in caught else 'NOT CAUGHT'} after {caught.get(bug.name, BUG_S)} s by "
                            f"{' '.join(sorted(named & set(bug.invariants) or named)) or 'nothing'} ({bug.why})")
        return [{"bug": bug.name, "caught": bug.name in caught, "by": sorted(named), "expected": bug.invariants, "seconds": caught.get(bug.name), "rounds": number}
                for bug in planted]

    def write_report(self, build, **more):
        path = self.folder / f"{self.options.seed}.json"
        ended_at = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
        path.write_text(json.dumps({"seed": self.options.seed, "build": build, "ended_at": ended_at, "faults": dict(self.kills), "counts": dict(self.totals),
                                    "rounds": self.rounds} | more, indent=1))
        return path.relative_to(PROJECT)

    def report(self, build):
        failed = sum(bool(result["findings"]) for result in self.rounds)
        done = ", ".join(f"{what} {count}" for what, count in sorted(self.kills.items()))
        self.screen.say(f"{sum(self.kills.values())} faults: {done}")
        self.screen.say(f"{self.totals['accepted']} applications accepted, {self.totals['sent']} sent; report: {self.write_report(build)}")
        if not failed:
            self.journal_path.unlink(missing_ok=True)
        print(f"{len(self.rounds) - failed} passed, {failed} failed, 0 skipped")
        return 1 if failed else 0


def main(words):
    options = parse(words)
    if options.list:
        show_list()
        return 0
    if options.check_options:
        return 0
    try:
        return Campaign(options).run()
    except (Exception, SystemExit) as error:
        if not isinstance(error, SystemExit):
            traceback.print_exc()
        print(error)
        print("0 passed, 1 failed, 0 skipped")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
