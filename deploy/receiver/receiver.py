#!/usr/bin/env python3
"""The sample partner's receiver of webhooks: checks every signature by itself and writes a line a webhook.

  receiver.py --port PORT --log FILE --secrets FILE [--behaviours FILE] [--host 127.0.0.1] [--path /webhook]

--secrets     {"secrets": ["whsec_…"], "public_keys": ["whpk_…"]}; read again when it changes; absent: every webhook is answered 401
--log         NDJSON: at, status, verified, v1, v1a, id, headers, body (the text as it came), event (the same, parsed)
--behaviours  [{"type": "ma.jisr.…", "share": [0, 3], "times": 2, "status": 500, "delay_ms": 0, "headers": {}, "body_bytes": 0, "close": false}]: for tests.
              The first row whose type fits (absent: any), in whose share of the webhook-ids this one is (here the first of three; absent: all) and
              whose times per webhook-id aren't used up (absent: always) is what the sender gets
GET /health gives the counts. Standard Webhooks 1.0.0: v1 is HMAC-SHA256, v1a is Ed25519; a timestamp more than five minutes away is refused.
"""
import argparse
import asyncio
import base64
import binascii
import datetime
import hashlib
import hmac
import json
import os
import time
import zlib

from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

TOLERANCE_S = 300
MAX_HEAD_BYTES, MAX_BODY_BYTES = 32 * 1024, 2 * 1024 * 1024
REASONS = {200: "OK", 204: "No Content", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 413: "Content Too Large"}


class WatchedFile:
    """A JSON file that is read again when it changes; `absent` where there is none. Looked at once a second at most."""

    def __init__(self, path, absent):
        self.path, self.absent = path, absent
        self.value, self.mtime, self.looked_at = absent, None, 0.0

    def get(self):
        now = time.monotonic()
        if self.path and now - self.looked_at >= (1.0 if self.mtime else 0.05):
            self.looked_at = now
            try:
                mtime = os.stat(self.path).st_mtime_ns
                if mtime != self.mtime:
                    with open(self.path, encoding="utf-8") as file:
                        self.value = json.load(file)
                    self.mtime = mtime
            except (OSError, ValueError):
                self.value, self.mtime = self.absent, None
        return self.value


def key_bytes(text, prefix):
    return base64.b64decode(text.removeprefix(prefix), validate=True)


class Verifier:
    def __init__(self, path):
        self.file = WatchedFile(path, {})
        self.seen, self.secrets, self.public_keys = None, [], []

    def keys(self):
        value = self.file.get()
        if value is not self.seen:
            self.secrets = [key_bytes(text, "whsec_") for text in value.get("secrets", [])]
            self.public_keys = [key_bytes(text, "whpk_") for text in value.get("public_keys", [])]
            self.seen = value
        return self.secrets, self.public_keys

    def check(self, headers, body):
        """(v1, v1a): True, False, or None where there is no signature or no key of that kind."""
        secrets, public_keys = self.keys()
        message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if not message_id or not timestamp.isascii() or not timestamp.isdigit() or abs(time.time() - int(timestamp)) > TOLERANCE_S:
            return False, None
        signed = f"{message_id}.{timestamp}.".encode() + body
        v1, v1a = False, None
        for part in headers.get("webhook-signature", "").split(" "):
            version, _, text = part.partition(",")
            try:
                signature = base64.b64decode(text, validate=True)
            except binascii.Error:
                continue
            if version == "v1":
                v1 = v1 or any(hmac.compare_digest(hmac.new(secret, signed, hashlib.sha256).digest(), signature) for secret in secrets)
            elif version == "v1a" and public_keys:
                v1a = bool(v1a) or any(ed25519_verifies(key, signature, signed) for key in public_keys)
        return v1, v1a


def ed25519_verifies(key, signature, message):
    try:
        crypto_sign_open(signature + message, key)
        return True
    except (BadSignatureError, ValueError):
        return False


class Receiver:
    def __init__(self, options):
        self.path = options.path
        self.verifier = Verifier(options.secrets)
        self.behaviours = WatchedFile(options.behaviours, [])
        self.used = {}  # (row number, webhook-id) → times
        self.log = os.open(options.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self.taken = self.verified = 0

    def behaviour(self, message_id, event_type):
        for number, row in enumerate(self.behaviours.get()):
            part, parts = row.get("share", (0, 1))
            if row.get("type", event_type) != event_type or zlib.crc32(message_id.encode()) % parts != part:
                continue
            used = self.used.get((number, message_id), 0)
            if "times" in row and used >= row["times"]:
                continue
            self.used[number, message_id] = used + 1
            return row
        return {}

    def take(self, headers, body):
        """One webhook: (status, behaviour row, log line)."""
        v1, v1a = self.verifier.check(headers, body)
        verified = v1 and v1a is not False
        text = body.decode("utf-8", "replace")
        try:
            event = json.loads(text)
        except ValueError:
            event = None
        event_type = event.get("type") if isinstance(event, dict) else None
        row = self.behaviour(headers.get("webhook-id", ""), event_type)
        status = row.get("status", 204 if verified else 401)
        self.taken += 1
        self.verified += verified
        now = datetime.datetime.now(datetime.timezone.utc)
        line = {"at": now.isoformat(timespec="microseconds").replace("+00:00", "Z"), "status": status, "verified": verified, "v1": v1, "v1a": v1a, "id": headers.get("webhook-id"),
                "headers": headers, "body": text, "event": event}
        return status, row, json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as far as a sender of webhooks needs it: Content-Length bodies, answers in order."""

    def __init__(self, receiver):
        self.receiver, self.buffer, self.transport, self.busy = receiver, b"", None, False

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.buffer += data
        self.work()

    def work(self):
        while not self.busy and (request := self.next_request()):
            method, path, headers, body = request
            if method == "POST" and path == self.receiver.path:
                status, row, line = self.receiver.take(headers, body)
                os.write(self.receiver.log, line)  # first: an answer is a promise that it was taken
                self.answer_as(status, row)
            elif method == "GET" and path == "/health":
                counts = {"taken": self.receiver.taken, "verified": self.receiver.verified}
                self.answer(200, json.dumps(counts).encode(), {"content-type": "application/json"})
            else:
                self.answer(404, b"", {})

    def next_request(self):
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self.buffer) > MAX_HEAD_BYTES:
                self.refuse(400)
            return None
        head = self.buffer[:end].decode("latin-1").split("\r\n")
        headers = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        length = headers.get("content-length", "0")
        words = head[0].split(" ")
        if len(words) != 3 or not length.isdigit() or "transfer-encoding" in headers:
            return self.refuse(400)
        if int(length) > MAX_BODY_BYTES:
            return self.refuse(413)
        stop = end + 4 + int(length)
        if len(self.buffer) < stop:
            return None
        body, self.buffer = self.buffer[end + 4:stop], self.buffer[stop:]
        return words[0], words[1], headers, body

    def refuse(self, status):
        self.answer(status, b"", {"connection": "close"})
        self.transport.close()
        self.buffer = b""

    def answer_as(self, status, row):
        if row.get("close"):
            self.transport.close()
        elif row.get("delay_ms"):
            self.busy = True
            asyncio.get_running_loop().call_later(row["delay_ms"] / 1000, self.answer_late, status, row)
        else:
            self.answer(status, b"x" * row.get("body_bytes", 0), row.get("headers", {}))

    def answer_late(self, status, row):
        self.busy = False
        if not self.transport.is_closing():
            self.answer(status, b"x" * row.get("body_bytes", 0), row.get("headers", {}))
            self.work()

    def answer(self, status, body, headers):
        head = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}"]
        if status != 204:
            head.append(f"content-length: {len(body)}")
        head += [f"{name}: {value}" for name, value in headers.items()]
        self.transport.write(("\r\n".join(head) + "\r\n\r\n").encode() + (body if status != 204 else b""))


async def serve(options):
    receiver = Receiver(options)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(receiver), options.host, options.port, backlog=1024)
    async with server:
        await server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", default="/webhook")
    parser.add_argument("--log", required=True)
    parser.add_argument("--secrets", required=True)
    parser.add_argument("--behaviours")
    try:
        asyncio.run(serve(parser.parse_args()))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
