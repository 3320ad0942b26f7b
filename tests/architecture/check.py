#!/usr/bin/python3
"""Does the code keep to the house's layers (style.md's "The house")? Reads the tree and the domain's object files; changes nothing.

    check.py ROOT [--objects FILE]   FILE: lines `domain path.o`, written by CMake. Prints each violation, exit status 1 when there is one.
    check.py --self-test             plants one violation of every rule in a scratch tree and expects to find exactly that.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

LINES_MAX = 400
LINES_EXCEPTIONS = {}  # path: reason
INCLUDE_EXCEPTIONS = {  # (file, what it includes): reason
    ("services/jisrctl/rules.c", "services/eligibility/rules_cli.h"): "`jisrctl rules apply` is eligibility's own evaluator on standard input",
    ("services/jisrctl/rescore.c", "services/eligibility/rescore.h"): "`jisrctl rescore` is eligibility's own assessment, over all of a call",
}

# Each part of common/ and the parts that it may include. What is not named is forbidden, so a new part has to be entered here.
LAYERS = {
    "base": (),
    "app": ("base",),
    "json": ("app", "base"),
    "crypto": ("json", "app", "base"),
    "db": ("crypto", "json", "app", "base"),
    "bus": ("crypto", "json", "app", "base"),
    "net": ("crypto", "json", "app", "base"),
    "clamd": ("app", "base"),
    "paper": ("app", "base"),
    "picture": ("app", "base"),
    "pdf": ("app", "base"),
    "preview": ("picture", "app", "base"),
    "filetype": ("app", "base"),
    "charset": ("base",),
    "http": ("db", "bus", "net", "crypto", "json", "app", "base"),
    "relay": ("http", "db", "bus", "net", "crypto", "json", "app", "base"),
    "service": ("relay", "http", "db", "bus", "net", "crypto", "json", "app", "base"),
}

# Header of a foreign library: the folders that know it.
FOREIGN = (
    (r"jansson\.h", ("common/json",)),
    (r"libpq-fe\.h|libpq/.*|postgres_ext\.h|pg_config.*", ("common/db",)),
    (r"librdkafka/.*", ("common/bus",)),
    (r"microhttpd\.h|zlib\.h", ("common/http",)),
    (r"curl/.*", ("common/net",)),
    (r"sodium\.h|sodium/.*|openssl/.*", ("common/crypto",)),
    (r"turbojpeg\.h|png\.h|webp/.*", ("common/picture",)),
    (r"qpdf/.*", ("common/pdf",)),
    (r"magic\.h", ("common/filetype",)),
    (r"iconv\.h", ("common/charset",)),
    (r"pango/.*|qrencode\.h", ("common/paper",)),
    (r"cairo.*\.h", ("common/paper", "common/preview")),
    (r"poppler.*\.h", ("common/preview",)),
)

# What pure code never calls: each pattern with why. Memory comes from an arena; time, ids and randomness are arguments.
IMPURE = (
    (r"PQ.*", "PostgreSQL"),
    (r"rd_kafka.*", "Kafka"),
    (r"MHD_.*", "HTTP"),
    (r"json_(?!add_|parse$|member$|setup$).*", "jansson"),
    (r"curl_.*|sodium_.*|crypto_.*|EVP_.*|RAND_.*|randombytes.*", "foreign libraries"),
    (r"malloc|calloc|realloc|free|strdup|strndup|posix_memalign|aligned_alloc", "memory that is no arena's"),
    (r"time|clock|clock_.*|gettimeofday|localtime.*|gmtime.*|mktime|nanosleep|usleep|sleep", "the clock"),
    (r"rand|random|srand.*|getrandom|getentropy|arc4random.*", "randomness"),
    (r"getenv|secure_getenv|setlocale", "the environment"),
    (r"v?f?printf|v?s?n?printf|v?dprintf|v?asprintf|puts|putchar|fputs|fputc|__printf_chk|__fprintf_chk", "printing"),
    (r"open(64)?|fopen(64)?|read|write|close|socket|connect|send|recv", "input and output"),
    (r"pthread_.*|mtx_.*|thrd_.*", "threads"),
    (r"exit|abort|_exit", "the end of the process"),
)
# strtod and libm are pure; str_format and buf_format are base's own.

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def sources(root, *folders):
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".c", ".h") and "node_modules" not in path.parts:
                yield path


def includes(path):
    return [(quote, name) for quote, name in INCLUDE.findall(path.read_text())]


def resolve(root, path, name):
    """The project's file that a quoted name means; None for what the build makes."""
    for base in (path.parent, root / "common", root, root / "tests"):
        if (base / name).is_file():
            return Path(os.path.normpath(base / name)).relative_to(root)
    return None


def part_of(path):
    """("common", "db") or ("services", "intake") or ("proto", "")."""
    parts = path.parts
    return parts[0], parts[1] if len(parts) > 2 else ""


def check_include(path, target):
    """Why `path` must not include `target` (both relative), or None."""
    house, part = part_of(path)
    target_house, target_part = part_of(target)
    if house == "common":
        if target_house == "proto":
            return None if part in ("relay", "bus", "service") else f"common/{part} must know no event type"
        if target_house != "common":
            return f"common/{part} must know no {target_house}"
        if part not in LAYERS:
            return f"common/{part} has no place among the layers (LAYERS in {Path(__file__).name})"
        if target_part != part and target_part not in LAYERS[part]:
            return f"common/{part} is below common/{target_part}"
    if house == "services" and target_house == "services" and part != target_part:
        return f"services/{part} must not include another service's file"
    return None


def include_violations(root):
    for path in sources(root, "common", "services"):
        relative = path.relative_to(root)
        for quote, name in includes(path):
            target = resolve(root, path, name) if quote == '"' else None
            why = check_include(relative, target) if target else None
            if why and (str(relative), str(target)) not in INCLUDE_EXCEPTIONS:
                yield f"{relative}: includes {target}: {why}"
            for pattern, homes in FOREIGN:
                if re.fullmatch(pattern, name) and "/".join(relative.parts[:2]) not in homes:
                    yield f"{relative}: includes {name}, which only {' and '.join(homes)} may"


def size_violations(root):
    for path in sources(root, "common", "services", "proto", "tests"):
        relative = str(path.relative_to(root))
        lines = path.read_text().count("\n")
        if lines > LINES_MAX and relative not in LINES_EXCEPTIONS:
            yield f"{relative}: {lines} lines, more than {LINES_MAX}"
    for relative in LINES_EXCEPTIONS:
        if not (root / relative).is_file() or (root / relative).read_text().count("\n") <= LINES_MAX:
            yield f"{relative}: needs no exception any more"


def without_comments(sql):
    sql = re.sub(r"/\*.*?\*/", " ", sql, flags=re.S)
    return re.sub(r"'(?:[^']|'')*'", "''", re.sub(r"--[^\n]*", " ", sql))


def sql_violations(root):
    services = [path.name for path in sorted((root / "services").iterdir()) if path.is_dir()]
    for service in services:
        for path in sorted((root / "services" / service).rglob("*.sql")):
            named = set(re.findall(r"\b(\w+)\s*\.\s*\w+", without_comments(path.read_text())))
            for other in sorted(named & (set(services) - {service, "vault"})):
                yield f"{path.relative_to(root)}: names {other}'s schema: services share nothing but events"
            # vault. is its functions alone: no grant reaches its tables, but a statement that fails at run time is a late answer
            for relation in re.findall(r"\b(?:from|join|into|update|table)\s+(vault\s*\.\s*\w+)(?!\s*\(|\w)", without_comments(path.read_text()), re.I):
                if service != "vault":
                    yield f"{path.relative_to(root)}: uses the table {relation}: the vault is reached through its functions"


# The names of events are words of the domain; the header holds nothing else.
PURE_ELSEWHERE = {"proto/topics.h"}


def domain_source_violations(root, files):
    """Domain files include base, the names of events, and headers that are themselves pure, of their own folder."""
    for domain, relative in files:
        seen, waiting = set(), [root / relative]
        while waiting:
            path = waiting.pop()
            if path in seen:
                continue
            seen.add(path)
            for quote, name in includes(path):
                target = resolve(root, path, name) if quote == '"' else None
                if target is None or part_of(target) == ("common", "base") or str(target) in PURE_ELSEWHERE:
                    if quote == '"' and target is None:
                        yield f"{relative}: includes {name}, which the build makes: {domain} is pure"
                elif part_of(target) == part_of(relative):
                    waiting.append(root / target)
                else:
                    through = "" if path == root / relative else f" through {path.name}"
                    yield f"{relative}: includes {target}{through}: {domain} is pure"


def undefined_symbols(path):
    text = subprocess.run(["nm", "-u", "--format=posix", str(path)], check=True, capture_output=True, text=True).stdout
    return [line.split()[0].split("@")[0] for line in text.splitlines() if line.strip()]


def object_violations(objects):
    for domain, path in objects:
        if not Path(path).is_file():
            yield f"{domain}: {Path(path).name} is not built: build everything before this test"
            continue
        for symbol in undefined_symbols(path):
            for pattern, what in IMPURE:
                if re.fullmatch(pattern, symbol):
                    yield f"{domain}: {Path(path).name} calls {symbol}: {what}"


def read_objects(path):
    return [tuple(line.split(" ", 1)) for line in Path(path).read_text().splitlines() if line]


def violations(root, objects=(), domain_files=()):
    yield from include_violations(root)
    yield from size_violations(root)
    yield from sql_violations(root)
    yield from domain_source_violations(root, domain_files)
    yield from object_violations(objects)


def domain_files_of(root, objects):
    """An object file's path ends in <source>.o below CMakeFiles/<target>.dir: the source of the folder that has it."""
    for domain, path in objects:
        match = re.search(r"([^/]+/[^/]+)/CMakeFiles/[^/]+\.dir/(.+)\.o$", path)
        if not match or not (root / match[1] / match[2]).is_file():
            raise SystemExit(f"{path}: no source file of the project")
        yield domain, Path(match[1]) / match[2]


# Self-test: a small tree that is right, and changes to it that each break one rule.
CLEAN = {
    "common/base/str.h": "struct str;\n",
    "common/json/wire.h": '#include "base/str.h"\n',
    "common/json/wire.c": '#include <jansson.h>\n#include "json/wire.h"\n',
    "common/db/db.c": "#include <libpq-fe.h>\n#include \"json/wire.h\"\n",
    "services/intake/application/application.h": '#include "base/str.h"\n',
    "services/intake/application/application.c": '#include "application.h"\nint application_rank(int x);\nint application_rank(int x) { return x + 1; }\n',
    "services/intake/store/store.sql": "-- name: a\nSELECT a.x FROM application a, vault.facts_keys($1) -- training.session\n",
    "services/training/main.c": '#include "json/wire.h"\n',
    "services/training/store.h": "\n",
    "services/vault/migrations/0001.sql": "SELECT 1\n",
    "proto/topics.h": "\n",
    "tests/unit/a_test.c": "\n",
}
PLANTED = (
    ("a lower layer includes a higher one", "common/json/wire.c", '#include "db/pool.h"\n', "is below common/db"),
    ("common knows a service", "common/db/db.c", '#include "services/intake/application/application.h"\n', "must know no services"),
    ("a part without a layer", "common/cache/cache.c", '#include "base/str.h"\n', "no place among the layers"),
    ("base knows event types", "common/base/a.c", '#include "proto/topics.h"\n', "must know no event type"),
    ("a service includes another", "services/intake/main.c", '#include "services/training/store.h"\n', "another service's file"),
    ("the same, by a path", "services/intake/main.c", '#include "../training/store.h"\n', "another service's file"),
    ("jansson outside its folder", "services/training/main.c", "#include <jansson.h>\n", "only common/json may"),
    ("libpq outside its folder", "common/json/wire.c", "#include <libpq-fe.h>\n", "only common/db may"),
    ("Kafka outside its folder", "common/db/db.c", "#include <librdkafka/rdkafka.h>\n", "only common/bus may"),
    ("HTTP outside its folder", "common/db/db.c", "#include <microhttpd.h>\n", "only common/http may"),
    ("libcurl outside its folder", "services/jisrctl/demo.c", "#include <curl/curl.h>\n", "only common/net may"),
    ("OpenSSL outside its folder", "services/intake/main.c", "#  include <openssl/evp.h>\n", "only common/crypto may"),
    ("a file too long", "common/db/long.c", "\n" * (LINES_MAX + 1), f"more than {LINES_MAX}"),
    ("another service's table", "services/intake/store/store.sql", "SELECT 1 FROM training.session\n", "names training's schema"),
    ("the vault's table", "services/intake/store/store.sql", "SELECT 1 FROM vault.subject s\n", "through its functions"),
    ("a domain file includes an adapter", "services/intake/application/application.h", '#include "json/wire.h"\n', "is pure"),
    ("a domain file calls malloc", "services/intake/application/application.c", "void *malloc(unsigned long);\nvoid *f(void);\nvoid *f(void) { return malloc(7); }\n", "calls malloc"),
    ("a domain file asks the time", "services/intake/application/application.c", "long time(long *);\nlong f(void);\nlong f(void) { return time(0); }\n", "calls time"),
    ("a domain file prints", "services/intake/application/application.c", "int printf(const char *, ...);\nint f(int);\nint f(int n) { return printf(\"%d\", n); }\n", "calls printf"),
    ("a domain file asks PostgreSQL", "services/intake/application/application.c", "int PQexec(void);\nint f(void);\nint f(void) { return PQexec(); }\n", "calls PQexec"),
)


def violations_of_tree(files):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        (root / "common/db/pool.h").write_text("\n")
        compiled = root / "application.o"
        command = ["cc", "-c", "-w", f"-I{root / 'common'}", "-o", str(compiled), str(root / "services/intake/application/application.c")]
        subprocess.run(command, check=True)
        return list(violations(root, [("intake", str(compiled))], [("intake", Path("services/intake/application/application.c"))]))


def self_test():
    failures = [f"the clean tree: {violation}" for violation in violations_of_tree(CLEAN)]
    for why, name, text, expected in PLANTED:
        found = violations_of_tree({**CLEAN, name: text})
        if len(found) != 1 or expected not in found[0]:
            failures.append(f"{why}: expected one violation with {expected!r}, found {found}")
    for failure in failures:
        print(failure)
    print(f"self-test: {len(PLANTED)} planted violations, {len(failures)} failures")
    return 1 if failures else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", nargs="?", type=Path)
    parser.add_argument("--objects", help="object files of the domain: lines `domain path`")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    if not options.root:
        parser.error("the project's root is needed")
    root = options.root.resolve()
    objects = read_objects(options.objects) if options.objects else []
    found = list(violations(root, objects, list(domain_files_of(root, objects))))
    for violation in found:
        print(violation)
    print(f"architecture: {len(objects)} object files of the domain, {len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
