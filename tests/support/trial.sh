# An instance that a bench or a campaign has for itself, below .test, and takes away again. Sourced after deploy/lib/all.sh.
# shellcheck shell=bash

# trial_take_away NAME: logs stay for whoever has to find out why; everything else goes.
trial_take_away() {
    [[ -d $JISR_HOME ]] || return 0
    rm -rf "$PROJECT/.test/$1-log"
    cp -r "$JISR_HOME/log" "$PROJECT/.test/$1-log" 2>/dev/null || :
    if [[ -f $JISR_HOME/instance ]]; then
        "$PROJECT/deploy/down" --wipe >"$PROJECT/.test/$1-down.log" 2>&1 || cat "$PROJECT/.test/$1-down.log" >&2
    fi
    rm -rf "$JISR_HOME"
}

# trial_begin NAME: alone in this folder, and nothing is left of a run that was cut off.
trial_begin() {
    mkdir -p "$PROJECT/.test"
    exec 8>"$PROJECT/.test/$1-lock"
    flock --nonblock 8 || die "another $PROGRAM is at work in this folder; wait until it has ended"
    instance_load
    trial_take_away "$1"
    unset JISR_DATA
    instance_load
}
