"""proto/ as tests read it: event types of topics.h, JSON Schemas with formats checked, YAML without double keys, references across files."""
import datetime
import functools
import json
import pathlib
import re
import urllib.parse
import uuid

import jsonschema
import yaml

PROJECT = pathlib.Path(__file__).resolve().parents[2]
PROTO = PROJECT / "proto"
SERVICES = ("intake", "eligibility", "training", "notifier")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@functools.cache
def event_topics():
    """{event type: [its topics]}, out of EVENT_LIST."""
    text = (PROTO / "topics.h").read_text(encoding="utf-8")
    values = dict(re.findall(r'#define ((?:EVENT|TOPIC)_\w+) "([^"]+)"', text))
    rows = re.findall(r"X\(\w+, (EVENT_\w+), (TOPIC_\w+), (\w+)\)", text)
    return {values[event]: [values[topic] for topic in topics if topic != "NULL"] for event, *topics in rows}


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_without_doubles)


def event_schema(event_type):
    return read_json(PROTO / "events" / f"{event_type}.json")


def event_example(event_type):
    return read_json(PROTO / "examples" / f"{event_type}.json")


def _without_doubles(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError(f"the same member twice: {names}")
    return dict(pairs)


class _Loader(yaml.SafeLoader):
    """A key twice is a mistake, and 2026-01-01 stays a text."""


def _mapping(loader, node):
    loader.flatten_mapping(node)
    found = _without_doubles(loader.construct_pairs(node, deep=True))
    torn = [name for name in found if isinstance(name, str) and " " in name]
    if torn:
        raise ValueError(f"{node.start_mark}: a text with a comma in it needs quotes, or it ends there: {torn}")
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: node.value)


@functools.cache
def read_yaml(path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)


def references(value):
    """All $ref below a value."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def resolve(path, reference):
    """What a $ref in the file at `path` leads to; KeyError or FileNotFoundError when it leads nowhere."""
    file, _, pointer = reference.partition("#")
    target = path if not file else (path.parent / file).resolve()
    value = read_yaml(target) if target.suffix == ".yaml" else read_json(target)
    for part in pointer.split("/")[1:]:
        value = value[part.replace("~1", "/").replace("~0", "~")]
    return value


def follow(path, value):
    """The value itself, or what it refers to."""
    while isinstance(value, dict) and "$ref" in value:
        value = resolve(path, value["$ref"])
    return value


def _checks():
    checker = jsonschema.FormatChecker(formats=())
    checker.checks("uuid", ValueError)(lambda value: not isinstance(value, str) or str(uuid.UUID(value)) == value)
    checker.checks("date-time", ValueError)(lambda value: not isinstance(value, str) or _is_instant(value))
    checker.checks("date", ValueError)(lambda value: not isinstance(value, str) or datetime.date.fromisoformat(value) is not None)
    return checker


def _is_instant(value):
    return INSTANT.fullmatch(value) is not None and datetime.datetime.fromisoformat(value[:19]) is not None


def validator(schema, path=None):
    """Checks values, formats too. `path`: the file that the schema is part of, where it refers to other parts of it or to its neighbours."""
    if path is None:
        return jsonschema.Draft202012Validator(schema, format_checker=_checks())
    whole = read_yaml(path)
    resolver = jsonschema.RefResolver(path.as_uri(), whole, store={path.as_uri(): whole}, handlers={"file": _neighbour})
    return jsonschema.Draft202012Validator(schema, format_checker=_checks(), resolver=resolver)


def _neighbour(uri):
    """Without its $id: jsonschema can't resolve `#/…` against a URN, against the file's own address it can."""
    schema = read_json(pathlib.Path(urllib.parse.unquote(urllib.parse.urlsplit(uri).path)))
    return {name: value for name, value in schema.items() if name != "$id"}


def faults(checker, value):
    """What is wrong with a value, a line each; empty: nothing."""
    return [f"/{'/'.join(map(str, fault.absolute_path))}: {fault.message}" for fault in checker.iter_errors(value)]


def unnamed(schema, value, place="", root=None):
    """Members that the schema doesn't name: readers allow them, a writer has to say them."""
    root = root or schema
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    found = []
    if isinstance(value, dict):
        known = schema.get("properties", {})
        for name, item in value.items():
            found += unnamed(known[name], item, f"{place}/{name}", root) if name in known else [f"{place}/{name}"]
    elif isinstance(value, list):
        for item in value:
            found += unnamed(schema.get("items", {}), item, f"{place}/-", root)
    return found
