# Everything of deploy/lib, for the scripts of deploy/ and tests/. Sourced; PROGRAM is set before.
# shellcheck shell=bash

for part in ui instance ports process packages build postgres kafka haproxy services; do
    # shellcheck source=/dev/null
    . "$(dirname "${BASH_SOURCE[0]}")/$part.sh"
done
unset part
