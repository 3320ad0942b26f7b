# What a fresh platform is shown with: the sample partner, its receiver of webhooks, and the sample women. Sourced.
# shellcheck shell=bash

receiver_log() { echo "$JISR_DATA/receiver/webhooks.ndjson"; }

# Beside the settings of a running platform: nothing in them is secret but the paths to secrets.
jisrctl() {
    env JISR_URL="http://127.0.0.1:$PORT" JISR_KAFKA="127.0.0.1:$(port_kafka)" JISR_PG_OWNER="$(postgres_dsn owner)" JISR_PG="$(postgres_dsn check)" \
        JISR_KEYS="$JISR_DATA/keys" JISR_ISSUER=jisr JISR_PROFILE=one-machine "$JISR_DATA/bin/jisrctl" "$@"
}

keys_ensure() {
    quietly "making the keys" jisrctl keys --dir "$JISR_DATA/keys"
    chown -R "$SYSTEM_USER:$SYSTEM_USER" "$JISR_DATA/keys"
    chmod 0700 "$JISR_DATA/keys"
    note "$(find "$JISR_DATA/keys" -type f | wc -l) files"
}

schema_ensure() {
    quietly "migrating the database" jisrctl migrate
    # Each partition is a request of its own to the broker: few of them fill better, and two cores feed no more copies than that.
    quietly "making Kafka's topics" jisrctl topics --wait 60 --partitions 4
    quietly "loading the sample programme" jisrctl sample
    note "migrations, topics, sample programme"
}

receiver_start() {
    local folder=$JISR_DATA/receiver
    install -d -m 0755 -o "$SYSTEM_USER" -g "$SYSTEM_USER" "$folder"
    if ! cmp -s "$PROJECT/deploy/receiver/receiver.py" "$folder/receiver.py"; then
        part_stop receiver
        install -m 0755 "$PROJECT/deploy/receiver/receiver.py" "$folder/receiver.py"
    fi
    part_running receiver || part_start receiver "$SYSTEM_USER" TERM 5 - /usr/bin/python3 "$folder/receiver.py" --port "$(port_receiver)" \
        --log "$(receiver_log)" --secrets "$folder/secrets.json" --behaviours "$folder/behaviours.json"
    part_await receiver 30 curl -s -o /dev/null -m 2 --fail "http://127.0.0.1:$(port_receiver)/health"
}

partner_ensure() {
    local token
    receiver_start
    token=$(jisrctl token --role admin --ttl 10m) || die "jisrctl token failed"
    JISR_TOKEN=$token quietly "making the sample partner" python3 "$PROJECT/deploy/receiver/register.py" --url "http://127.0.0.1:$PORT" \
        --webhook "http://127.0.0.1:$(port_receiver)/webhook" --partner "$JISR_HOME/partner.json" --secrets "$JISR_DATA/receiver/secrets.json"
    give_to_invoker "$JISR_HOME/partner.json"
    chown "$SYSTEM_USER:$SYSTEM_USER" "$JISR_DATA/receiver/secrets.json"
    note "its receiver listens on 127.0.0.1:$(port_receiver)"
}

shell_value() {
    local value=$1
    [[ $value != *[!A-Za-z0-9._/-]* ]] || value="'${value//\'/\'\\\'\'}'"
    echo "$value"
}

# What tools and tests need to know, in shell syntax.
write_env() {
    (
        umask 077
        cat >"$JISR_HOME/env.new" <<TEXT
JISR_URL=http://127.0.0.1:$PORT
JISR_KAFKA=127.0.0.1:$(port_kafka)
JISR_PG=$(postgres_uri check)
JISR_RECEIVER_LOG=$(shell_value "$(receiver_log)")
JISR_RECEIVER_URL=http://127.0.0.1:$(port_receiver)/webhook
JISR_HOME=$(shell_value "$JISR_HOME")
JISR_DATA=$(shell_value "$JISR_DATA")
JISR_PORT=$PORT
TEXT
    )
    give_to_invoker "$JISR_HOME/env.new"
    mv "$JISR_HOME/env.new" "$JISR_HOME/env"
}

# Rows that a relay has not carried to Kafka yet, all services.
outbox_pending() {
    local service sql=''
    for service in "${SERVICES[@]}"; do
        sql+="${sql:+ UNION ALL }SELECT count(*) FROM $service.outbox o, $service.relay_cursor c WHERE o.xid >= c.low AND NOT (o.xid < c.high AND o.id <= c.last_id)"
    done
    psql -X -A -t -d "$(postgres_dsn check)" -c "SELECT sum(count) FROM ($sql) AS pending"
}

# metric SERVICE COPY NAME: the sum of its series; nothing when the copy doesn't answer.
metric() {
    curl -s -m 2 "http://127.0.0.1:$(port_admin "$1" "$2")/metrics" | awk -v name="$3" '$1 == name || index($1, name "{") == 1 { sum += $2; seen = 1 } END { if (seen) printf "%d\n", sum }'
}

# Events in Kafka that a service has not processed; nothing when a copy can't tell (it is joining its group, or can't reach Kafka or PostgreSQL).
consumer_lag() {
    local i sum=0 lag
    for ((i = 1; i <= ${COPIES[$1]}; i++)); do
        lag=$(metric "$1" "$i" feed_lag)
        ((${lag:--1} < 0)) && return
        sum=$((sum + lag))
    done
    echo "$sum"
}

# Events that a service could not process, or holds until their cause has come: each copy counts them all.
events_parked() {
    local i most='' parked
    for ((i = 1; i <= ${COPIES[$1]}; i++)); do
        parked=$(metric "$1" "$i" feed_parked)
        if [[ -n $parked ]] && ((parked > ${most:--1})); then most=$parked; fi
    done
    echo "$most"
}

all_consumers_read() {
    local service
    for service in "${SERVICES[@]}"; do [[ -n $(consumer_lag "$service") ]] || return 1; done
}

everything_flowed() {
    local service
    [[ $(outbox_pending) == 0 ]] || return 1
    for service in "${SERVICES[@]}"; do [[ $(consumer_lag "$service") == 0 ]] || return 1; done
}

# Empty, and empty again a moment later: an event that is handled makes others.
await_flow() {
    local calm=0 until_s=$((SECONDS + $1))
    while ((calm < 3)); do
        ((SECONDS < until_s)) || return 1
        if everything_flowed; then calm=$((calm + 1)); else calm=0; fi
        sleep 0.4
    done
}
