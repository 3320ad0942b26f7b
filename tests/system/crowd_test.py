"""More applications at one moment than the door lets in: some are told to come again, none is lost, and who comes again with her key is in."""
import asyncio
import json
import os
import pathlib
import signal
import unittest
import urllib.parse

from support.jisr import CROWDED, new_key, person, rows, settings

WOMEN = 400  # more than a copy is given at once
BREATH_S = 0.8  # so long intake settles nothing, as on a slower machine; less than it takes to count as dead


async def send(host, port, key, body):
    """Status, header fields and body of one POST on a connection of its own."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"POST /intake/v1/applications HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\nIdempotency-Key: {key}\r\n"
                 f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
    answer = await reader.read()
    writer.close()
    head, _, content = answer.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    return int(lines[0].split()[1]), {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}, content


async def hold(seconds):
    pid = int((pathlib.Path(settings()["JISR_HOME"]) / "run/intake-1.pid").read_text(encoding="utf-8"))
    os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        os.kill(pid, signal.SIGCONT)


def send_all(waiting, held_s):
    async def together():
        parts = urllib.parse.urlsplit(settings()["JISR_URL"])
        _, *answers = await asyncio.gather(hold(held_s), *(send(parts.hostname, parts.port, key, body) for key, body in waiting.items()))
        return answers
    return dict(zip(waiting, asyncio.run(together())))


class Crowd(unittest.TestCase):
    def test_who_is_turned_away_is_told_when_to_come_again_and_is_then_taken(self):
        waiting, ids, turned_away = {new_key(): json.dumps(person(applicant__address=CROWDED), ensure_ascii=False).encode() for _ in range(WOMEN)}, set(), 0
        for held_s in (BREATH_S, *[0] * 20):
            for key, (status, fields, content) in send_all(waiting, held_s).items():
                answer = json.loads(content)
                self.assertIn(status, (201, 503), answer)
                if status == 201:
                    ids.add(answer["id"])
                    del waiting[key]
                else:
                    turned_away += 1
                    self.assertEqual((fields["content-type"], fields["retry-after"], answer["status"]), ("application/problem+json", "1", 503))
            if not waiting:
                break
        self.assertEqual((len(waiting), len(ids)), (0, WOMEN))
        self.assertGreater(turned_away, 0, "all of them at once were too many")
        self.assertEqual(rows("SELECT count(*)::int FROM intake.application WHERE id = ANY (%s::uuid[])", list(ids)), [(WOMEN,)])


if __name__ == "__main__":
    unittest.main()
