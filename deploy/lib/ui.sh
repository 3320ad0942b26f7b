# What the scripts say: a line a step with its seconds, one clear sentence for an error. Sourced; needs PROGRAM.
# shellcheck shell=bash

# shellcheck disable=SC2034 # read by the scripts
readonly STARTED_AT=$EPOCHREALTIME
UI_TERMINAL=no
[[ -t 1 ]] && UI_TERMINAL=yes
STEP_TITLE=
STEP_NOTE=
STEP_STARTED_AT=

# seconds_since EPOCHREALTIME: "1.2"
seconds_since() {
    local from=${1/[.,]/} now=${EPOCHREALTIME/[.,]/}
    local tenths=$(((now - from) / 100000))
    printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

say() { printf '%s\n' "$*"; }
# What the step that runs wants said beside its title.
note() { STEP_NOTE=$*; }

# The status of a subshell that has already said why it ends.
readonly SAID=97
die() {
    [[ $UI_TERMINAL == yes && -n $STEP_TITLE ]] && printf '\r\033[K'
    STEP_TITLE=
    printf '%s: %s\n' "$PROGRAM" "$*" >&2
    trap - ERR
    ((BASH_SUBSHELL == 0)) || exit $SAID
    exit 1
}

# step TITLE COMMAND…: runs it in this shell; shows what it noted, and the seconds it took.
step() {
    STEP_TITLE=$1 STEP_NOTE='' STEP_STARTED_AT=$EPOCHREALTIME
    shift
    [[ $UI_TERMINAL == yes ]] && printf '  %-16s …' "$STEP_TITLE"
    "$@"
    [[ $UI_TERMINAL == yes ]] && printf '\r\033[K'
    printf '  %-16s %-72s %6s s\n' "$STEP_TITLE" "$STEP_NOTE" "$(seconds_since "$STEP_STARTED_AT")"
    STEP_TITLE=
}

# quietly WHAT COMMAND…: output goes to the instance's log; a failure shows its end.
quietly() {
    local what=$1 log=$JISR_HOME/log/deploy.log from
    shift
    mkdir -p "$JISR_HOME/log"
    touch "$log"
    from=$(($(stat -c %s "$log") + 1))
    if ! "$@" >>"$log" 2>&1 9>&-; then
        [[ $UI_TERMINAL == yes ]] && printf '\r\033[K'
        tail -c +"$from" "$log" | tail -n 20 >&2
        die "$what failed; the whole output is in $log"
    fi
}

# An error that no line above expected still ends in one sentence.
ui_trap_errors() {
    set -E
    trap 'ui_error $? "$LINENO" "${BASH_SOURCE[0]}" "$BASH_COMMAND"' ERR
}

ui_error() {
    trap - ERR
    if (($1 == SAID)); then
        ((BASH_SUBSHELL == 0)) || exit $SAID
        exit 1
    fi
    die "line $2 of ${3#"$PWD"/} failed (status $1): $4"
}

# The comment block at the head of a script is its --help.
ui_help() {
    awk 'NR > 1 && /^#/ { sub(/^# ?/, ""); print; next } NR > 1 { exit }' "$1"
}
