"""Sends applications through the front door at a given rate, keeps the journal, and resends what is unknown with the same key until it is known.

One in twenty is sent again after its answer (the same bytes must come back); one in forty once more with another body (422 must come back)."""
import asyncio
import hashlib
import json
import time
import urllib.parse

import people

SETTLE_S = 180  # an outcome that stays unknown longer is a failure of the platform
DEFINITE = {200, 201, 400, 401, 403, 404, 413, 415, 422}


class Connection:
    """One kept-alive HTTP/1.1 connection; opened again after any trouble."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self.reader = self.writer = None

    async def post(self, path, headers, body):
        try:
            return await asyncio.wait_for(self._post(path, headers, body), 20)
        except (OSError, EOFError, asyncio.TimeoutError, ValueError, IndexError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            self.close()
            return None, b""

    async def _post(self, path, headers, body):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        head = [f"POST {path} HTTP/1.1", f"Host: {self.host}:{self.port}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
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
    def __init__(self, url, journal, seed, connections=48):
        self.url, self.journal, self.seed = url, journal, seed
        self.connections = connections
        self.counts = {"sent": 0, "accepted": 0, "unknown": 0, "refused": 0, "busy": 0, "faults": 0}
        self.faults = []

    async def run(self, first, count, rate=None):
        """Sends applications first … first+count-1; returns when each outcome is known."""
        numbers = iter(range(first, first + count))
        started = time.monotonic()

        async def worker():
            connection = Connection(self.url)
            for number in numbers:
                if rate:
                    await asyncio.sleep(max(0, started + (number - first) / rate - time.monotonic()))
                await self._one(connection, number)
            connection.close()

        await asyncio.gather(*(worker() for _ in range(self.connections)))

    async def _one(self, connection, number):
        key = f"fault-{self.seed}-{number}"
        body = people.body(self.seed, number)
        status, content = await self._until_known(connection, number, key, body)
        if status != 201:
            return self._fault(number, f"answered {status}")
        self.counts["accepted"] += 1
        if number % 20 == 0:
            again, same = await self._until_known(connection, number, key, body)
            if again != 201 or same != content:
                self._fault(number, f"same key, other answer ({again})")
        if number % 40 == 0:
            other, _ = await self._until_known(connection, number, key, people.other_body(self.seed, number))
            if other != 422:
                self._fault(number, f"same key, other body: {other} and not 422")

    def _fault(self, number, what):
        self.counts["faults"] += 1
        self.faults.append(f"application {number}: {what}")

    async def _until_known(self, connection, number, key, body):
        digest = hashlib.sha256(body).hexdigest()
        give_up = time.monotonic() + SETTLE_S
        pause = 0.05
        while True:
            await self.journal.write(what="send", number=number, key=key, body=digest, at=time.time())
            self.counts["sent"] += 1
            status, content = await connection.post("/intake/v1/applications", {"Idempotency-Key": f'"{key}"'}, body)
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
