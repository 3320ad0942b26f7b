"""An independent reading of a ruleset (proto/rulesets/README.md): recomputes the score and the outcome of an invented application."""
import datetime
import functools
import json
import pathlib

MOROCCO = datetime.timezone.utc  # its clocks show UTC since 20 September 2026; not every machine's zone data knows
RULESETS = pathlib.Path(__file__).resolve().parents[2] / "proto" / "rulesets"


@functools.cache
def ruleset(id_, version):
    for path in RULESETS.glob("*.json"):
        found = json.loads(path.read_text(encoding="utf-8"))
        if (found["id"], found["version"]) == (id_, version):
            return found
    raise KeyError(f"no ruleset {id_} version {version} in {RULESETS}")


def number(value):
    return 0 if value is None else value


OPERATORS = {
    "<": lambda a, b: number(a) < number(b),
    "<=": lambda a, b: number(a) <= number(b),
    ">": lambda a, b: number(a) > number(b),
    ">=": lambda a, b: number(a) >= number(b),
    "==": lambda a, b: a == b,
    "in": lambda a, b: a in b,
    "/": lambda a, b: a / b,
    "-": lambda a, b: a - b,
    "*": lambda *all_: functools.reduce(lambda a, b: a * b, all_),
    "+": lambda *all_: sum(all_),
    "min": min,
}


def evaluate(rule, data):
    """JsonLogic, as far as the sample ruleset uses it; an operator that is not here is an error, never a guess."""
    if not isinstance(rule, dict):
        return [evaluate(each, data) for each in rule] if isinstance(rule, list) else rule
    (operator, words), = rule.items()
    words = words if isinstance(words, list) else [words]
    if operator == "var":
        return data.get(words[0])
    if operator == "missing":
        return [name for name in words if data.get(name) in (None, "")]
    if operator == "or":
        return next((value for value in (evaluate(word, data) for word in words) if value), None)
    if operator == "if":
        return evaluate(words[1] if evaluate(words[0], data) else words[2], data)
    return OPERATORS[operator](*(evaluate(word, data) for word in words))


def facts(form, submitted_at):
    """What scoring may see of a person's form (proto/README.md, `facts`)."""
    day = submitted_at.astimezone(MOROCCO).date()
    born = datetime.date.fromisoformat(form["applicant"]["birth_date"])
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return form["situation"] | {
        "kind": form["kind"], "birth_date": form["applicant"]["birth_date"], "milieu": form["applicant"]["address"]["milieu"], "age": age, "members": 0,
        "sector": form["project"]["sector"], "stage": form["project"]["stage"], "jobs": form["project"]["jobs"], "ice_valid": None,
        "requested_centimes": form["project"]["requested_centimes"], "own_contribution_centimes": form["project"]["own_contribution_centimes"]}


def assess(form, submitted_at, id_, version):
    """(outcome, score)"""
    rules, data, score, eligible = ruleset(id_, version), facts(form, submitted_at), 0, True
    for criterion in rules["criteria"]:
        if "applies" in criterion and not evaluate(criterion["applies"], data):
            continue
        case = next(case for case in criterion["cases"] if evaluate(case["when"], data))
        score += evaluate(case["points"], data)
        eligible = eligible and (criterion["kind"] != "required" or case["outcome"] == "MET")
    eligible = eligible and score >= rules["threshold"]["minimum_score"]
    return ("ELIGIBLE" if eligible else "INELIGIBLE"), score
