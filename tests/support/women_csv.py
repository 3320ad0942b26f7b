"""Files of women, as staff would send them, and how a client sends one."""
import csv
import io
import itertools
import random
import uuid

from support.jisr import CALL, FAMILY_NAMES, GIVEN_NAMES, bearer, eventually

HEADER = ["référence", "nom arabe", "nom", "cnie", "date de naissance", "téléphone", "province", "commune", "milieu", "projet", "secteur", "stade", "montant demandé", "apport",
          "emplois", "taille du ménage", "revenu mensuel", "cheffe de ménage", "handicap", "indice rsu", "canal", "lieu", "consentement traitement", "consentement partenaires"]
PIECE = {"content-type": "application/offset+octet-stream"}
PROVINCES = ["MA-BOM", "Fès", "Meknès", "MA-TAZ", "إقليم إفران"]  # ten thousand women fill them: other tests count on room in MA-TAO
_RUN = uuid.uuid4().hex[:8]
_numbers = itertools.count(random.randrange(10**6, 5 * 10**6))


def woman(reference, dice=random):
    """One line, a cell a column of HEADER; no two of a process have the same identity number, no two runs the same reference."""
    given, second, family = dice.choice(GIVEN_NAMES), dice.choice(GIVEN_NAMES), dice.choice(FAMILY_NAMES)
    return [f"{reference}-{_RUN}" if reference else "", f"{given[0]} {second[0]} {family[0]}", f"{given[1]} {second[1]} {family[1]}", f"Q{dice.choice('ABCDEFGHJK')}{next(_numbers)}",
            f"{dice.randrange(1, 29):02}/{dice.randrange(1, 13):02}/{dice.randrange(1960, 2000)}", f"06{dice.randrange(10**8):08}", dice.choice(PROVINCES), "Ghafsai", "rural",
            "Huile d'olive, \"bio\"", "agrifood", "idea", f"{dice.randrange(10, 60) * 1000},50", "3 000", "2", str(dice.randrange(1, 9)), "1800", dice.choice(("oui", "non")), "non",
            f"{dice.randrange(5, 15)},{dice.randrange(10, 99)}", "office", "Délégation", "oui", "non"]


def text(lines, header=None, delimiter=";"):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header or HEADER)
    writer.writerows(lines)
    return out.getvalue()


def announce(client, token, size, name="femmes.csv", dry_run=False, **headers):
    return client.post("/intake/v1/imports", {"call": CALL, "name": name, "size": size, "dry_run": dry_run}, headers=headers, authorization=bearer(token))


def send(client, token, made, data, offset=0):
    return client.call("PATCH", f"/intake/v1/imports/{made['id']}/upload", data, PIECE | {"upload-offset": str(offset), "authorization": bearer(token)})


def look(client, token, made):
    answer = client.get(f"/intake/v1/imports/{made['id']}", authorization=bearer(token))
    assert answer.status == 200, answer
    return answer.json()


def bring(client, token, data, **named):
    """Announces and sends a file; the import as it was announced."""
    answer = announce(client, token, len(data), **named)
    assert answer.status == 201, answer
    sent = send(client, token, answer.json(), data)
    assert sent.status == 204, sent
    return answer.json()


def ended(client, token, made, seconds=60.0):
    def there():
        found = look(client, token, made)
        return found if found["state"] not in ("UPLOADING", "WAITING", "RUNNING") else None
    return eventually("the import's end", there, seconds)


def take(client, token, data, seconds=60.0, **named):
    """A whole import, to its end."""
    return ended(client, token, bring(client, token, data, **named), seconds)


def report(client, token, made, query=""):
    """All lines of the report, page by page."""
    path, lines = f"/intake/v1/imports/{made['id']}/report?limit=1000{query}", []
    while path:
        answer = client.get(path, authorization=bearer(token))
        assert answer.status == 200, answer
        lines += answer.json()["items"]
        link = answer.headers.get("link", "")
        path = link[link.index("<") + 1:link.index(">")] if "next" in link else None
    return lines
