# What is built: the programs, and the folder of Kafka's jars. Sourced.
# shellcheck shell=bash

readonly PAGES=$PROJECT/services/intake/web
readonly KAFKA_LIB=$PROJECT/.build/kafka/lib

build_release() {
    cd "$PROJECT" || return
    as_project_owner mkdir -p .build
    # Two instances of one folder may come up at the same time.
    quietly "configuring the build" as_project_owner flock .build/lock cmake --preset release
    quietly "building" as_project_owner flock .build/lock cmake --build --preset release
    note "release, $(find "$RELEASE/bin" -type f -executable | wc -l) programs"
}

# A service that runs an older program, or has read older pages, than what is installed: written down before that is, so that a run that is cut off in between
# leaves the next one knowing it.
service_is_old() { [[ -f $JISR_HOME/run/$1.old ]]; }
service_set_old() { : >"$JISR_HOME/run/$1.old"; }
service_set_new() { rm -f "$JISR_HOME/run/$1.old"; }

# Programs and pages go where the unprivileged user reaches them, whatever folder the project lies in.
build_install() {
    local program name
    for program in "$RELEASE"/bin/jisr-* "$RELEASE/bin/jisrctl"; do
        name=$(basename "$program")
        cmp -s "$program" "$JISR_DATA/bin/$name" && continue
        if service_known "${name#jisr-}"; then service_set_old "${name#jisr-}"; fi
        install -m 0755 "$program" "$JISR_DATA/bin/$name.new"
        mv "$JISR_DATA/bin/$name.new" "$JISR_DATA/bin/$name"
    done
    if ! diff -rq "$PAGES" "$JISR_DATA/web" >/dev/null 2>&1; then
        service_set_old intake
        rm -rf "$JISR_DATA/web"
        cp -r "$PAGES" "$JISR_DATA/web"
        chmod -R u=rwX,go=rX "$JISR_DATA/web"
    fi
}

# Maven resolves the pinned pom; the list of checksums makes sure that it is the same broker everywhere.
kafka_jars_ensure() {
    local stamp=$PROJECT/.build/kafka/pom.sha256 want
    want=$(cat "$PROJECT/deploy/kafka/pom.xml" "$PROJECT/deploy/kafka/jars.sha256" | sha256sum)
    note "4.1.1, all there"
    [[ -f $stamp && $(<"$stamp") == "$want" ]] && return
    rm -rf "$KAFKA_LIB"
    as_project_owner mkdir -p "$KAFKA_LIB"
    quietly "fetching Kafka's jars with Maven (is there a network?)" as_project_owner mvn -q -B -f "$PROJECT/deploy/kafka/pom.xml" \
        dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$KAFKA_LIB"
    cd "$KAFKA_LIB" || return
    quietly "checking Kafka's jars against deploy/kafka/jars.sha256" sha256sum --check --quiet "$PROJECT/deploy/kafka/jars.sha256"
    printf '%s\n' "$want" >"$stamp"
    note "4.1.1, $(find "$KAFKA_LIB" -name '*.jar' | wc -l) jars"
}

# Maven waits for the network while the compiler works: begun before the build, and what has failed by then is tried once more, with its reason.
JARS_AHEAD=
kafka_jars_begin() {
    (kafka_jars_ensure) >/dev/null 2>&1 9>&- &
    JARS_AHEAD=$!
}
kafka_jars_step() {
    if [[ -n $JARS_AHEAD ]]; then wait "$JARS_AHEAD" || :; fi
    kafka_jars_ensure
}

java_require() {
    local version
    command -v java >/dev/null || die "Kafka needs Java 17 and there is no java on the PATH"
    version=$(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
    ((${version:-0} >= 17)) || die "Kafka needs Java 17; the java on the PATH is ${version:-unknown}"
}
