# store.sql → C: one `struct db_statement` a named statement, and the catalog of them all.
function close_statement() { if (name != "") { print "};" > c; name = "" } }
BEGIN {
    c = out ".c"; h = out ".h"; upper = toupper(stem); guard = "JISR_" upper "_STATEMENTS_H"
    print "/* Made from " stem ".sql; do not edit. */" > h
    print "#ifndef " guard "\n#define " guard "\n#include \"db/catalog.h\"\n" > h
    print "/* Made from " stem ".sql; do not edit. */\n#include \"" stem "_statements.h\"" > c
}
/^-- name: / {
    close_statement()
    name = $3; names[++count] = name
    print "extern const struct db_statement " upper "_" toupper(name) ";" > h
    print "const struct db_statement " upper "_" toupper(name) " = {\"" stem "_" name "\"," > c
    next
}
name != "" {
    line = $0
    if (line ~ /^[ \t]*--/ || line ~ /^[ \t]*$/) next
    gsub(/\\/, "&&", line); gsub(/"/, "\\\"", line)
    print "    \"" line "\\n\"" > c
}
END {
    close_statement()
    # A module may offer its catalog in a header of its own as well.
    print "extern const struct db_catalog " upper "_CATALOG; /* NOLINT(readability-redundant-declaration) */\n\n#endif" > h
    printf "static const struct db_statement *const all[] = {" > c
    for (i = 1; i <= count; i++) printf "&%s_%s, ", upper, toupper(names[i]) > c
    print "};\nconst struct db_catalog " upper "_CATALOG = {all, sizeof(all) / sizeof(all[0])};" > c
}
