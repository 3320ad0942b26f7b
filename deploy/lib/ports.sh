# The block of ports of an instance: everything is derived from the front door's port P. Sourced.
# shellcheck shell=bash

port_postgres() { echo $((PORT + 1)); }
port_kafka() { echo $((PORT + 2)); }
port_kafka_controller() { echo $((PORT + 3)); }
port_receiver() { echo $((PORT + 4)); }
port_haproxy_stats() { echo $((PORT + 5)); }

# port_service SERVICE COPY (1…10): the API; the admin port is the next one.
port_service() {
    local i
    for i in "${!SERVICES[@]}"; do
        if [[ ${SERVICES[i]} == "$1" ]]; then echo $((PORT + 10 + 20 * i + 2 * ($2 - 1))); fi
    done
}
port_admin() { echo $(($(port_service "$1" "$2") + 1)); }

# The IPv4 addresses of this machine but loopback's, by the kernel's own list.
our_addresses() {
    awk '$1 == "|--" { address = $2 } $1 == "/32" && $3 == "LOCAL" && address !~ /^127\./ && !seen[address]++ { printf "%s, ", address }' /proc/net/fib_trie 2>/dev/null
    echo 127.0.0.1
}

# Where the front door is reached, a line each; what others can use comes first.
door_addresses() {
    case $BIND in
        0.0.0.0 | ::) our_addresses | tr -d ' ' | tr ',' '\n' ;;
        *) echo "$BIND" ;;
    esac
}

# May the front door listen there? All of 127.0.0.0/8 is this machine's.
address_is_ours() {
    local part parts
    case $1 in
        0.0.0.0) return 0 ;;
        ::) grep -q . /proc/net/if_inet6 2>/dev/null && return ;;
        *) ;;
    esac
    [[ $1 =~ ^[0-9]{1,3}(\.[0-9]{1,3}){3}$ ]] || return 1
    IFS=. read -r -a parts <<<"$1"
    for part in "${parts[@]}"; do
        if ((10#$part > 255)) || [[ $part == 0?* ]]; then return 1; fi
    done
    [[ $1 == 127.* || ", $(our_addresses)," == *", $1,"* ]]
}

port_valid() { [[ $1 =~ ^[1-9][0-9]{3,4}$ ]] && (($1 >= 1024 && $1 <= 65400)); }

# The kernel's own list, so that no tool needs to be there yet. Prints the socket's inode.
port_listener_inode() {
    local hex
    printf -v hex ':%04X' "$1"
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v port="$hex" '$4 == "0A" && substr($2, length($2) - 4) == port && !found { print $10; found = 1 }'
}
port_is_taken() { [[ -n $(port_listener_inode "$1") ]]; }

# ports_block_is_free FIRST: nobody listens on any of the 90 ports of a block.
ports_block_is_free() {
    local hex
    while read -r hex; do
        if ((16#$hex >= $1 && 16#$hex < $1 + 90)); then return 1; fi
    done < <(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$4 == "0A" { print substr($2, length($2) - 3) }')
}

# ports_choose FIRST LAST: PORT is the beginning of the first block between them that is free.
ports_choose() {
    for ((PORT = $1; PORT < $2; PORT += 100)); do
        if ports_block_is_free "$PORT"; then return; fi
    done
    die "no block of 90 free ports between $1 and $2"
}

# "nginx (process 812)", as far as this user may see it.
port_holder() {
    local inode link pid
    inode=$(port_listener_inode "$1")
    link=$(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" -print -quit 2>/dev/null || :)
    pid=${link#/proc/} pid=${pid%%/*}
    if [[ -n $pid ]]; then
        printf '%s (process %s)' "$(cat "/proc/$pid/comm" 2>/dev/null || echo 'a program')" "$pid"
    else
        printf 'another program'
    fi
}

# port_require PORT WHAT
port_require() {
    port_is_taken "$1" || return 0
    die "port $1, for $2, is taken by $(port_holder "$1"); free it, or choose another block with --port (now $PORT)"
}

ports_require_service() {
    port_require "$(port_service "$1" "$2")" "$1, copy $2"
    port_require "$(port_admin "$1" "$2")" "the admin port of $1, copy $2"
}

# What of the block isn't running yet must be free.
ports_check() {
    local service i
    part_running haproxy || { port_require "$PORT" "the front door" && port_require "$(port_haproxy_stats)" "the front door's figures"; }
    part_running postgres || port_require "$(port_postgres)" PostgreSQL
    part_running kafka || { port_require "$(port_kafka)" Kafka && port_require "$(port_kafka_controller)" "Kafka's controller"; }
    part_running receiver || port_require "$(port_receiver)" "the sample partner's receiver"
    for service in "${SERVICES[@]}"; do
        for ((i = 1; i <= ${COPIES[$service]}; i++)); do
            part_running "$service-$i" || ports_require_service "$service" "$i"
        done
    done
}
