"""Invented applications for the fault campaign, the same for the same seed. Shares nothing with the platform's own demo."""
import json
import random

# Not MA-TAO: it keeps its room for the other tests.
PROVINCES = ["MA-FES", "MA-MEK", "MA-TAZ", "MA-SEF", "MA-HAJ", "MA-BOM", "MA-IFR", "MA-MOU"]
CALL = "fes-meknes-2026"

# Canaries: strings that may appear nowhere but sealed (I8). Every name, phone and identity number of a campaign carries one.
CANARY_NAME = "Kanarya"
CANARY_PHONE_PREFIX = "0655"
CANARY_CNIE_PREFIX = "QZ"
# How each would look if it leaked: text of a record, a log line, a metric (bytes). Whole words, so that sealed values in base64 don't look like one.
CANARIES = [
    ("her name", rb"(?i)(?<![0-9a-z+/])kanarya(?![0-9a-z+/=])"),
    ("her name in Arabic", "كناريا".encode()),
    ("her name in Arabic, escaped", rb"\\u0643\\u0646\\u0627\\u0631"),
    ("her phone", rb"(?<![0-9A-Za-z+/])(?:\+?212 ?|0)655[0-9]{6}(?![0-9A-Za-z+/=])"),
    ("her identity number", rb"(?<![0-9A-Za-z+/])QZ ?[0-9]{8}(?![0-9A-Za-z+/=])"),
    ("her income", rb"monthly_income"),
]


def application(seed, number):
    """One person. A tenth refuses referral, a hundredth is under age."""
    dice = random.Random(seed * 1_000_003 + number)
    year = dice.randint(1965, 2003) if dice.random() >= 0.01 else 2012
    return {
        "call": CALL,
        "kind": "person",
        "applicant": {
            "name": {"ar": "كناريا العلوي", "latin": f"{CANARY_NAME} El Alaoui"},
            "identity": {"type": "cnie", "number": f"{CANARY_CNIE_PREFIX}{(seed % 90) + 10}{number:06d}"},
            "birth_date": f"{year}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}",
            "phone": f"{CANARY_PHONE_PREFIX}{dice.randint(0, 999999):06d}",
            "address": {"province": dice.choice(PROVINCES), "commune": "Ghafsai", "milieu": dice.choice(["rural", "urban"])},
        },
        "project": {"title": "Huile d'olive", "sector": "agrifood", "stage": "idea", "requested_centimes": dice.randint(10, 60) * 100000,
                    "own_contribution_centimes": 300000, "jobs": dice.randint(1, 4)},
        "situation": {"household_size": dice.randint(1, 9), "monthly_income_centimes": dice.randint(5, 45) * 10000, "head_of_household": dice.random() < 0.3,
                      "disability": False, "rsu_index": round(dice.uniform(8, 12), 2) if dice.random() < 0.7 else None, "auto_entrepreneur_number": None},
        "consents": [{"purpose": "processing", "version": "2026-1", "given": True, "language": "ar"},
                     {"purpose": "partner-referral", "version": "2026-1", "given": dice.random() >= 0.1, "language": "ar"}],
    }


def amended(seed, number):
    """The same woman's second form: under age after all, of another province, or with another title."""
    changed, way = application(seed, number), number // 16 % 3
    if way == 0:
        changed["applicant"]["birth_date"] = "2014-02-01"
    elif way == 1:
        provinces = [province for province in PROVINCES if province != changed["applicant"]["address"]["province"]]
        changed["applicant"]["address"]["province"] = provinces[number % len(provinces)]
    else:
        changed["project"]["title"] = "Huile d'argan"
    return changed


def _text(form):
    return json.dumps(form, ensure_ascii=False, separators=(",", ":")).encode()


def body(seed, number):
    return _text(application(seed, number))


def amended_body(seed, number):
    return _text(amended(seed, number))


def other_body(seed, number):
    """The same woman with another project: under the same key it must be refused (422)."""
    changed = application(seed, number)
    changed["project"]["title"] = "Miel de montagne"
    return _text(changed)
