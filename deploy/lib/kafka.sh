# Apache Kafka, KRaft, one node on loopback, as the system user. Sourced.
# shellcheck shell=bash

kafka_folder() { echo "$JISR_DATA/kafka"; }

# The jars are copied beside the data: the project may lie in a private home.
kafka_prepare() {
    local folder
    folder=$(kafka_folder)
    mkdir -p "$folder/lib"
    install -d -m 0700 -o "$SYSTEM_USER" -g "$SYSTEM_USER" "$folder/log"
    if [[ ! -f $folder/lib.sha256 ]] || ! cmp -s "$folder/lib.sha256" "$PROJECT/deploy/kafka/jars.sha256"; then
        rm -rf "${folder:?}/lib"
        cp -r "$KAFKA_LIB" "$folder/lib"
        chmod -R u=rwX,go=rX "$folder/lib"
        cp "$PROJECT/deploy/kafka/jars.sha256" "$folder/lib.sha256"
    fi
    sed -e "s|@PORT@|$(port_kafka)|; s|@CONTROLLER_PORT@|$(port_kafka_controller)|g; s|@DATA@|$JISR_DATA|" \
        "$PROJECT/deploy/kafka/server.properties.in" >"$folder/server.properties"
    cp "$PROJECT/deploy/kafka/log4j2.properties" "$folder/log4j2.properties"
    if [[ ! -f $folder/log/meta.properties ]]; then
        kafka_java kafka.tools.StorageTool random-uuid >"$folder/cluster-id" 2>/dev/null || die "Kafka's storage tool doesn't run; try: java -version"
        quietly "formatting Kafka's storage" kafka_java kafka.tools.StorageTool format --config "$folder/server.properties" --cluster-id "$(<"$folder/cluster-id")"
    fi
}

kafka_java() {
    local folder
    folder=$(kafka_folder)
    setpriv --reuid="$SYSTEM_USER" --regid="$SYSTEM_USER" --init-groups \
        java -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$folder/lib/*" -Dlog4j2.configurationFile="$folder/log4j2.properties" "$@"
}

kafka_start() {
    local folder
    folder=$(kafka_folder)
    note "4.1.1 on 127.0.0.1:$(port_kafka)"
    if ! part_running kafka; then
        kafka_prepare
        part_start kafka "$SYSTEM_USER" TERM 30 - "$(command -v java)" -Xms64m -Xmx"${JISR_KAFKA_HEAP:-256m}" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
            -XX:+ExitOnOutOfMemoryError -Djava.awt.headless=true -Dlog4j2.configurationFile="$folder/log4j2.properties" \
            -cp "$folder/lib/*" kafka.Kafka "$folder/server.properties"
    fi
    part_await kafka 180 kafka_answers
}

# An ApiVersions request (key 18, version 0): a broker that answers it serves clients; the open port alone says less.
kafka_answers() {
    # shellcheck disable=SC2016 # expanded by the inner shell
    timeout 2 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0"
        printf "\0\0\0\12\0\22\0\0\0\0\0\1\377\377" >&3
        [[ $(head -c 8 <&3 | od -An -tx1 | tr -d " \n") == *00000001 ]]' "$(port_kafka)" 2>/dev/null
}
