"""The statements of a service, as its programs prepare them."""
import re

from support.migrated import PROJECT

SHARED = ["common/db", "common/relay"]
# How their sessions are set up before any is planned: common/db/connection.c.
SESSION = "SET enable_seqscan = off; SET jit = off; SET plan_cache_mode = force_generic_plan"
# The reads for staff, which run as the service's reader role under row security (common/service/service_read.h).
READS_OF_STAFF = {
    "intake": {
        "listing.newest", "listing.due", "store.find_by_id", "store.find_by_receipt", "store.subject_keys", "store.is_filed", "documents.list",
        "documents.find", "duplicates.pairs", "duplicates.find_pairs", "duplicates.side", "papers.find_body", "papers.list_consent_changes",
        "papers.list_revisions", "papers.list_reads", "papers.find_erasure", "papers.register", "papers.register_of_partners", "outbox.audit",
    },
    "eligibility": {"store.find_assessment", "store.is_assessed", "store.find_region", "store.find_last_of_page", "store.list_ranking", "outbox.audit"},
    "training": {"store.find_enrolment", "store.is_enrolled", "outbox.audit"},
    "notifier": {"store.list_partners", "store.get_partner"},
}


def statements(service):
    """(file.name, text) of each, as common/cmake/catalog.awk reads them."""
    for folder in [f"services/{service}", *SHARED]:
        for path in sorted((PROJECT / folder).rglob("*.sql")):
            if path.name == "sample.sql" or path.parent.name == "migrations":
                continue
            for block in re.split(r"(?m)^-- name: ", path.read_text(encoding="utf-8"))[1:]:
                name, *lines = block.splitlines()
                yield f"{path.stem}.{name.strip()}", "\n".join(line for line in lines if not line.startswith("--"))
