"""The committee's yes, as long as its own routes are not there."""
import datetime
import json
import uuid

from support.jisr import rows, settings


def approve(filed):
    """As eligibility would say it: after its last word about her, in her partition. Kafka alone has it, no outbox: a test that compares both runs before."""
    from confluent_kafka import Producer

    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    version, data = rows("SELECT version, data FROM eligibility.outbox WHERE key = %s ORDER BY version DESC LIMIT 1", filed["id"])[0]
    data = json.loads(data) | {"version": version + 1, "state": "APPROVED", "outcome": "APPROVED", "reasons": []}
    data["transitions"] = [{"from": "SHORTLISTED", "to": "APPROVED", "at": now}]
    headers = {"ce_specversion": "1.0", "ce_id": str(uuid.uuid4()), "ce_source": "/jisr/eligibility", "ce_type": "ma.jisr.decision.approved.v1", "ce_time": now,
               "ce_subject": filed["id"], "ce_partitionkey": filed["id"], "ce_aggregateid": filed["id"], "ce_aggregateversion": str(version + 1), "content-type": "application/json"}
    failed = []
    producer = Producer({"bootstrap.servers": settings()["JISR_KAFKA"], "partitioner": "murmur2_random"})
    producer.produce("jisr.decision.v1", json.dumps(data).encode(), filed["id"], headers=headers, on_delivery=lambda error, _: failed.append(error) if error else None)
    assert producer.flush(30) == 0 and not failed, failed
