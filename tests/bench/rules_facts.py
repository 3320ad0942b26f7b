#!/usr/bin/python3
"""Facts for the rules benchmark, one JSON object a line: the same for the same seed. Usage: rules_facts.py [COUNT] [SEED]"""
import json
import random
import sys

count, seed = (int(word) for word in (sys.argv[1:] + ["500", "2026"][len(sys.argv) - 1:]))
dice = random.Random(seed)
for _ in range(count):
    person = dice.random() < 0.82
    requested = 1000000 + 250000 * dice.randrange(25)
    some = lambda value: value if person and dice.random() < 0.9 else None
    print(json.dumps({
        "kind": "person" if person else "cooperative", "birth_date": "1991-04-12", "milieu": dice.choice(["rural", "urban", None]), "sector": "agrifood",
        "stage": dice.choice(["idea", "started", "established"]), "requested_centimes": requested,
        "own_contribution_centimes": dice.choice([None, requested // 100 * dice.randrange(20)]), "jobs": dice.randrange(6),
        "household_size": some(1 + dice.randrange(9)), "monthly_income_centimes": some(50000 + 10000 * dice.randrange(40)),
        "head_of_household": some(dice.random() < 0.3), "disability": some(dice.random() < 0.04), "rsu_index": some(round(8 + 4 * dice.random(), 2)),
        "auto_entrepreneur": dice.random() < 0.3, "members": 0 if person else dice.randrange(3, 12), "ice_valid": None if person else dice.random() < 0.75,
        "submitted_on": "2026-11-24", "age": dice.choice([17] + list(range(18, 60)))}, separators=(",", ":")))
