"""Sends applications through the front door at a given rate, keeps the journal, and resends what is unknown with the same key until it is known.

One in twenty is sent again after its answer (the same bytes must come back); one in forty once more with another body (422 must come back). Where
`changes` is set, one in sixteen is withdrawn at once (the decision is still on its way), one in sixteen later (a place becomes free), and one in sixteen
is amended at once: the first form may be decided already, but only the second one counts."""
import asyncio
import base64
import collections
import hashlib
import json
import time
import urllib.parse

import people

ANSWER_S = 20  # a client waits no longer for one answer
SETTLE_S = 180  # an outcome that stays unknown longer is a failure of the platform
DEFINITE = {200, 201, 400, 401, 403, 404, 413, 415, 422}


class Connection:
    """One kept-alive HTTP/1.1 connection; opened again after any trouble."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self.reader = self.writer = None

    async def ask(self, method, path, headers, body):
        """(status, content); (None, b"") when no whole answer came."""
        try:
            return await asyncio.wait_for(self._ask(method, path, headers, body), ANSWER_S)
        except (OSError, EOFError, asyncio.TimeoutError, ValueError, IndexError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            self.close()
            return None, b""

    async def _ask(self, method, path, headers, body):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        head = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        self.writer.write(("\r\n".join(head) + "\r\n\r\n").encode() + body)
        await self.writer.drain()
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(answer[0].split(" ")[1])
        fields = dict(line.lower().split(": ", 1) for line in answer[1:] if ": " in line)
        content = await self.reader.readexactly(int(fields.get("content-length", "0")))
        if fields.get("connection") == "close" or answer[0].startswith("HTTP/1.0"):
            self.close()
        return status, content

    def close(self):
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


class Driver:
    def __init__(self, url, journal, seed, connections=48, changes=False):
        self.url, self.journal, self.seed = url, journal, seed
        self.connections, self.changes = connections, changes
        self.counts = {"sent": 0, "accepted": 0, "unknown": 0, "refused": 0, "busy": 0, "withdrawn": 0, "amended": 0, "faults": 0}
        self.faults = []
        self.accepted_at = collections.Counter()  # whole second of the monotonic clock → applications answered 201
        self.stopping = False
        self._later = collections.deque()

    async def run(self, first, count, rate=None):
        """Sends applications first … first+count-1, or until stop(); returns when each outcome is known. The first number that was not sent."""
        numbers = iter(range(first, first + count))
        started = time.monotonic()
        reached = first

        async def worker():
            nonlocal reached
            connection = Connection(self.url)
            for number in numbers:
                reached = number + 1
                if rate:
                    await asyncio.sleep(max(0, started + (number - first) / rate - time.monotonic()))
                if self.stopping:
                    break
                await self._one(connection, number)
            connection.close()

        await asyncio.gather(*(worker() for _ in range(self.connections)))
        await self._withdraw_the_rest()
        return reached

    def stop(self):
        self.stopping = True

    async def again(self, lines):
        """Sends what the journal says was accepted once more: the same answer must come back, whatever has happened since."""
        connection = Connection(self.url)
        for line in lines:
            status, content = await self._until_known(connection, line["number"], line["key"], people.body(self.seed, line["number"]))
            if status != 201 or hashlib.sha256(content).hexdigest() != line["content"]:
                self._fault(line["number"], f"same key after the faults, other answer ({status})")
        connection.close()

    async def _one(self, connection, number):
        key = f"fault-{self.seed}-{number}"
        body = people.body(self.seed, number)
        status, content = await self._until_known(connection, number, key, body)
        if status != 201:
            return self._fault(number, f"answered {status}")
        self.counts["accepted"] += 1
        self.accepted_at[int(time.monotonic())] += 1
        if number % 20 == 0:
            again, same = await self._until_known(connection, number, key, body)
            if again != 201 or same != content:
                self._fault(number, f"same key, other answer ({again})")
        if number % 40 == 0:
            other, _ = await self._until_known(connection, number, key, people.other_body(self.seed, number))
            if other != 422:
                self._fault(number, f"same key, other body: {other} and not 422")
        if self.changes:
            await self._perhaps_change(connection, number, json.loads(content))

    def _fault(self, number, what):
        self.counts["faults"] += 1
        self.faults.append(f"application {number}: {what}")

    # ── Changes of what was accepted ──

    async def _perhaps_change(self, connection, number, filed):
        if number % 16 == 11:
            await self._amend(connection, number, filed)
        if number % 16 == 3:
            await self._withdraw(connection, number, filed)
        if number % 16 == 7:
            self._later.append((number, filed))
        if len(self._later) > 200:
            await self._withdraw(connection, *self._later.popleft())

    async def _withdraw_the_rest(self):
        connection = Connection(self.url)
        while self._later:
            await self._withdraw(connection, *self._later.popleft())
        connection.close()

    async def _change(self, connection, number, filed, words, method, place, body=b"", more=()):
        """As she, with one key until its outcome is known; `words`: how the journal names the asking and the answer."""
        credential = base64.b64encode(f"{filed['receipt_number']}:{filed['secret_code']}".encode()).decode()
        key = f"{words[0]}-{self.seed}-{number}"
        headers = {"Authorization": f"Basic {credential}", "Idempotency-Key": f'"{key}"', **dict(more)}
        give_up, pause = time.monotonic() + SETTLE_S, 0.05
        while True:
            await self.journal.write(what=words[0], number=number, key=key, id=filed["id"], at=time.time())
            status, content = await connection.ask(method, f"/intake/v1/applications/{filed['id']}{place}", headers, body)
            await self.journal.write(what=words[1], number=number, key=key, id=filed["id"], status=status, at=time.time())
            if status in DEFINITE or status in (409, 412) or time.monotonic() > give_up:
                return status, content
            self.counts["unknown" if status is None else "busy"] += 1
            await asyncio.sleep(pause)
            pause = min(1.0, pause * 2)

    async def _amend(self, connection, number, filed):
        status, content = await self._change(connection, number, filed, ("amend", "amended"), "PUT", "", people.amended_body(self.seed, number),
                                             {"If-Match": f'"{filed["version"]}"'}.items())
        if status == 200:
            self.counts["amended"] += 1
        elif status not in (409, 412):  # decided meanwhile: her first form counts
            self._fault(number, f"amendment answered {status} {content[:200]!r}")

    async def _withdraw(self, connection, number, filed):
        status, content = await self._change(connection, number, filed, ("withdraw", "withdrawn"), "POST", "/withdrawal")
        if status == 409:
            return None  # it has ended already: not eligible; the checker sees whether that is so
        if status != 200:
            return self._fault(number, f"withdrawal answered {status} {content[:200]!r}")
        self.counts["withdrawn"] += 1
        return None

    async def _until_known(self, connection, number, key, body):
        digest = hashlib.sha256(body).hexdigest()
        give_up = time.monotonic() + SETTLE_S
        pause = 0.05
        while True:
            await self.journal.write(what="send", number=number, key=key, body=digest, at=time.time())
            self.counts["sent"] += 1
            status, content = await connection.ask("POST", "/intake/v1/applications", {"Idempotency-Key": f'"{key}"'}, body)
            answer = json.loads(content) if status == 201 else {}
            await self.journal.write(what="answer", number=number, key=key, body=digest, status=status, id=answer.get("id"), receipt=answer.get("receipt_number"),
                                     content=hashlib.sha256(content).hexdigest(), at=time.time())
            if status in DEFINITE:
                self.counts["refused"] += status != 201
                return status, content
            self.counts["unknown" if status is None else "busy"] += 1
            if time.monotonic() > give_up:
                return status, content
            await asyncio.sleep(pause)
            pause = min(1.0, pause * 2)
