"""I3 and I4: what the services hold is what their events say, once; and no rule of the programme is broken on the way."""
import collections
import datetime
import json
import re

import people
import scores

SHOWN = 5
DECIDED = {"SHORTLISTED": "SHORTLISTED", "WAITLISTED": "WAITLISTED", "INELIGIBLE": "INELIGIBLE", "CLOSED": "WITHDRAWN"}


def some(items):
    items = list(items)
    return f"{len(items)}, such as {items[:SHOWN]}" if items else ""


def i3_effects_once(platform, findings):
    """What each consumer holds = the fold of the events from empty."""
    last_decision, decided_in = {}, {}
    for _, key, _, _, _, _, text, _ in platform.outbox["eligibility"]:
        data = json.loads(text)
        last_decision[key], decided_in[key] = data["state"], data["province"]
    states = dict(platform.rows("SELECT application_id::text, state FROM eligibility.decision"))
    if states != last_decision:
        findings.append(f"I3: eligibility.decision is not the fold of its events: {some(k for k in states.keys() | last_decision.keys() if states.get(k) != last_decision.get(k))}")
    intake = dict(platform.rows("SELECT id::text, state FROM intake.application"))
    different = [(key, intake.get(key), state) for key, state in last_decision.items() if state in DECIDED and intake.get(key) not in (DECIDED[state], "WITHDRAWN")]
    if different:
        findings.append(f"I3: intake shows another state than eligibility decided: {some(different)}")
    unheard = [key for key, state in intake.items() if state == "WITHDRAWN" and last_decision.get(key) != "CLOSED"]
    if unheard:
        findings.append(f"I3: withdrawn, and eligibility holds on to them: {some((key, last_decision.get(key)) for key in unheard)}")
    undecided = platform.rows("""SELECT a.id::text FROM intake.application a JOIN intake.call c ON c.id = a.call_id
        WHERE a.state IN ('SUBMITTED', 'SCREENING') OR (a.state IN ('ELIGIBLE', 'IN_REVIEW') AND c.shortlisting = 'automatic')""")
    if undecided:
        findings.append(f"I3: without a decision although the platform is quiet: {some(row[0] for row in undecided)}")
    _assessed_once(platform, findings)
    _seated_and_referred(platform, {key: decided_in[key] for key, state in last_decision.items() if state == "SHORTLISTED"}, findings)
    known = dict(platform.rows("SELECT id::text, withdrawn FROM notifier.application"))
    filed = {key: state == "WITHDRAWN" for key, state in intake.items() if state != "DRAFT"}
    if known != filed:
        findings.append(f"I3: notifier knows other applications than intake has: {some(k for k in known.keys() | filed.keys() if known.get(k) != filed.get(k))}")
    _statistics_match(platform, findings)


def _seated_and_referred(platform, shortlisted, findings):
    """Whose last decision is a place has an enrolment in its province; who has none, or lost it by a later form, has neither that nor an open referral."""
    enrolled = dict(platform.rows("SELECT application::text, province FROM training.enrolment WHERE state <> 'CANCELLED'"))
    if shortlisted.keys() != enrolled.keys():
        findings.append(f"I3: shortlisted and enrolled are not the same women: {some(shortlisted.keys() ^ enrolled.keys())}")
    elsewhere = [key for key in shortlisted.keys() & enrolled.keys() if shortlisted[key] != enrolled[key]]
    if elsewhere:
        findings.append(f"I3: enrolled in another province than their place is of: {some(elsewhere)}")
    referred = {row[0] for row in platform.rows("SELECT application::text FROM notifier.referral WHERE state IN ('OFFERED', 'ACCEPTED')")}
    if referred - shortlisted.keys():
        findings.append(f"I3: partners may hear of women who have no place: {some(referred - shortlisted.keys())}")


def _assessed_once(platform, findings):
    """A form is assessed once, however often its event was delivered."""
    forms = collections.Counter(key for _, key, _, _, type_, _, _, _ in platform.outbox["intake"] if type_.split(".")[3] in ("submitted", "amended"))
    assessed = collections.Counter(key for _, key, _, _, type_, _, _, _ in platform.outbox["eligibility"] if type_.split(".")[3] == "assessed")
    often = [(key, count, forms[key]) for key, count in assessed.items() if count > forms[key]]
    if often:
        findings.append(f"I3: assessed more often than filed: {some(often)}")


def _statistics_match(platform, findings):
    """Every cell, by state and province: a delta that was added twice or not at all shows."""
    counted = platform.rows("""SELECT province, state, sum(applications)::bigint, sum(women)::bigint FROM
        (SELECT province, state, applications, women FROM intake.stat UNION ALL SELECT province, state, applications, women FROM intake.stat_delta) AS s
        GROUP BY 1, 2 HAVING sum(applications) <> 0 OR sum(women) <> 0""")
    there = platform.rows("SELECT province, state, count(*), sum(women)::bigint FROM intake.application WHERE state <> 'DRAFT' GROUP BY 1, 2")
    if set(counted) != set(there):
        findings.append(f"I3: statistics and applications differ: {some(sorted(set(counted) ^ set(there)))}")
    grouped = platform.rows("""SELECT kind, province, sum(women)::bigint FROM (SELECT kind, province, women FROM intake.stat_profile
        UNION ALL SELECT kind, province, unnest(profile::int4[]) FROM intake.stat_delta) AS s GROUP BY 1, 2 HAVING sum(women) <> 0""")
    there = platform.rows("SELECT kind, province, sum(women)::bigint FROM intake.application WHERE state <> 'DRAFT' GROUP BY 1, 2")
    if set(grouped) != set(there):
        findings.append(f"I3: the groups of the statistics are not the women there: {some(sorted(set(grouped) ^ set(there)))}")


def i4_nothing_exceeded(platform, findings):
    """No quota and no capacity exceeded; places are numbered 1..n in each quota; promotions in rank order; stored scores are those of the form."""
    for call, province, places, taken in platform.rows("SELECT call, province, places, taken FROM eligibility.quota"):
        held = platform.one("SELECT count(*) FROM eligibility.decision WHERE call = %s AND province = %s AND state = 'SHORTLISTED'", call, province)
        if held != taken or taken > places:
            findings.append(f"I4: {province}: {held} hold a place, {taken} counted, {places} there")
        waiting = platform.one("SELECT count(*) FROM eligibility.decision WHERE call = %s AND province = %s AND state = 'WAITLISTED'", call, province)
        if waiting and taken < places:
            findings.append(f"I4: {province}: {waiting} wait although {places - taken} places are free")
    numbers = collections.defaultdict(list)
    for call, province, sequence in platform.rows("SELECT call, province, sequence FROM eligibility.placement ORDER BY 1, 2, 3"):
        numbers[(call, province)].append(sequence)
    torn = [quota for quota, seen in numbers.items() if seen != list(range(1, len(seen) + 1))]
    if torn:
        findings.append(f"I4: places with a gap or a twin in their numbers: {some(torn)}")
    for session, capacity, enrolled in platform.rows("SELECT id::text, capacity, enrolled FROM training.session"):
        held = platform.one("SELECT count(*) FROM training.enrolment WHERE session = %s AND state IN ('OFFERED', 'ENROLLED', 'ATTENDING')", session)
        if held != enrolled or enrolled > capacity:
            findings.append(f"I4: session {session}: {held} seated, {enrolled} counted, {capacity} seats")
    _promotions_in_rank_order(platform, findings)
    _scores(platform, findings)


def _submitted_at(platform):
    return {key: json.loads(data).get("submitted_at") for _, key, _, _, type_, _, data, _ in platform.outbox["intake"] if type_.endswith("submitted.v1")}


def _promotions_in_rank_order(platform, findings):
    """Who leaves the waiting list for a place was its first by score, then time, then id. Events of one quota lie in the outbox in the order of its lock."""
    at, waiting, leaving, listed_in = _submitted_at(platform), collections.defaultdict(dict), collections.defaultdict(set), {}
    for _, key, _, _, type_, _, _, xid in platform.outbox["eligibility"]:
        if type_.endswith(("assessed.v1", "closed.v1", "held.v1")):  # assessed again: she amended, and is listed anew, perhaps elsewhere
            leaving[xid].add(key)
    for _, key, _, _, type_, _, text, xid in platform.outbox["eligibility"]:
        word = type_.split(".")[3]
        data = json.loads(text)
        quota = waiting[(data["call"], data["province"])]
        rank, _ = listed_in.pop(key, quota).pop(key, (None, 0))
        if word == "waitlisted":
            quota[key], listed_in[key] = ((-data["score"], at.get(key) or "", key), xid), quota
            continue
        # One transaction serves those who wait before those who arrive with it.
        better = [other for other, (theirs, listed) in quota.items() if rank and theirs < rank and listed != xid and other not in leaving[xid]]
        if word == "shortlisted" and better:
            findings.append(f"I4: {key} got a place before {some(better)}, who were ahead on the waiting list")
            return


def _scores(platform, findings):
    """Every stored score = recomputed from the form that was sent last."""
    sent = {line["id"]: line for line in platform.journal if line["what"] == "answer" and line["status"] == 201}
    amended = {line["id"] for line in platform.journal if line["what"] == "amended" and line["status"] == 200}
    wrong = []
    for id_, score, outcome, ruleset, version, submitted_at in platform.rows("""SELECT application_id::text, score, outcome, ruleset, ruleset_version, submitted_at
            FROM eligibility.decision WHERE score IS NOT NULL"""):
        line = sent.get(id_)
        seed = line and re.match(r"fault-(\d+)-", line["key"])
        if not seed:
            continue
        form = (people.amended if id_ in amended else people.application)(int(seed[1]), line["number"])
        right = scores.assess(form, submitted_at.replace(tzinfo=submitted_at.tzinfo or datetime.timezone.utc), ruleset, version)
        if (outcome, score) != right:
            wrong.append((id_, outcome, score, right))
    if wrong:
        findings.append(f"I4: stored scores that the forms do not give: {some(wrong)}")
