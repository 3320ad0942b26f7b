#!/usr/bin/env bash
# Keeps one part of the platform running: starts it, starts it again when it dies (0.1 s later at first, at most 2 s), ends it on SIGTERM.
#   supervise.sh NAME STATE_FOLDER USER STOP_SIGNAL GRACE_SECONDS ENV_FILE COMMAND…      (ENV_FILE may be "-")
# STATE_FOLDER/run/NAME.supervisor and NAME.pid hold the two process ids; output goes to log/NAME.log, moved aside at 50 MB (three are kept).
set -uo pipefail
readonly name=$1 state=$2 user=$3 stop_signal=$4 grace_s=$5 env_file=$6
shift 6
readonly log=$state/log/$name.log pid_file=$state/run/$name.pid
readonly LOG_BYTES=$((50 * 1024 * 1024)) TICK_S=15

child='' tick='' stopping=no stop_by=0
stop() {
    stopping=yes
    stop_by=$((SECONDS + grace_s))
    [[ -n $child ]] && kill -s "$stop_signal" "$child" 2>/dev/null
}
trap stop TERM INT
trap '' HUP
ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"

# The running part holds the file open for appending: it is copied and emptied, never renamed.
rotate() {
    local size
    size=$(stat -c %s "$log" 2>/dev/null || echo 0)
    ((size < LOG_BYTES)) && return
    [[ -f $log.2 ]] && mv "$log.2" "$log.3"
    [[ -f $log.1 ]] && mv "$log.1" "$log.2"
    cp "$log" "$log.1" && : >"$log"
}

run_once() {
    local as=() tick_s
    [[ $user != root ]] && as=(--reuid="$user" --regid="$user" --init-groups --inh-caps=-all --no-new-privs)
    (
        if [[ $env_file != - ]]; then
            set -a
            # shellcheck source=/dev/null
            . "$env_file"
            set +a
        fi
        exec setpriv "${as[@]}" --pdeathsig "$stop_signal" -- "$@"
    ) >>"$log" 2>&1 </dev/null &
    child=$!
    echo "$child" >"$pid_file"
    [[ $stopping == yes ]] && kill -s "$stop_signal" "$child" 2>/dev/null
    while kill -0 "$child" 2>/dev/null; do
        tick_s=$TICK_S
        if [[ $stopping == yes ]]; then
            tick_s=0.2
            ((SECONDS >= stop_by)) && kill -s KILL "$child" 2>/dev/null
        fi
        sleep "$tick_s" &
        tick=$!
        wait -n "$child" "$tick"
        kill "$tick" 2>/dev/null
        wait "$tick" 2>/dev/null
        rotate
    done
    wait "$child"
    status=$?
    child=''
}

echo $$ >"$state/run/$name.supervisor"
pause_ms=100
while [[ $stopping == no ]]; do
    rotate
    began=$SECONDS
    status=0
    run_once "$@"
    [[ $stopping == yes ]] && break
    printf '{"time":"%(%FT%T%z)T","level":"warning","service":"%s","event":"part-ended","status":%d,"again_in_ms":%d}\n' -1 "$name" "$status" "$pause_ms" >>"$log"
    ((SECONDS - began >= 3)) && pause_ms=100
    sleep "$((pause_ms / 1000)).$(printf '%03d' $((pause_ms % 1000)))" &
    wait $!
    pause_ms=$((pause_ms * 2 > 2000 ? 2000 : pause_ms * 2))
done
rm -f "$pid_file" "$state/run/$name.supervisor"
