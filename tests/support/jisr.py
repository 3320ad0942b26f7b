"""The platform as tests see it from outside: HTTP through the front door, Kafka, the receiver's log, PostgreSQL (read only), jisrctl."""
import base64
import copy
import datetime
import functools
import http.client
import json
import os
import pathlib
import random
import shlex
import socket
import subprocess
import time
import urllib.parse
import uuid

PROJECT = pathlib.Path(__file__).resolve().parents[2]
CALL = "fes-meknes-2026"
CROWDED = {"province": "MA-IFR", "commune": "Azrou", "milieu": "urban"}  # for women in numbers: the places of MA-TAO are for those whom a test follows


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


MOROCCO = datetime.timezone.utc  # its clocks show UTC since 20 September 2026; not every machine's zone data knows


def today():
    """As days count for the services: in Morocco."""
    return datetime.datetime.now(MOROCCO).date()


@functools.cache
def settings():
    """What deploy/up wrote: JISR_URL, JISR_KAFKA, JISR_PG, JISR_RECEIVER_LOG."""
    folder = pathlib.Path(os.environ.get("JISR_HOME", PROJECT / ".jisr"))
    words = shlex.split((folder / "env").read_text(encoding="utf-8"))
    return dict(word.split("=", 1) for word in words)


def deploy(*words, check=True):
    """A command of deploy/ against the same instance; its output."""
    done = subprocess.run([str(PROJECT / "deploy" / words[0]), *words[1:]], capture_output=True, text=True, timeout=180, check=False)
    if check and done.returncode != 0:
        raise AssertionError(f"deploy/{' '.join(words)}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def part(*words, stdin=None):
    """Stops and starts parts of the instance as deploy/lib does (tests/support/part)."""
    done = subprocess.run([str(PROJECT / "tests/support/part"), *words], input=stdin, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise AssertionError(f"tests/support/part {' '.join(words)}: {done.stdout}{done.stderr}")


@functools.cache
def staff_token(role, *territories, subject=None):
    words = ["jisrctl", "token", "--role", role, *(["--subject", subject] if subject else [])]
    for code in territories:
        words += ["--territory", code]
    return deploy(*words, "--ttl", "1h").strip()


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.headers.get('content-type')} {self.body[:600]!r}"


class Client:
    """One keep-alive connection to the front door. `attempts`: the second one is for a connection that was closed while nobody used it; 1 sees every one that breaks."""

    def __init__(self, url=None, attempts=2):
        parts = urllib.parse.urlsplit(url or settings()["JISR_URL"])
        self.host, self.port, self.attempts = parts.hostname, parts.port, attempts
        self.connection = None

    def call(self, method, path, body=None, headers=None, **named):
        """`body`: bytes as they are, or anything JSON. Named headers: content_type="…"."""
        sent = {name.replace("_", "-"): value for name, value in named.items()} | (headers or {})
        if body is not None and not isinstance(body, (bytes, bytearray)):
            body = json.dumps(body, ensure_ascii=False).encode()
        if body is not None and "content-type" not in sent:
            sent["content-type"] = "application/json"
        for attempt in range(1, self.attempts + 1):
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
            try:
                self.connection.request(method, path, body, sent)
                return Answer(self.connection.getresponse())
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.close()
                if attempt == self.attempts:
                    raise
        return None

    def get(self, path, **named):
        return self.call("GET", path, **named)

    def post(self, path, body=None, **named):
        return self.call("POST", path, body, **named)

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def basic(filed):
    """The credential of a woman who holds this receipt and code."""
    return "Basic " + base64.b64encode(f"{filed['receipt_number']}:{filed['secret_code']}".encode()).decode()


def bearer(token):
    return f"Bearer {token}"


def new_key():
    return f'"{uuid.uuid4()}"'


def identity_number():
    """Unlikely to be there already: the test instance begins empty, a platform in use has other numbers."""
    return f"{random.choice('ABCDEFGHJKLMNPQRSTUVWXYZ')}{random.choice('ABCDEFGHJKLMNPQRSTUVWXYZ')}{random.randrange(10**6, 10**8)}"


PERSON = {
    "call": CALL, "kind": "person",
    "applicant": {"name": {"ar": "فاطمة الزهراء العلوي", "latin": "Fatima Zahra El Alaoui"}, "identity": {"type": "cnie", "number": ""},
                  "birth_date": "1991-04-12", "phone": "06 61 23 45 67", "address": {"province": "MA-TAO", "commune": "Ghafsai", "milieu": "rural"}},
    "project": {"title": "Huile d'olive de Ghafsai", "sector": "agrifood", "stage": "idea", "requested_centimes": 4500000, "own_contribution_centimes": 300000, "jobs": 2},
    "situation": {"household_size": 6, "monthly_income_centimes": 180000, "head_of_household": True, "disability": False, "rsu_index": 9.12,
                  "auto_entrepreneur_number": None},
    "consents": [{"purpose": "processing", "version": "2026-1", "given": True, "language": "ar"},
                 {"purpose": "partner-referral", "version": "2026-1", "given": True, "language": "ar"}],
}


GIVEN_NAMES = [("فاطمة", "Fatima"), ("خديجة", "Khadija"), ("مريم", "Maryam"), ("نجاة", "Najat"), ("حليمة", "Halima"), ("سعيدة", "Saida"), ("زينب", "Zineb"), ("رشيدة", "Rachida"),
               ("لطيفة", "Latifa"), ("نعيمة", "Naima"), ("سميرة", "Samira"), ("حنان", "Hanane"), ("إلهام", "Ilham"), ("بشرى", "Bouchra"), ("كوثر", "Kaoutar"), ("هدى", "Houda")]
FAMILY_NAMES = [("العلوي", "El Alaoui"), ("بناني", "Bennani"), ("التازي", "Tazi"), ("الإدريسي", "El Idrissi"), ("برادة", "Berrada"), ("الزياني", "Ziani"), ("الوزاني", "Ouazzani"),
                ("الفاسي", "El Fassi"), ("المرابط", "El Mourabit"), ("الصنهاجي", "Sanhaji"), ("اليعقوبي", "El Yaacoubi"), ("الحسني", "El Hassani"), ("الكتاني", "Kettani")]


def person(**changes):
    """A woman of her own: name, birth date, phone and identity number differ from every other's. Changes are by path: person(applicant__birth_date="…")."""
    value = copy.deepcopy(PERSON)
    given, second, family = random.choice(GIVEN_NAMES), random.choice(GIVEN_NAMES), random.choice(FAMILY_NAMES)
    applicant = value["applicant"]
    applicant["name"] = {"ar": f"{given[0]} {second[0]} {family[0]}", "latin": f"{given[1]} {second[1]} {family[1]}"}
    applicant["identity"]["number"] = identity_number()
    applicant["birth_date"] = f"{random.randrange(1970, 2000)}-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}"
    applicant["phone"] = f"06{random.randrange(10**8):08}"
    for path, change in changes.items():
        place = value
        *way, last = path.split("__")
        for name in way:
            place = place[name]
        place[last] = change
    return value


def file_application(client, body, key=None, **named):
    return client.post("/intake/v1/applications", body, headers={"idempotency-key": key or new_key()}, **named)


def eventually(what, condition, seconds=15.0):
    """The first true value of `condition`, within so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def state_of(client, filed):
    answer = client.get(f"/intake/v1/applications/{filed['id']}", authorization=basic(filed))
    assert answer.status == 200, answer
    return answer.json()


def reaches(client, filed, *states, seconds=15.0):
    """Her application as soon as it is in one of these states."""
    def there():
        found = state_of(client, filed)
        return found if found["state"] in states else None
    return eventually(f"application in {states}", there, seconds)


def webhooks(application=None):
    """The receiver's lines, or those about one application."""
    path = pathlib.Path(settings()["JISR_RECEIVER_LOG"])
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines() if application is None or application in line]
    return [line for line in lines if application is None or (line["event"] or {}).get("subject") == application]


def partner():
    """The sample partner's credentials, as deploy/up keeps them."""
    return json.loads((pathlib.Path(settings()["JISR_HOME"]) / "partner.json").read_text(encoding="utf-8"))


def kafka_events(topic, application, seconds=10.0, at_least=1):
    """(headers, data) of the records with this key, oldest first. Reads the topic from its start with a group of its own."""
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer({"bootstrap.servers": settings()["JISR_KAFKA"], "group.id": f"test-{uuid.uuid4()}", "enable.auto.commit": False})
    try:
        parts = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        consumer.assign([TopicPartition(topic, part, 0) for part in parts])
        found, deadline = [], time.monotonic() + seconds
        while time.monotonic() < deadline and len(found) < at_least:
            message = consumer.poll(0.2)
            if message is None or message.error() or message.key() != application.encode():
                continue
            found.append(({name: value.decode() for name, value in message.headers() or []}, json.loads(message.value())))
        return found
    finally:
        consumer.close()


def rows(sql, *values):
    import psycopg2

    with psycopg2.connect(settings()["JISR_PG"]) as database, database.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
