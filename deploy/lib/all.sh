# Everything of deploy/lib, for the scripts of deploy/ and tests/. Sourced; PROGRAM is set before.
# shellcheck shell=bash source-path=SCRIPTDIR

# Other users read the programs and their settings, whatever root's own mask is; what is secret is given its mode where it is made.
umask 022

LIB=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=ui.sh
. "$LIB/ui.sh"
# shellcheck source=instance.sh
. "$LIB/instance.sh"
# shellcheck source=ports.sh
. "$LIB/ports.sh"
# shellcheck source=process.sh
. "$LIB/process.sh"
# shellcheck source=packages.sh
. "$LIB/packages.sh"
# shellcheck source=build.sh
. "$LIB/build.sh"
# shellcheck source=postgres.sh
. "$LIB/postgres.sh"
# shellcheck source=kafka.sh
. "$LIB/kafka.sh"
# shellcheck source=haproxy.sh
. "$LIB/haproxy.sh"
# shellcheck source=services.sh
. "$LIB/services.sh"
# shellcheck source=sample.sh
. "$LIB/sample.sh"
