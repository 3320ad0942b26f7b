# PostgreSQL: a cluster of the instance's own, in its data folder, on its own port. Sourced.
# shellcheck shell=bash

readonly ROLES=(owner intake eligibility training notifier check)

postgres_folder() { echo "$JISR_DATA/pg"; }

# The newest server on the machine, 14 or later.
postgres_bin() {
    local folder
    folder=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -type d -printf '%f\n' 2>/dev/null | sort -n | tail -n 1)
    [[ -n $folder && $folder -ge 14 && -x /usr/lib/postgresql/$folder/bin/postgres ]] || die "no PostgreSQL server (14 or later) below /usr/lib/postgresql; install postgresql-15"
    echo "/usr/lib/postgresql/$folder/bin"
}

as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }

# SQL on standard input, as the superuser, over the socket.
postgres_admin() { as_postgres psql -X -q -v ON_ERROR_STOP=1 -h "$JISR_DATA/run" -p "$(port_postgres)" -d "${1:-postgres}" "${@:2}"; }

# A path as libpq reads it: in quotes where it has spaces or signs.
dsn_value() {
    local value=$1
    if [[ $value == *[!A-Za-z0-9._/-]* ]]; then
        value=${value//\\/\\\\}
        value="'${value//\'/\\\'}'"
    fi
    echo "$value"
}
uri_value() {
    local LC_ALL=C value='' at code
    for ((at = 0; at < ${#1}; at++)); do
        printf -v code '%02X' "'${1:at:1}"
        case ${1:at:1} in
            [A-Za-z0-9._/-]) value+=${1:at:1} ;;
            *) value+=%${code: -2} ;;
        esac
    done
    echo "$value"
}
# postgres_dsn ROLE: over the socket, for programs on this machine; the password is in a file that only its user reads.
postgres_dsn() { echo "host=$(dsn_value "$JISR_DATA/run") $(dsn_rest "$@")"; }
postgres_dsn_tcp() { echo "host=127.0.0.1 $(dsn_rest "$@")"; }
dsn_rest() { echo "port=$(port_postgres) dbname=${2:-jisr} user=jisr_$1 passfile=$(dsn_value "$(postgres_passfile "$1")")"; }
# As a URI: without spaces, for tools that aren't careful with quotes.
postgres_uri() { echo "postgresql://jisr_$1@127.0.0.1:$(port_postgres)/${2:-jisr}?passfile=$(uri_value "$(postgres_passfile "$1")")"; }

postgres_passfile() {
    case $1 in
        check) echo "$JISR_HOME/pgpass" ;;
        *) echo "$JISR_DATA/pass/$1" ;;
    esac
}
postgres_password() { cut -d: -f5 "$(postgres_passfile "$1")"; }

postgres_passfile_ensure() {
    local file
    file=$(postgres_passfile "$1")
    if [[ ! -s $file ]]; then
        (umask 077 && printf '*:*:*:jisr_%s:%s\n' "$1" "$(openssl rand -hex 24)" >"$file.new")
        mv "$file.new" "$file"
    fi
    case $1 in
        check) give_to_invoker "$file" ;;
        owner | test) chown root:root "$file" ;;
        *) chown "$SYSTEM_USER:$SYSTEM_USER" "$file" ;;
    esac
}

postgres_prepare() {
    local folder
    folder=$(postgres_folder)
    chown postgres:postgres "$JISR_DATA/run"
    if [[ ! -f $folder/PG_VERSION ]]; then
        # Under another name until it is whole: one that was cut off in the middle looks much like a cluster.
        rm -rf "$folder" "$folder.new"
        install -d -m 0700 -o postgres -g postgres "$folder.new"
        quietly "making the database cluster" as_postgres "$(postgres_bin)/initdb" -D "$folder.new" --encoding=UTF8 --locale=C.UTF-8 \
            --auth-local=peer --auth-host=scram-sha-256 --data-checksums --no-instructions
        echo "include 'jisr.conf'" >>"$folder.new/postgresql.conf"
        mv "$folder.new" "$folder"
    fi
    sed -e "s|@PORT@|$(port_postgres)|; s|@DATA@|$JISR_DATA|; s|@SHARED_BUFFERS@|${JISR_SHARED_BUFFERS:-256MB}|" \
        "$PROJECT/deploy/postgres/jisr.conf.in" >"$folder/jisr.conf"
    cp "$PROJECT/deploy/postgres/pg_hba.conf" "$folder/pg_hba.conf"
    chown postgres:postgres "$folder"/{jisr,pg_hba}.conf
}

postgres_answers() { as_postgres "$(postgres_bin)/pg_isready" -q -h "$JISR_DATA/run" -p "$(port_postgres)"; }

postgres_start() {
    local bin role
    bin=$(postgres_bin)
    for role in "${ROLES[@]}"; do postgres_passfile_ensure "$role"; done
    note "$("$bin/postgres" --version | sed 's/^[^0-9]*\([0-9.]*\).*/\1/') on 127.0.0.1:$(port_postgres)"
    if ! part_running postgres; then
        postgres_prepare
        part_start postgres postgres INT 60 - "$bin/postgres" -D "$(postgres_folder)"
    fi
    part_await postgres 120 postgres_answers
    postgres_roles
}

postgres_roles() {
    local role
    quietly "making the database's roles" postgres_admin postgres < <(
        printf "\\\\set roles '%s'\n" "$(printf 'jisr_%s ' "${ROLES[@]}" | sed 's/ $//')"
        for role in "${ROLES[@]}"; do printf "\\\\set password_%s '%s'\n" "$role" "$(postgres_password "$role")"; done
        cat "$PROJECT/deploy/postgres/roles.sql"
    )
}
