# Debian packages: deploy/packages is the one list; only what is missing is installed. Sourced.
# shellcheck shell=bash

readonly POLICY_RC_D=/usr/sbin/policy-rc.d
readonly CREATECLUSTER=/etc/postgresql-common/createcluster.conf
readonly OURS='# of Jisr, while it installs packages'

# packages_of GROUP…
packages_of() {
    local group
    for group in "$@"; do
        awk -v group="[$group]" '/^\[/ { on = ($1 == group); next } on && NF && $1 !~ /^#/ { print $1 }' "$PROJECT/deploy/packages"
    done
}

# node and npm may come from elsewhere than Debian.
package_is_there() {
    case $1 in
        nodejs) command -v node >/dev/null && return ;;
        npm) command -v npm >/dev/null && return ;;
        *) ;;
    esac
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

packages_missing() {
    local package
    while read -r package; do
        package_is_there "$package" || printf '%s\n' "$package"
    done < <(packages_of "$@")
}

# packages_ensure GROUP…
packages_ensure() {
    local missing=() haproxy_was_there=yes
    command -v apt-get >/dev/null || die "this machine has no apt-get; the platform installs itself on Debian 12"
    mapfile -t missing < <(packages_missing "$@")
    note "all there"
    ((${#missing[@]})) || return 0
    package_is_there haproxy || haproxy_was_there=no
    quietly "apt-get update (is there a network?)" apt-get -q update
    packages_quieten_servers
    # Its configuration must be there before a server package is, or that makes a cluster of its own and starts it.
    if [[ " ${missing[*]} " == *" postgresql-"* ]]; then
        packages_install postgresql-common
        packages_forbid_main_cluster
    fi
    packages_install "${missing[@]}"
    packages_restore
    [[ $haproxy_was_there == no && -d /run/systemd/system ]] && systemctl disable --quiet haproxy 2>/dev/null
    note "${#missing[@]} installed"
}

packages_install() {
    quietly "installing packages ($*)" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install "$@"
}

# Debian starts what it installs; Jisr runs PostgreSQL and HAProxy itself. Both changes are taken back afterwards; scripts call
# packages_restore when they end, whatever happens. They carry our mark, so that the next run takes back what one that was killed has left.
POLICY_IS_OURS=no
CLUSTER_RULE_IS_OURS=no
packages_quieten_servers() {
    [[ ! -e $POLICY_RC_D ]] || grep -qxF "$OURS" "$POLICY_RC_D" || return 0
    printf '#!/bin/sh\n%s\nexit 101\n' "$OURS" >"$POLICY_RC_D"
    chmod 0755 "$POLICY_RC_D"
    POLICY_IS_OURS=yes
}
packages_forbid_main_cluster() {
    if ! grep -qxF "$OURS" "$CREATECLUSTER" 2>/dev/null; then
        grep -q '^create_main_cluster' "$CREATECLUSTER" 2>/dev/null && return
        printf '%s\ncreate_main_cluster = false\n' "$OURS" >>"$CREATECLUSTER"
    fi
    CLUSTER_RULE_IS_OURS=yes
}
packages_restore() {
    [[ $POLICY_IS_OURS == yes ]] && rm -f "$POLICY_RC_D"
    [[ $CLUSTER_RULE_IS_OURS == yes ]] && sed -i "/^$OURS\$/,+1d" "$CREATECLUSTER"
    POLICY_IS_OURS=no CLUSTER_RULE_IS_OURS=no
    return 0
}
