"""What partners do in a campaign: the sample partner's receiver answers badly or dies; another endpoint answers without end, then it is gone."""
import http.client
import http.server
import json
import threading
import time
import urllib.request

BEHAVIOURS = {
    "500": {"status": 500, "times": 2},
    "429 with Retry-After": {"status": 429, "headers": {"retry-after": "2"}, "times": 1},
    "301": {"status": 301, "headers": {"location": "http://127.0.0.1:1/elsewhere"}, "times": 1},
    "slow": {"delay_ms": 3000, "times": 1},
    "silence": {"delay_ms": 20_000, "times": 1},
    "no answer": {"close": True, "times": 1},
    "a long answer": {"status": 500, "body_bytes": 3_000_000, "times": 1},
}
BLOCK, BLOCKS = b"." * (1 << 16), 1 << 14  # an answer of 1 GB


def partner_misbehaves(context, dice):
    """In all ways at once, each webhook in one of them."""
    ways = dice.sample(sorted(BEHAVIOURS), len(BEHAVIOURS))
    context.instance.receiver_behaves([BEHAVIOURS[way] | {"share": [part, len(ways)]} for part, way in enumerate(ways)])
    time.sleep(8)
    context.instance.receiver_behaves([])
    context.count("partner")


def kill_partner(context, _):
    if context.instance.kill("receiver"):
        context.count("receiver")


class Leaver(http.server.BaseHTTPRequestHandler):
    """Takes webhooks and answers as its server is told to: a status and blocks of a body."""

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        status, blocks = self.server.answer
        self.send_response(status)
        self.send_header("content-length", str(len(BLOCK) * blocks))
        self.end_headers()
        try:
            for _ in range(blocks):
                self.wfile.write(BLOCK)
        except OSError:
            self.close_connection = True  # cut off, as it should be

    def log_message(self, format, *words):
        pass


def ask_notifier(context, path, body):
    """The answer; None: another fault is in the way."""
    partner = json.loads((context.instance.home / "partner.json").read_text(encoding="utf-8"))
    request = urllib.request.Request(f"{context.instance.settings()['JISR_URL']}/notifier/v1/endpoints{path}", json.dumps(body).encode(), {
        "authorization": f"Bearer {partner['api_key']}", "content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except (OSError, http.client.HTTPException):
        return None


def endpoint_leaves(context, dice):
    """What waits for it then is dead with its reason, or, if it comes back, sent (checker.py: I6); the partner's other endpoint has all that it is owed."""
    seconds, comes_back = dice.uniform(3, 6), dice.random() < 0.5
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Leaver)
    server.answer = (200, BLOCKS)
    threading.Thread(target=server.serve_forever, daemon=True).start()  # as long as the campaign: whoever asks again is told the same
    made = ask_notifier(context, "", {"url": f"http://127.0.0.1:{server.server_port}/", "territories": ["MA-03"],
                                      "event_types": ["ma.jisr.referral.offered.v1", "ma.jisr.referral.revoked.v1"]})
    if made is None:
        return
    time.sleep(seconds)
    server.answer = (410, 0)
    context.count("endpoint gone")
    if comes_back:
        time.sleep(2)
        server.answer = (200, 0)
        if ask_notifier(context, f"/{made['id']}/enablement", {}):
            context.count("endpoint back")
