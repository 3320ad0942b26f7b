# Parts of an instance as processes, each under a supervisor of its own (supervise.sh). Sourced.
# shellcheck shell=bash

# Process ids are used again by the kernel: a supervisor is ours only when its command line says so.
part_supervisor() {
    local pid line
    pid=$(cat "$JISR_HOME/run/$1.supervisor" 2>/dev/null) || return 1
    line=$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline") || return 1
    [[ $line == *"supervise.sh $1 $JISR_HOME "* ]] || return 1
    echo "$pid"
}
part_running() { part_supervisor "$1" >/dev/null; }
part_pid() {
    part_running "$1" && cat "$JISR_HOME/run/$1.pid" 2>/dev/null
}

# part_start NAME USER STOP_SIGNAL GRACE_SECONDS ENV_FILE COMMAND…: comes back at once. The environment is empty but for ENV_FILE and PATH.
part_start() {
    local name=$1 looks
    if part_running "$name"; then return; fi # a second supervisor would start it beside the first, and nobody would stop that one
    rm -f "$JISR_HOME/run/$name.supervisor"
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
        setsid --fork "$PROJECT/deploy/lib/supervise.sh" "$name" "$JISR_HOME" "${@:2}" >/dev/null 2>&1 </dev/null 9>&-
    for ((looks = 0; looks < 500; looks++)); do
        if part_running "$name"; then return; fi
        sleep 0.02
    done
    die "the supervisor of $name doesn't start; try $PROJECT/deploy/lib/supervise.sh by hand"
}

part_ended() { ! part_running "$1"; }

# part_stop NAME: asks, and waits until it has ended; its supervisor kills what takes longer than its grace, which is a minute at most.
part_stop() {
    local pid
    pid=$(part_supervisor "$1") || return 0
    kill -s TERM "$pid" 2>/dev/null || :
    kill -s CONT "$pid" 2>/dev/null || : # one that was suspended would never hear of it
    wait_until 90 part_ended "$1" || die "$1 doesn't end; its supervisor is process $pid"
}

# wait_until SECONDS COMMAND…: true as soon as it is.
wait_until() {
    local until_s=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < until_s)) || return 1
        sleep 0.1
    done
}

# part_await NAME SECONDS COMMAND…: the end of its log is shown when it doesn't answer in time.
part_await() {
    local name=$1 seconds=$2
    shift 2
    wait_until "$seconds" "$@" && return
    [[ $UI_TERMINAL == yes ]] && printf '\r\033[K'
    tail -n 15 "$JISR_HOME/log/$name.log" >&2 2>/dev/null || :
    die "$name doesn't answer after $seconds s; its log is $JISR_HOME/log/$name.log"
}
