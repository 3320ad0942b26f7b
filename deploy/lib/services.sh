# The four services: settings, start, readiness, more copies and fewer, without losing a request. Sourced.
# shellcheck shell=bash

service_known() { [[ " ${SERVICES[*]} " == *" $1 "* ]]; }

copies_valid() { [[ $1 =~ ^[1-9][0-9]?$ ]] && (($1 <= MAX_COPIES)); }

# Keys and database of the platform, for jisrctl and the services.
platform_env() {
    printf 'JISR_KAFKA=127.0.0.1:%s\n' "$(port_kafka)"
    printf 'JISR_KEYS=%q\n' "$JISR_DATA/keys"
    printf 'JISR_ISSUER=jisr\nJISR_PROFILE=one-machine\n'
}

# $JISR_HOME/overrides.env and overrides-SERVICE.env, where they exist, have the last word: benches and fault campaigns write them.
service_env_write() {
    local service=$1 copy=$2 file=$JISR_HOME/env.d/$1-$2.env override address
    read -r address < <(door_addresses)
    (
        umask 077
        {
            platform_env
            printf 'JISR_PG=%q\n' "$(postgres_dsn "$service")"
            printf 'JISR_HTTP_PORT=%s\nJISR_ADMIN_PORT=%s\n' "$(port_service "$service" "$copy")" "$(port_admin "$service" "$copy")"
            if [[ $service == intake ]]; then printf 'JISR_WEB=%q\nJISR_ADDRESS=http://%s:%s\n' "$JISR_DATA/web" "$address" "$PORT"; fi
            for override in "$JISR_HOME/overrides.env" "$JISR_HOME/overrides-$service.env"; do
                if [[ -f $override ]]; then cat "$override"; fi
            done
        } >"$file"
    )
    echo "$file"
}

# In any copy: the first one may be what a run that was cut off has stopped last.
service_runs() {
    local i
    for ((i = 1; i <= MAX_COPIES; i++)); do
        if part_running "$1-$i"; then return 0; fi
    done
    return 1
}

service_start() {
    local env_file
    env_file=$(service_env_write "$1" "$2")
    part_start "$1-$2" "$SYSTEM_USER" TERM 45 "$env_file" "$JISR_DATA/bin/jisr-$1"
}

service_probe() { curl -s -o /dev/null -m 2 --fail "http://127.0.0.1:$(port_admin "$1" "$2")/readyz"; }
service_await() { part_await "$1-$2" 60 service_probe "$1" "$2"; }

# Taken out of the door first: then nothing that was accepted is cut off, and nothing new arrives while it drains.
service_stop() {
    if part_running haproxy; then
        haproxy_place "$1" "$2" maint || :
        wait_until 30 haproxy_place_is_idle "$1" "$2" || :
    fi
    part_stop "$1-$2"
}

service_open_place() {
    part_running haproxy || return 0
    haproxy_place "$1" "$2" ready
    wait_until 30 haproxy_place_is_up "$1" "$2" || die "the front door doesn't reach $1, copy $2; see $JISR_HOME/log/haproxy.log"
}

services_start() {
    local service i started=0 running=0
    for service in "${SERVICES[@]}"; do
        for ((i = 1; i <= ${COPIES[$service]}; i++)); do
            running=$((running + 1))
            part_running "$service-$i" && continue
            service_start "$service" "$i"
            started=$((started + 1))
        done
    done
    for service in "${SERVICES[@]}"; do
        for ((i = 1; i <= ${COPIES[$service]}; i++)); do service_await "$service" "$i"; done
    done
    note "$running processes ready, $started started now"
}

# services_scale SERVICE N
services_scale() {
    local service=$1 want=$2 i
    # What may be there above the number that is written down, from a run that was cut off, goes too.
    for ((i = 1; i <= want; i++)); do
        if ! part_running "$service-$i"; then
            ports_require_service "$service" "$i"
            service_start "$service" "$i"
        fi
    done
    for ((i = 1; i <= want; i++)); do
        service_await "$service" "$i"
        service_open_place "$service" "$i"
    done
    COPIES["$service"]=$want
    instance_save
    haproxy_configure
    for ((i = want + 1; i <= MAX_COPIES; i++)); do
        if part_running "$service-$i"; then service_stop "$service" "$i"; fi
    done
}

# service_replace SERVICE COPY: stops it and starts what is installed now.
service_replace() {
    service_stop "$1" "$2"
    service_start "$1" "$2"
    service_await "$1" "$2"
    service_open_place "$1" "$2"
}

# Copy by copy; a service that has only one gets a second one for that while.
service_roll() {
    local service=$1 copies=${COPIES[$1]} i
    if ((copies == 1)); then
        if part_running "$service-2"; then service_stop "$service" 2; fi # of a run that was cut off here
        ports_require_service "$service" 2
        service_start "$service" 2
        service_await "$service" 2
        service_open_place "$service" 2
    fi
    for ((i = 1; i <= copies; i++)); do service_replace "$service" "$i"; done
    if ((copies == 1)); then service_stop "$service" 2; fi
    service_set_new "$service"
}

# services_roll SERVICE…: at the same time, for they know nothing of one another. Comes back when all have ended: what goes on after a failure would start
# copies that nobody stops.
services_roll() {
    local service pids=() pid failed=no
    for service in "$@"; do
        service_roll "$service" &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid" || failed=yes; done
    [[ $failed == no ]] || exit 1
    note "$*"
}

services_stop_all() {
    local folder=$JISR_HOME/run file name pids=()
    for file in "$folder"/*.supervisor; do
        [[ -e $file ]] || continue
        name=$(basename "$file" .supervisor)
        service_known "${name%-*}" || continue
        part_stop "$name" &
        pids+=($!)
    done
    if ((${#pids[@]})); then wait "${pids[@]}"; fi
    note "${#pids[@]} processes"
}
