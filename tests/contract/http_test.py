"""proto/http/*.yaml: well-formed OpenAPI 3.1, and the same routes, credentials and parameters as the tables of the services."""
import re
import unittest

import jsonschema

from support.proto import PROJECT, PROTO, SERVICES, faults, follow, read_yaml, references, resolve, validator

VERBS = ("get", "put", "post", "delete", "patch", "head")
OPERATION = {"operationId", "summary", "description", "security", "parameters", "requestBody", "responses"}
ROUTE = re.compile(r'\{HTTP_([A-Z]+),\s*"(/[^"]+)",\s*([A-Z_|\s]+),')
ROW = re.compile(r'\{HTTP_([A-Z]+),\s*"(/[^"]+)",\s*([A-Z_|\s]+),\s*\w+,\s*\w+,\s*(\w+),\s*([\w |\n]+),\s*"')
PROBLEM = "application/problem+json"


def file_of(service):
    return PROTO / "http" / f"{service}.yaml"


def routes(service):
    """{(METHOD, path): who may, as the table writes it}"""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((PROJECT / "services" / service).glob("routes*.c")))
    named = dict(re.findall(r"#define (\w+) \((WHO_[A-Z_| ]+)\)", text))
    return {(verb, path): named.get(who.strip(), who.strip()) for verb, path, who in ROUTE.findall(text)}


def rows(service):
    """{(METHOD, path): (what its body may hold, flags)} of the tables."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((PROJECT / "services" / service).glob("routes*.c")))
    return {(verb, path): (most, set(re.findall(r"HTTP_\w+", flags))) for verb, path, _, most, flags in ROW.findall(text)}


def statuses_of(row, operation, parameters):
    """What the server itself may answer, before or beside the handler."""
    most, flags = row
    statuses = {"401", "406"}  # a credential that is malformed or forged, on a public route as well; nothing that is accepted
    if most != "0":
        statuses |= {"400", "413"}
        if "HTTP_ANY_MEDIA" not in flags:
            statuses |= {"415", "422"}
    names = {each["name"] for each in parameters}
    if "If-Match" in names:
        statuses |= {"400", "412"}
    if "Idempotency-Key" in names or any(each["in"] == "query" for each in parameters):
        statuses.add("400")
    return statuses


def operations():
    """(service, METHOD, path, operation, all its parameters) of every file."""
    for service in SERVICES:
        file = file_of(service)
        for path, item in read_yaml(file)["paths"].items():
            for verb in VERBS:
                if verb in item:
                    parameters = [follow(file, each) for each in item.get("parameters", []) + item[verb].get("parameters", [])]
                    yield service, verb.upper(), path, item[verb], parameters


def media_types(file, operation):
    """(where, media type, its object) of everything that an operation takes or gives."""
    if "requestBody" in operation:
        for name, media in follow(file, operation["requestBody"])["content"].items():
            yield "request", name, media
    for status, response in operation["responses"].items():
        for name, media in follow(file, response).get("content", {}).items():
            yield status, name, media


class Routes(unittest.TestCase):
    def test_each_row_of_the_tables_is_described_and_nothing_else_is(self):
        for service in SERVICES:
            with self.subTest(service):
                described = {(verb, path) for name, verb, path, *_ in operations() if name == service}
                self.assertEqual(described, set(routes(service)))
                self.assertGreaterEqual(len(described), 3)
                text = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "services" / service).glob("routes*.c"))
                self.assertEqual(len(routes(service)), len(re.findall(r"^    \{HTTP_[A-Z]+,", text, re.M)), "a row that this test can't read")

    def test_each_says_every_status_that_the_server_itself_may_answer(self):
        for service, verb, path, operation, parameters in operations():
            with self.subTest(f"{verb} {path}"):
                self.assertEqual(statuses_of(rows(service)[verb, path], operation, parameters) - set(operation["responses"]), set())

    def test_every_route_takes_as_much_json_as_the_contract_says(self):
        for service, verb, path, operation, _ in operations():
            if "application/json" in operation.get("requestBody", {}).get("content", {}):
                with self.subTest(f"{verb} {path}"):
                    self.assertEqual(rows(service)[verb, path][0], "HTTP_JSON_BYTES_MAX")

    def test_there_is_one_file_a_service(self):
        self.assertEqual({path.stem for path in (PROTO / "http").glob("*.yaml")}, set(SERVICES))

    def test_what_anyone_may_needs_no_credential_and_the_rest_needs_one(self):
        for service, verb, path, operation, _ in operations():
            with self.subTest(f"{verb} {path}"):
                who = routes(service)[verb, path]
                self.assertEqual("WHO_ANYONE" in who, operation["security"] == [] or {} in operation["security"], who)
                if who not in ("WHO_ANYONE",):
                    self.assertIn("401", operation["responses"])

    def test_parameters_of_the_path_are_described_and_no_others(self):
        for _, verb, path, _, parameters in operations():
            with self.subTest(f"{verb} {path}"):
                names = [each["name"] for each in parameters if each["in"] == "path"]
                self.assertEqual(sorted(names), sorted(re.findall(r"\{(\w+)\}", path)))
                self.assertTrue(all(each["required"] for each in parameters if each["in"] == "path"))


class WellFormed(unittest.TestCase):
    def test_each_file_is_openapi_3_1_and_its_references_lead_somewhere(self):
        for service in SERVICES:
            with self.subTest(service):
                api = read_yaml(file_of(service))
                self.assertRegex(api["openapi"], r"^3\.1\.\d+$")
                self.assertTrue(api["info"]["title"] and api["info"]["version"])
                self.assertEqual(set(api) - {"openapi", "info", "servers", "paths", "components"}, set())
                for reference in references(api):
                    resolve(file_of(service), reference)

    def test_nothing_is_described_that_no_operation_uses(self):
        for service in SERVICES:
            with self.subTest(service):
                api = read_yaml(file_of(service))
                used = set(references(api))
                for kind, items in api["components"].items():
                    if kind != "securitySchemes":
                        self.assertEqual({name for name in items if f"#/components/{kind}/{name}" not in used}, set())

    def test_each_operation_has_a_name_of_its_own_a_summary_and_known_credentials(self):
        seen = set()
        for service, verb, path, operation, _ in operations():
            with self.subTest(f"{verb} {path}"):
                self.assertEqual(set(operation) - OPERATION, set())
                self.assertTrue(operation["summary"])
                self.assertNotIn((service, operation["operationId"]), seen)
                seen.add((service, operation["operationId"]))
                schemes = read_yaml(file_of(service))["components"].get("securitySchemes", {})
                self.assertLessEqual({name for choice in operation["security"] for name in choice}, set(schemes))

    def test_each_operation_has_a_success_and_an_error_that_is_problem_details(self):
        for service, verb, path, operation, _ in operations():
            with self.subTest(f"{verb} {path}"):
                statuses = set(operation["responses"])
                self.assertTrue(any(status.startswith("2") for status in statuses))
                errors = {status for status in statuses if status[0] in "45" or status == "default"}
                self.assertTrue(errors)
                for status in errors:
                    self.assertEqual(set(follow(file_of(service), operation["responses"][status])["content"]), {PROBLEM}, status)

    def test_each_response_says_what_it_is_and_each_content_has_a_schema(self):
        for service, verb, path, operation, parameters in operations():
            with self.subTest(f"{verb} {path}"):
                file = file_of(service)
                for status, response in operation["responses"].items():
                    self.assertTrue(follow(file, response)["description"], status)
                for where, name, media in media_types(file, operation):
                    self.assertIn("schema", media, f"{where} {name}")
                    jsonschema.Draft202012Validator.check_schema(follow(file, media["schema"]))
                for parameter in parameters:
                    self.assertIn("schema", parameter, parameter["name"])
                    jsonschema.Draft202012Validator.check_schema(follow(file, parameter["schema"]))

    def test_each_schema_is_valid(self):
        for service in SERVICES:
            for name, schema in read_yaml(file_of(service))["components"]["schemas"].items():
                with self.subTest(f"{service} {name}"):
                    jsonschema.Draft202012Validator.check_schema(schema)
                    self.assertLessEqual(set(schema.get("required", [])), set(schema.get("properties", {})))

    def test_each_example_fits_its_schema(self):
        checked = 0
        for service, verb, path, operation, _ in operations():
            file = file_of(service)
            for where, name, media in media_types(file, operation):
                if "example" in media:
                    with self.subTest(f"{verb} {path} {where} {name}"):
                        self.assertEqual(faults(validator(media["schema"], file), media["example"]), [])
                        checked += 1
        self.assertGreater(checked, 5)

    def test_all_services_give_the_same_problem_details(self):
        for service in SERVICES:
            problem = read_yaml(file_of(service))["components"]["schemas"]["Problem"]
            self.assertLessEqual({"type", "title", "status", "detail", "errors"}, set(problem["properties"]), service)
            self.assertEqual(problem["required"], ["type", "title", "status"])
            self.assertEqual(problem["properties"]["errors"]["items"]["required"], ["pointer", "code", "message"])


class TheContract(unittest.TestCase):
    """The part of the main path that must not move."""

    def operation(self, service, verb, path):
        return next(found for name, method, template, found, _ in operations() if (name, method, template) == (service, verb, path))

    def test_an_application_needs_its_key_and_gives_201_with_a_location(self):
        parameters = next(each for *_, path, operation, each in operations() if operation["operationId"] == "submitApplication")
        self.assertTrue(next(each for each in parameters if each["name"] == "Idempotency-Key")["required"])
        answer = self.operation("intake", "POST", "/intake/v1/applications")["responses"]
        self.assertIn("Location", answer["201"]["headers"])
        self.assertLessEqual({"201", "400", "401", "413", "415", "422"}, set(answer))

    def test_amending_needs_the_version_that_was_read(self):
        parameters = next(each for *_, operation, each in operations() if operation["operationId"] == "amendApplication")
        self.assertTrue(next(each for each in parameters if each["name"] == "If-Match")["required"])
        self.assertLessEqual({"412", "428"}, set(self.operation("intake", "PUT", "/intake/v1/applications/{id}")["responses"]))

    def test_answers_say_what_the_contract_says(self):
        said = {
            ("intake", "Application"): "id receipt_number call kind state version submitted_at answer_due_at decision training history",
            ("intake", "ApplicationAnswer"): "id receipt_number secret_code state version submitted_at answer_due_at",
            ("intake", "Call"): "id title region state opens_at closes_at kinds quotas documents consents",
            ("intake", "Statistics"): "as_of call women auto_entrepreneurs cooperative_members cooperatives applications by_state by_province by_day",
            ("eligibility", "Assessment"): "ruleset ruleset_version outcome score criteria assessed_at",
            ("eligibility", "Criterion"): "id kind outcome points reason",
            ("training", "Session"): "id course place province starts_at capacity enrolled waitlisted state",
            ("notifier", "EndpointSecret"): "id secret",
        }
        for (service, name), members in said.items():
            with self.subTest(name):
                self.assertLessEqual(set(members.split()), set(read_yaml(file_of(service))["components"]["schemas"][name]["required"]))

    def test_states_of_an_application_are_those_of_the_code(self):
        names = re.findall(r'\[STATE_\w+\]\s*=\s*\{"([A-Z_]+)"', (PROJECT / "services/intake/application/application.c").read_text(encoding="utf-8"))
        self.assertEqual(sorted(read_yaml(file_of("intake"))["components"]["schemas"]["State"]["enum"]), sorted(names))


if __name__ == "__main__":
    unittest.main()
