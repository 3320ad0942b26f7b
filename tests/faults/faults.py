"""The faults of a campaign: one table, each with what it is to show. Chosen by the campaign's seeded generator; each gets dice of its own."""
import collections
import json
import os
import pathlib
import random
import signal
import subprocess
import threading
import time

import psycopg2
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from crash_points import crash_at_point, freeze_with_a_batch
from faults_machine import disk_full, no_descriptors, no_memory, wrong_clock
from inject import SERVICES
from partners import endpoint_leaves, kill_partner, partner_misbehaves
from poison import APPLICATION_TOPIC, old_news, poison
from proxy import MODES

STRANGER = pathlib.Path(__file__).with_name("stranger.py")
# While a campaign runs. A group's members are given whole topics first (by number), so that of two copies of a service with two topics of four partitions one has all
# decisions; the third makes two of them count the same seats.
COPIES = {"intake": 2, "eligibility": 2, "training": 3, "notifier": 3}
CONSUMERS = ["eligibility", "training", "notifier", "intake"]
HOT_TABLES = ["intake.application", "intake.outbox", "eligibility.quota", "eligibility.decision", "training.desk", "notifier.delivery", "eligibility.consumer_offset"]
BY_ROW = [("eligibility.quota", ("call", "province")), ("training.desk", ("call", "province")), ("notifier.consumer_offset", ("topic", "partition"))]
READS = {"intake": ["jisr.decision.v1", "jisr.training.v1"], "eligibility": [APPLICATION_TOPIC, "jisr.call.v1"], "training": [APPLICATION_TOPIC, "jisr.decision.v1"],
         "notifier": [APPLICATION_TOPIC, "jisr.decision.v1"]}
EMPTIED = ["jisr.call.v1", "jisr.decision.v1", "jisr.training.v1", "jisr.referral.v1", "jisr.partner.v1"]  # poison has no place in them


class Context:
    """What the faults of one campaign share."""

    def __init__(self, instance, say):
        self.instance, self.say = instance, say
        self.proxies = None                 # proxies.Proxies, once they stand
        self.kills = collections.Counter()  # part or what else was broken → times
        self.poison_path = instance.home / "poison.json"  # it stays in the instance, whichever campaign wrote it
        self.poison = json.loads(self.poison_path.read_text()) if self.poison_path.exists() else []  # records written into Kafka, see checker.py
        self.deploying = threading.Lock()   # one command of deploy/ at a time
        self.troubles = []                  # a fault that could not be made, or did not heal

    def count(self, what):
        self.kills[what] += 1


def part_of(dice, service=None):
    service = service or dice.choice(SERVICES)
    return f"{service}-{dice.randint(1, COPIES[service])}"


# ── Services ──

def kill_service(context, dice):
    part = part_of(dice)
    if context.instance.kill(part):
        context.count(part.split("-")[0])


def kill_all_copies(context, dice):
    for part in context.instance.parts(dice.choice(SERVICES) + "-"):
        if context.instance.kill(part):
            context.count(part.split("-")[0])


def hold_files(context):
    """From before an intake copy is told to stop until a while after: women wait for an answer in it."""
    try:
        context.instance.superuser("BEGIN; LOCK TABLE intake.application IN EXCLUSIVE MODE; SELECT pg_sleep(0.9); COMMIT;")
    except RuntimeError:
        pass  # another fault has stopped the server meanwhile


def term_service(context, dice):
    part = part_of(dice)
    old = context.instance.pid(part)
    holder = threading.Thread(target=hold_files, args=(context,))
    if part.startswith("intake"):
        holder.start()
        time.sleep(0.4)
    if old and context.instance.kill(part, signal.SIGTERM):
        context.count("SIGTERM")
        context.instance.wait_new(part, old)
    if holder.is_alive():
        holder.join()


def zombie(context, dice):
    pid = context.instance.pid(part_of(dice, dice.choice(CONSUMERS)))
    if pid is None:
        return
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(12)
    finally:
        try:
            os.kill(pid, signal.SIGCONT)
            context.count("zombie")
        except ProcessLookupError:
            pass  # it was killed in its sleep


def scale(context, dice):
    service, number = dice.choice(SERVICES), dice.choice([1, 3, 4])
    with context.deploying:
        for count in (number, COPIES[service]):
            for attempt in range(4):  # a copy that another fault has just killed is no reason to give up
                status, output = context.instance.deploy("scale", service, str(count))
                if status == 0:
                    break
                time.sleep(2)
            if status != 0:
                context.troubles.append(f"deploy/scale {service} {count}: {output.strip()[-300:]}")
    context.count("scaled")


# ── PostgreSQL ──

BACKENDS = "SELECT pid FROM pg_stat_activity WHERE usename LIKE 'jisr\\_%' AND usename NOT IN ('jisr_check', 'jisr_owner') AND backend_type = 'client backend'"


def backends(context, dice, limit=1):
    """Chosen by the place in their sorted list, so that the same seed takes the same place."""
    pids = sorted(context.instance.superuser(BACKENDS + ";").split(), key=int)
    return [int(pid) for pid in dice.sample(pids, min(limit, len(pids)))]


def terminate_backend(context, dice):
    try:
        for pid in backends(context, dice, limit=3):
            context.instance.superuser(f"SELECT pg_terminate_backend({pid});")
            context.count("backend")
    except RuntimeError:
        pass  # another fault has stopped the server meanwhile


def kill_backend(context, dice):
    try:
        for pid in backends(context, dice):
            os.kill(pid, signal.SIGKILL)
            context.count("postgres")
    except (RuntimeError, ProcessLookupError):
        pass  # the same


def kill_postmaster(context, _):
    old = context.instance.pid("postgres")
    if context.instance.kill("postgres"):
        context.count("postgres")
        context.instance.wait_new("postgres", old)


def stop_postgres_at_once(context, _):
    old = context.instance.pid("postgres")
    if context.instance.kill("postgres", signal.SIGQUIT):
        context.count("postgres")
        context.instance.wait_new("postgres", old)


def hold_lock(context, dice):
    table = dice.choice(HOT_TABLES)
    try:
        context.instance.superuser(f"BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE; SELECT pg_sleep(20); COMMIT;")
        context.count("lock")
    except RuntimeError:
        pass  # another fault has stopped the server meanwhile


def deadlock(context, dice):
    """Takes the rows that every batch takes in one order in the other one, slowly: PostgreSQL ends one of the two."""
    table, (first, second) = dice.choice(BY_ROW)
    try:
        context.instance.superuser(f"""DO $$ DECLARE it record; BEGIN
            FOR it IN SELECT {first}, {second} FROM {table} ORDER BY {first} DESC, {second} DESC LOOP
                PERFORM 1 FROM {table} WHERE {first} = it.{first} AND {second} = it.{second} FOR UPDATE; PERFORM pg_sleep(0.1);
            END LOOP; END $$;""")
    except RuntimeError:
        pass  # it was the one, or another fault has stopped the server
    context.count("deadlock")


def use_up_connections(context, _):
    held, until = [], time.monotonic() + 5
    settings = context.instance.settings()
    try:
        context.instance.superuser("SELECT count(pg_terminate_backend(pid)) FROM (" + BACKENDS + ") AS all_of_them;")
        while time.monotonic() < until:
            try:
                held.append(psycopg2.connect(settings["JISR_PG"], connect_timeout=2))
            except psycopg2.OperationalError:
                time.sleep(0.05)
        context.count("connections")
    except RuntimeError:
        pass
    finally:
        for connection in held:
            connection.close()


def network(part):
    def act(context, dice):
        mode = dice.choice(MODES)
        context.proxies.mode(part, mode)
        time.sleep(dice.uniform(1, 7))
        context.proxies.mode(part, "pass")
        context.count(f"network to {part}: {mode}")
    return act


# ── Kafka ──

def kill_kafka(context, _):
    old = context.instance.pid("kafka")
    if context.instance.kill("kafka"):
        context.count("kafka")
        context.instance.wait_new("kafka", old)


def freeze_kafka(context, _):
    pid = context.instance.pid("kafka")
    if pid is None:
        return
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(20)
    finally:
        try:
            os.kill(pid, signal.SIGCONT)
            context.count("kafka frozen")
        except ProcessLookupError:
            pass


def kafka_away(context, _):
    supervisor, old = context.instance.supervisor("kafka"), context.instance.pid("kafka")
    if supervisor is None or old is None:
        return
    os.kill(supervisor, signal.SIGSTOP)
    try:
        context.instance.kill("kafka")
        time.sleep(20)
        context.count("kafka")
    finally:
        os.kill(supervisor, signal.SIGCONT)
    context.instance.wait_new("kafka", old)


def rebalance(context, dice):
    """A member that does nothing comes and goes: the others give partitions away and take them back."""
    service = dice.choice(SERVICES)
    brokers = context.instance.settings()["JISR_KAFKA"]
    for _ in range(4):
        subprocess.run(["/usr/bin/python3", str(STRANGER), brokers, f"jisr.{service}", "2", *READS[service]], stderr=subprocess.DEVNULL, check=False)
        context.count("rebalance")


def empty_topic(context, dice):
    """A topic is lost with all that it holds, and made again from the outbox."""
    topic = dice.choice(EMPTIED)
    admin = AdminClient({"bootstrap.servers": context.instance.settings()["JISR_KAFKA"], "log_level": 0})
    admin.delete_topics([topic], operation_timeout=20)[topic].result()
    time.sleep(2)
    with context.deploying:
        for words in (["topics", "--wait", "60", "--partitions", "4"], ["replay", topic]):
            for _ in range(10):  # the name is free a little after the deletion is answered
                status, output = context.instance.deploy("jisrctl", *words)
                if status == 0:
                    break
                time.sleep(1)
            else:
                context.troubles.append(f"jisrctl {' '.join(words)}: {output.strip()[-300:]}")
    context.count("topic emptied")


# ── What comes in ──

def duplicates(context, dice):
    service = dice.choice(SERVICES)
    try:
        context.instance.superuser(f"UPDATE {service}.consumer_offset SET epoch = epoch + 1, next_offset = 0;")
        context.count("replayed")
    except RuntimeError:
        pass


# ── The table ──

class Fault:
    def __init__(self, name, kind, act, weight, seconds, why):
        self.name, self.kind, self.act, self.weight, self.seconds, self.why = name, kind, act, weight, seconds, why


ONLY_NAMED = 0  # the weight of what --only asks for, and chance does not

# kind: how soon the throughput must be back (I10). Weight: how often, relative to the others. Seconds: how long it lasts.
FAULTS = [
    Fault("kill-service", "service", kill_service, 40, 0, "one copy dies at any point: what it had answered is there, what it had not is done once by another"),
    Fault("kill-all-copies", "service", kill_all_copies, 10, 0, "no copy of a service is left: the door waits and asks again, nothing is lost"),
    Fault("crash-point", "service", crash_at_point, 12, 0, "one copy dies at a named point, between two steps that must be one or be told apart"),
    Fault("no-descriptors", "service", no_descriptors, 2, 4, "a process can open nothing more: it refuses, and goes on when it can"),
    Fault("no-memory", "service", no_memory, 2, 9, "allocations fail by chance: an answer says so or the copy ends, and nothing is half done"),
    Fault("wrong-clock", "service", wrong_clock, 2, 8, "one copy's clock is minutes off: order, leases and signatures do not hang on clocks that agree"),
    Fault("rebalance", "service", rebalance, 2, 9, "partitions move every two seconds: what was read and not committed is read by another"),
    Fault("term-service", "service", term_service, 4, 5, "a copy that is told to stop drains: nobody's request fails"),
    Fault("zombie", "service", zombie, 4, 12, "a copy that sleeps past its session is fenced when it wakes: another has its partitions"),
    Fault("sleeper", "service", freeze_with_a_batch, 3, 16, "the same with a batch in hand: another has its partitions and has gone on"),
    Fault("scale", "service", scale, 3, 15, "copies come and go under load: partitions move, no event is done twice or passed over"),
    Fault("terminate-backend", "postgres", terminate_backend, 8, 0, "a session ends under a transaction: done again, or its COMMIT's outcome is found out"),
    Fault("kill-backend", "postgres", kill_backend, 3, 3, "the server restarts all sessions after one crashed"),
    Fault("kill-postmaster", "postgres", kill_postmaster, 3, 5, "the server crashes and recovers from its log: what was committed is there"),
    Fault("postgres-immediate", "postgres", stop_postgres_at_once, 2, 5, "an immediate stop is a crash by another name"),
    Fault("lock", "postgres", hold_lock, 2, 20, "a hot table is locked: refused in time, and the relay's horizon stands still"),
    Fault("deadlock", "postgres", deadlock, 3, 3, "somebody locks rows in another order: the victim does its transaction again"),
    Fault("connections", "postgres", use_up_connections, 2, 6, "no connection is to be had: refused in time, no tight loop"),
    Fault("network", "postgres", network("postgres"), 8, 7, "between a service and PostgreSQL: refused, silent, reset, late, in slices, or the answer to COMMIT cut off"),
    Fault("kill-kafka", "kafka", kill_kafka, 3, 5, "records in flight: sent again from the outbox, in order"),
    Fault("network-kafka", "kafka", network("kafka"), 6, 7, "between anybody and the broker: the same; what was sent may be there though no report came"),
    Fault("freeze-kafka", "kafka", freeze_kafka, 1, 20, "a broker that is silent is not a broker that is gone: no report, no progress, no loss"),
    Fault("kafka-away", "kafka", kafka_away, 1, 22, "intake takes applications without Kafka; all flows after"),
    Fault("empty-topic", "kafka", empty_topic, ONLY_NAMED, 15, "a topic comes back empty: the outbox makes it again, and nothing happens twice"),
    Fault("disk-full", "kafka", disk_full, ONLY_NAMED, 8, "no byte can be written: PostgreSQL and the broker stop, and go on when there is room"),
    Fault("partner", "partner", partner_misbehaves, 6, 9, "what a partner does not answer 2xx is sent again, under the same id, in order"),
    Fault("kill-partner", "partner", kill_partner, 3, 0, "a connection that breaks is no answer"),
    Fault("endpoint-gone", "partner", endpoint_leaves, 3, 8, "an answer of 1 GB is cut off and counts; after a 410 nothing is sent there any more, and nobody else loses anything"),
    Fault("duplicates", "service", duplicates, 4, 0, "everything is delivered again: the inbox lets nothing happen twice, and the owner of the offsets is fenced"),
    Fault("old-news", "service", old_news, 2, 0, "first versions come again under new ids: whoever knows a later version leaves them alone"),
    Fault("poison", "service", poison, 2, 0, "what can't be read is parked with its reason and stops nothing"),
]
BY_NAME = {fault.name: fault for fault in FAULTS}
GENTLE = ["term-service", "scale"]  # after these nobody may have noticed anything
RECOVERY_S = {"service": 5, "partner": 5, "postgres": 30, "kafka": 60}
LONG_S = 10


def schedule(seed, number, seconds, only=None, pace=1):
    """The faults of a round: [(second, fault)], the same for the same seed; `pace` times as many a second. `only`: of these names, each once, the shortest first, before any comes again.
    Otherwise every fourth round is gentle."""
    dice = random.Random(f"{seed}/{number}")
    pool = [BY_NAME[name] for name in only] if only else [BY_NAME[name] for name in GENTLE] if number % 4 == 0 else FAULTS
    planned, second, long_ones, first = [], 1.0, 0, sorted(pool, key=lambda each: -each.seconds) if only else []
    while second < seconds:
        fault = first.pop() if first else dice.choices(pool, [each.weight or bool(only) for each in pool])[0]
        if fault.seconds >= LONG_S:
            long_ones += 1
        if fault.seconds < LONG_S or long_ones <= 2 or only:
            planned.append((round(second, 1), fault))
        second += dice.uniform(0.3, 2.2) / pace if pool is FAULTS else max(2.5, fault.seconds)
    return planned


class Attack:
    """Carries out a schedule beside the load."""

    def __init__(self, context, seed, number, planned):
        self.context, self.planned = context, planned
        self.threads = [threading.Thread(target=self._one, args=(second, fault, random.Random(f"{seed}/{number}/{place}")), daemon=True)
                        for place, (second, fault) in enumerate(planned)]
        self.began = 0.0

    def start(self):
        self.began = time.monotonic()
        for thread in self.threads:
            thread.start()

    def _one(self, second, fault, dice):
        time.sleep(max(0, self.began + second - time.monotonic()))
        try:
            fault.act(self.context, dice)
        except (OSError, RuntimeError, psycopg2.OperationalError, psycopg2.InterfaceError, KafkaException, subprocess.SubprocessError) as error:  # it met another one's victim
            self.context.say(f"fault {fault.name}: {type(error).__name__}: {error}")
        except Exception as error:  # a fault that breaks nothing shows nothing: the round fails
            self.context.troubles.append(f"fault {fault.name}: {type(error).__name__}: {error}")

    def over(self):
        return not any(thread.is_alive() for thread in self.threads)
