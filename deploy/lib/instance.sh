# An instance of the platform: a state folder, a data folder and a block of ports. Several may live on one machine (tests/run has its own).
# Sourced. JISR_HOME and JISR_DATA choose the instance; both are written down at the first `deploy/up` for the other commands.
# shellcheck shell=bash

PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# shellcheck disable=SC2034 # these are read by the files that are sourced with this one
readonly PROJECT RELEASE=$PROJECT/.build/release MAX_COPIES=10
readonly SYSTEM_USER=jisr
readonly SERVICES=(intake eligibility training notifier)
PORT=
BIND=127.0.0.1
declare -A COPIES=()

# Everything below needs to be root: users of their own for PostgreSQL and the services, and a data folder that they reach.
need_root() {
    [[ $EUID -eq 0 ]] && return
    command -v sudo >/dev/null || die "needs root, or sudo; neither is there"
    exec sudo --preserve-env=JISR_HOME,JISR_DATA,JISR_PROFILE -- "$0" "$@"
}

instance_load() {
    JISR_HOME=$(realpath -m "${JISR_HOME:-$PROJECT/.jisr}")
    local name value hash
    COPIES=()
    if [[ -f $JISR_HOME/instance ]]; then
        while IFS='=' read -r name value; do
            case $name in
                port) PORT=$value ;;
                bind) BIND=$value ;;
                data) JISR_DATA=$value ;;
                copies.*) COPIES[${name#copies.}]=$value ;;
                *) ;;
            esac
        done <"$JISR_HOME/instance"
    fi
    if [[ -z ${JISR_DATA:-} ]]; then
        hash=$(printf '%s' "$JISR_HOME" | sha256sum)
        name=$(basename "$(dirname "$JISR_HOME")")
        name=${name#.}
        JISR_DATA=/var/lib/jisr/${name//[^A-Za-z0-9_.-]/-}-${hash:0:8}
    fi
    for name in "${SERVICES[@]}"; do COPIES[$name]=${COPIES[$name]:-1}; done
    export JISR_HOME JISR_DATA
}

instance_save() {
    local name
    {
        printf 'port=%s\nbind=%s\ndata=%s\n' "$PORT" "$BIND" "$JISR_DATA"
        for name in "${SERVICES[@]}"; do printf 'copies.%s=%s\n' "$name" "${COPIES[$name]}"; done
    } >"$JISR_HOME/instance.new"
    mv "$JISR_HOME/instance.new" "$JISR_HOME/instance"
}

# For commands that need an instance that was started once.
instance_require() {
    instance_load
    [[ -n $PORT ]] || die "no platform here yet ($JISR_HOME/instance is absent): run deploy/up first"
}

# One command at a time changes an instance.
instance_lock() {
    exec 9>"$JISR_HOME/lock"
    flock --nonblock 9 || die "another deploy command is at work on $JISR_HOME; wait until it has ended"
}

instance_folders() {
    mkdir -p "$JISR_HOME"/{log,run,env.d} "$JISR_DATA"/{bin,keys,pass,run}
    chmod 0700 "$JISR_HOME" "$JISR_HOME/env.d"
    chmod 0755 "$JISR_DATA" "$JISR_DATA"/{bin,run}
    chmod 0711 "$JISR_DATA/pass"
    give_to_invoker "$JISR_HOME" "$JISR_HOME/log"
    local folder=$JISR_DATA
    while folder=$(dirname "$folder") && [[ $folder != / ]]; do
        [[ $(stat -c %A "$folder") == *x ]] || die "$folder keeps user postgres out of the data folder $JISR_DATA; choose another one with JISR_DATA"
    done
}

instance_need_space() {
    local folder=$JISR_DATA free_kb
    while [[ ! -d $folder ]]; do folder=$(dirname "$folder"); done
    free_kb=$(df --output=avail -k "$folder" | tail -n 1)
    ((free_kb >= 2 * 1024 * 1024)) || die "the disk of $folder has $((free_kb / 1024)) MB left; 2048 MB are needed"
}

# The person behind sudo gets what a tool of theirs must read.
give_to_invoker() { chown "${SUDO_UID:-0}:${SUDO_GID:-0}" "$@"; }

# Builds are made as the owner of the project's folder, so that root leaves nothing behind that the owner can't remove.
as_project_owner() {
    local uid gid home
    uid=$(stat -c %u "$PROJECT") gid=$(stat -c %g "$PROJECT")
    if [[ $uid -eq 0 ]]; then
        "$@"
    else
        home=$(getent passwd "$uid" | cut -d: -f6)
        HOME=${home:-/tmp} setpriv --reuid="$uid" --regid="$gid" --init-groups "$@"
    fi
}

system_user_ensure() {
    id -u "$SYSTEM_USER" >/dev/null 2>&1 ||
        quietly "making the system user $SYSTEM_USER" useradd --system --no-create-home --home-dir /var/lib/jisr --shell /usr/sbin/nologin "$SYSTEM_USER"
}
