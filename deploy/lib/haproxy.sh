# HAProxy, the front door: its configuration, and which copies it sends requests to. Sourced.
# shellcheck shell=bash

haproxy_folder() { echo "$JISR_DATA/haproxy"; }

haproxy_error_lines() {
    local file code extra
    for file in "$PROJECT"/deploy/haproxy/errors/???.json; do
        code=$(basename "$file" .json) extra=
        [[ $code == 503 ]] && extra=' hdr retry-after 1'
        printf '    http-error status %s content-type application/problem+json file "%s"%s\n' "$code" "$(haproxy_folder)/errors/$code.json" "$extra"
    done
}

# Our own tools come in by 127.0.0.1, whatever else it listens on.
haproxy_bind_lines() {
    case $BIND in
        ::) printf '    bind :::%s v4v6\n' "$PORT" ;;
        0.0.0.0 | 127.0.0.1) printf '    bind %s:%s\n' "$BIND" "$PORT" ;;
        *) printf '    bind 127.0.0.1:%s\n    bind %s:%s\n' "$PORT" "$BIND" "$PORT" ;;
    esac
    if [[ $BIND == 127.0.0.1 ]] && grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null; then printf '    bind [::1]:%s\n' "$PORT"; fi
}

# Ten places a service, with known ports: more or fewer copies need no new configuration, only another state of a place.
haproxy_backend() {
    local service=$1 i state
    printf '\nbackend %s\n' "$service"
    for ((i = 1; i <= MAX_COPIES; i++)); do
        state=
        ((i <= ${COPIES[$service]})) || state=' disabled'
        printf '    server %s-%d 127.0.0.1:%d check port %d%s\n' "$service" "$i" "$(port_service "$service" "$i")" "$(port_admin "$service" "$i")" "$state"
    done
}

# Applications come in crowds: they have a queue of their own before the same copies, and are in maintenance when those are.
haproxy_applications_backend() {
    local i
    printf '\nbackend applications\n'
    for ((i = 1; i <= MAX_COPIES; i++)); do
        printf '    server intake-%d 127.0.0.1:%d track intake/intake-%d maxconn 128\n' "$i" "$(port_service intake "$i")" "$i"
    done
}

# A running one keeps what its supervisor was started with, whatever this shell may have.
haproxy_descriptors() {
    local pid
    if pid=$(part_supervisor haproxy); then awk '/^Max open files/ { print $5 }' "/proc/$pid/limits"; else ulimit -Hn; fi
}

# Each connection takes two descriptors, one to the client and one to a copy.
haproxy_maxconn() {
    local descriptors
    descriptors=$(haproxy_descriptors)
    [[ $descriptors =~ ^[0-9]+$ ]] && ((descriptors < 20500)) || descriptors=20500
    echo $(((descriptors - 500) / 2))
}

haproxy_configure() {
    local folder service text
    folder=$(haproxy_folder)
    mkdir -p "$folder/errors"
    cp "$PROJECT"/deploy/haproxy/errors/*.json "$folder/errors/"
    text=$(<"$PROJECT/deploy/haproxy/haproxy.cfg.in")
    text=${text//@DATA@/$JISR_DATA}
    text=${text//@ERRORS_FOLDER@/$folder/errors}
    text=${text//@STATS_PORT@/$(port_haproxy_stats)}
    text=${text//@MAXCONN@/$(haproxy_maxconn)}
    text=${text//@CROWDED@/$(($(haproxy_maxconn) * 3 / 4))}
    text=${text//@THREADS@/$(($(nproc) > 4 ? 4 : $(nproc)))}
    text=${text//@ERRORS@/$(haproxy_error_lines)}
    text=${text//@BINDS@/$(haproxy_bind_lines)}
    {
        printf '%s\n' "$text"
        for service in "${SERVICES[@]}"; do haproxy_backend "$service"; done
        haproxy_applications_backend
    } >"$folder/haproxy.cfg.new"
    quietly "reading HAProxy's configuration" haproxy -c -q -f "$folder/haproxy.cfg.new"
    mv "$folder/haproxy.cfg.new" "$folder/haproxy.cfg"
}

# What a running HAProxy has to read anew when it changes: all but the state of its places, which it is told one by one.
haproxy_settings() { sed 's/ disabled$//' "$(haproxy_folder)/haproxy.cfg"; }

haproxy_start() {
    local read_before
    read_before=$(haproxy_folder)/haproxy.read
    haproxy_configure
    note "$(haproxy -v | sed -n 's/^HAProxy version \([0-9.]*\).*/\1/p') on $BIND:$PORT"
    if ! part_running haproxy; then
        part_start haproxy root TERM 10 - nice -n -5 haproxy -W -db -f "$(haproxy_folder)/haproxy.cfg"
    elif ! cmp -s <(haproxy_settings) "$read_before"; then
        haproxy_reload
    fi
    part_await haproxy 30 haproxy_answers
    haproxy_settings >"$read_before"
}

# The master takes the new configuration and hands the listening sockets over: no request is lost. What is said to the socket then is for the new worker.
haproxy_reload() {
    local worker
    worker=$(haproxy_worker) || :
    kill -s USR2 "$(part_pid haproxy)"
    wait_until 30 haproxy_has_another_worker "$worker" || die "the front door doesn't take its new configuration; see $JISR_HOME/log/haproxy.log"
}
haproxy_worker() { haproxy_command "show info" | awk '$1 == "Pid:" { print $2 }'; }
haproxy_has_another_worker() {
    local worker
    worker=$(haproxy_worker) && [[ -n $worker && $worker != "$1" ]]
}

haproxy_answers() { haproxy_command "show info" | grep '^Uptime_sec' >/dev/null; }
haproxy_command() { python3 "$PROJECT/deploy/haproxy/command.py" "$JISR_DATA/run/haproxy.sock" "$1" 2>/dev/null; }

# haproxy_place SERVICE COPY ready|maint: what is under way goes on, nothing new is sent to a place in maintenance.
haproxy_place() { haproxy_command "set server $1/$1-$2 state $3" >/dev/null; }
haproxy_place_is_up() { [[ $(haproxy_command "show servers state $1" | awk -v name="$1-$2" '$4 == name { print $6 }') == 2 ]]; }
# Requests that a place is working on.
haproxy_place_is_idle() { [[ $(haproxy_command "show stat" | awk -F, -v name="$1-$2" '$2 == name { sum += $5; seen = 1 } END { if (seen) print sum }') == 0 ]]; }
