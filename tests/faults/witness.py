"""A witness inside the database, put there by the campaign as its superuser: what shows only while it happens, and is gone when all is quiet."""
import inject

# A consumer whose partitions another has taken must change nothing. If it moves an offset back, the owner's next batch hides that within milliseconds.
# A raised epoch says that the offset was set on purpose (a claim, a replay).
SQL = """
CREATE SCHEMA IF NOT EXISTS witness;
CREATE TABLE IF NOT EXISTS witness.rewind (at timestamptz NOT NULL DEFAULT clock_timestamp(), service text, topic text, partition integer, was bigint, became bigint);
CREATE OR REPLACE FUNCTION witness.note_rewind() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO witness.rewind (service, topic, partition, was, became) VALUES (TG_TABLE_SCHEMA, NEW.topic, NEW.partition, OLD.next_offset, NEW.next_offset);
    RETURN NULL;
END
$$;
GRANT USAGE ON SCHEMA witness TO PUBLIC;
""" + "".join(f"""
CREATE OR REPLACE TRIGGER rewind AFTER UPDATE ON {service}.consumer_offset
    FOR EACH ROW WHEN (NEW.next_offset < OLD.next_offset AND NEW.epoch = OLD.epoch) EXECUTE FUNCTION witness.note_rewind();
""" for service in inject.SERVICES)


def install(instance):
    instance.superuser(SQL)


def findings(instance):
    lines = instance.superuser("SELECT count(*), min(service), min(topic), min(partition), min(was), min(became) FROM witness.rewind").split("|")
    return [f"I3: {lines[0]} times a consumer that was not the owner moved an offset back, such as {' '.join(lines[1:])}"] if lines[0] != "0" else []
