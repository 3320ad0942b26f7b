#!/usr/bin/env python3
"""Makes the sample partner and its webhook endpoint through the platform's own API, once.

  register.py --url http://127.0.0.1:8080 --webhook http://127.0.0.1:8084/webhook --partner FILE --secrets FILE

Reads an admin's token from the environment (JISR_TOKEN). --partner keeps what is shown only once (id, api_key, endpoint, secret), mode 0600;
--secrets is what the receiver checks signatures with. Safe to run again, also where an answer was lost or a run was cut off: each of both is asked for under an
Idempotency-Key that is kept beside it. Another --webhook makes another endpoint.
"""
import argparse
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

NAME = {"ar": "شريك تجريبي", "fr": "Partenaire d'essai", "en": "Sample partner"}
EVENT_TYPES = [f"ma.jisr.referral.{what}.v1" for what in ("offered", "revoked", "accepted", "closed")]
TERRITORIES = ["MA-03"]
GIVE_UP_AFTER_S = 20


def create(url, token, body, key):
    """The answer's JSON. Asked again while there is none, or the platform says that it can't just now."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json", "accept": "application/json", "idempotency-key": f'"{key}"'}
    deadline = time.monotonic() + GIVE_UP_AFTER_S
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers), timeout=10) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            if error.code not in (409, 503) or time.monotonic() > deadline:  # 409: the one before is still under way
                sys.exit(f"register.py: {url}: {error.code} {error.read(500).decode('utf-8', 'replace')}")
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() > deadline:
                sys.exit(f"register.py: {url}: {error}")
        time.sleep(0.5)


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def save(path, value):
    with open(os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(value, file)
    os.replace(path + ".new", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("url", "webhook", "partner", "secrets"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    partner = load(options.partner)
    if "api_key" not in partner:
        partner.setdefault("key", str(uuid.uuid4()))
        save(options.partner, partner)
        partner |= create(f"{options.url}/notifier/v1/partners", os.environ["JISR_TOKEN"], {"name": NAME}, partner["key"])
        save(options.partner, partner)
    if partner.get("webhook") != options.webhook:
        if partner.get("asked", {}).get("webhook") != options.webhook:
            partner["asked"] = {"webhook": options.webhook, "key": str(uuid.uuid4())}
            save(options.partner, partner)
        wanted = {"url": options.webhook, "event_types": EVENT_TYPES, "territories": TERRITORIES}
        endpoint = create(f"{options.url}/notifier/v1/endpoints", partner["api_key"], wanted, partner["asked"]["key"])
        partner |= {"webhook": options.webhook, "endpoint": endpoint["id"], "secret": endpoint["secret"], "public_key": endpoint.get("public_key")}
        save(options.partner, partner)
    keys = {"secrets": [partner["secret"]], "public_keys": [partner["public_key"]] if partner.get("public_key") else []}
    if load(options.secrets) != keys:
        save(options.secrets, keys)


if __name__ == "__main__":
    main()
