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
    exec sudo --preserve-env=JISR_HOME,JISR_DATA,JISR_SHARED_BUFFERS,JISR_KAFKA_HEAP -- "$0" "$@"
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
        name=${name#.} name=${name:0:32}
        JISR_DATA=/var/lib/jisr/${name//[^A-Za-z0-9_.-]/-}-${hash:0:8}
    fi
    JISR_DATA=$(realpath -m "$JISR_DATA")
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

# One command at a time changes an instance. What another one wrote down until then is read again.
instance_lock() {
    exec 9>"$JISR_HOME/lock"
    flock --nonblock 9 || die "another deploy command is at work on $JISR_HOME; wait until it has ended"
    instance_load
}

# What can't be a data folder is refused before anything is made. A socket's path has room for 107 bytes, HAProxy's and PostgreSQL's names included.
instance_check_folders() {
    [[ $JISR_DATA != *[!A-Za-z0-9\ ._/@+=-]* ]] || die "JISR_DATA=$JISR_DATA: letters, digits, spaces and . _ - / @ + = only, for it stands in several programs' settings"
    ((${#JISR_DATA} <= 70)) || die "JISR_DATA=$JISR_DATA is longer than 70 characters: the sockets in it would have no room"
    if [[ ! -f $JISR_HOME/instance ]]; then
        folder_is_ours JISR_HOME "$JISR_HOME" 'overrides*.env' lock log run env.d env partner.json pgpass demo.done
        folder_is_ours JISR_DATA "$JISR_DATA" bin keys pass run pg pg.new kafka haproxy receiver web lost+found
    fi
}

# folder_is_ours SETTING FOLDER NAME…: `deploy/down --wipe` removes the whole folder, so nothing may be there at the beginning but what an earlier start has left.
folder_is_ours() {
    local setting=$1 folder=$2 known=() name other
    [[ -d $folder ]] || return 0
    for name in "${@:3}"; do known+=(! -name "$name"); done
    other=$(find "$folder" -mindepth 1 -maxdepth 1 "${known[@]}" -printf '%f\n' -quit)
    [[ -z $other ]] || die "$setting=$folder holds what is not ours ($other); name a folder that is new or empty"
}

instance_folders() {
    mkdir -p "$JISR_HOME"/{log,run,env.d} "$JISR_DATA"/{bin,keys,pass,run}
    chmod 0700 "$JISR_HOME" "$JISR_HOME/env.d"
    chmod 0755 "$JISR_DATA" "$JISR_DATA"/{bin,run}
    chmod 0711 "$JISR_DATA/pass"
    give_to_invoker "$JISR_HOME" "$JISR_HOME/log"
    local folder=$JISR_DATA
    while folder=$(dirname "$folder") && [[ $folder != / ]]; do
        [[ $(stat -c %A "$folder") == *[xt] ]] || die "$folder keeps user postgres out of the data folder $JISR_DATA; choose another one with JISR_DATA"
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

# Builds are made as the owner of the project's folder, so that root leaves nothing behind that the owner can't remove. In a container she may have a number only.
as_project_owner() {
    local uid gid home groups=--clear-groups
    uid=$(stat -c %u "$PROJECT") gid=$(stat -c %g "$PROJECT")
    if [[ $uid -eq 0 ]]; then
        "$@"
    else
        if home=$(getent passwd "$uid" | cut -d: -f6); then groups=--init-groups; fi
        HOME=${home:-/tmp} setpriv --reuid="$uid" --regid="$gid" "$groups" "$@"
    fi
}

system_user_ensure() {
    id -u "$SYSTEM_USER" >/dev/null 2>&1 ||
        quietly "making the system user $SYSTEM_USER" useradd --system --no-create-home --home-dir /var/lib/jisr --shell /usr/sbin/nologin "$SYSTEM_USER"
}
