/* Which route a path is, and what the fields of a request mean. */
#include "support/check.h"

#include "http/auth.h"
#include "http/credential.h"
#include "http/fields.h"
#include "http/media.h"
#include "http/router.h"
#include "http/trace.h"

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_new(1024 * 1024);
    return arena ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static enum err handle(struct http_request *request, void *service)
{
    (void)request;
    (void)service;
    return ERR_OK;
}

#define ROUTE(method, path)                              \
    {                                                    \
        method, path, WHO_ANYONE, handle, NULL, 0, 0, "" \
    }
static const struct http_route ROUTES[] = {
    ROUTE(HTTP_GET, "/v1/calls"),  ROUTE(HTTP_GET, "/v1/calls/{id}"),    ROUTE(HTTP_GET, "/v1/calls/open"),   ROUTE(HTTP_PUT, "/v1/calls/{id}"),
    ROUTE(HTTP_POST, "/v1/calls"), ROUTE(HTTP_DELETE, "/v1/calls/{id}"), ROUTE(HTTP_POST, "/v1/a/{x}/b/{y}"), ROUTE(HTTP_GET, "/"),
};

static const struct {
    const char *why;
    enum http_method method;
    const char *path;
    enum err err;
    size_t index;
    const char *param, *second, *allow;
} FINDS[] = {
    {"an exact path", HTTP_GET, "/v1/calls", ERR_OK, 0, NULL, NULL, NULL},
    {"a parameter", HTTP_GET, "/v1/calls/7", ERR_OK, 1, "7", NULL, NULL},
    {"a literal wins over a parameter", HTTP_GET, "/v1/calls/open", ERR_OK, 2, NULL, NULL, NULL},
    {"where only the parameter takes the method, it does", HTTP_PUT, "/v1/calls/open", ERR_OK, 3, "open", NULL, NULL},
    {"HEAD is served by GET", HTTP_HEAD, "/v1/calls", ERR_OK, 0, NULL, NULL, NULL},
    {"two parameters in order", HTTP_POST, "/v1/a/1/b/2", ERR_OK, 6, "1", "2", NULL},
    {"a parameter is decoded", HTTP_GET, "/v1/calls/a%20b", ERR_OK, 1, "a b", NULL, NULL},
    {"an encoded slash does not part segments", HTTP_GET, "/v1/calls/a%2Fb", ERR_OK, 1, "a/b", NULL, NULL},
    {"an encoded literal is the literal", HTTP_GET, "/v1/%63alls", ERR_OK, 0, NULL, NULL, NULL},
    {"a plus is a plus in a path", HTTP_GET, "/v1/calls/a+b", ERR_OK, 1, "a+b", NULL, NULL},
    {"an empty parameter is none", HTTP_GET, "/v1/calls/", ERR_NOT_FOUND, 0, NULL, NULL, NULL},
    {"a longer path is another", HTTP_GET, "/v1/calls/7/x", ERR_NOT_FOUND, 0, NULL, NULL, NULL},
    {"case matters", HTTP_GET, "/V1/calls", ERR_NOT_FOUND, 0, NULL, NULL, NULL},
    {"very many segments", HTTP_GET, "/1/2/3/4/5/6/7/8/9/10/11/12/13/14", ERR_NOT_FOUND, 0, NULL, NULL, NULL},
    {"the root", HTTP_GET, "/", ERR_OK, 7, NULL, NULL, NULL},
    {"another method: what is allowed", HTTP_DELETE, "/v1/calls", ERR_METHOD, 0, NULL, NULL, "GET, HEAD, POST"},
    {"a method that nobody has", HTTP_METHOD_COUNT, "/v1/calls/7", ERR_METHOD, 0, NULL, NULL, "GET, HEAD, PUT, DELETE"},
    {"no UTF-8 when decoded", HTTP_GET, "/v1/calls/%ff", ERR_BAD_REQUEST, 0, NULL, NULL, NULL},
    {"a control byte when decoded", HTTP_GET, "/v1/calls/%0a", ERR_BAD_REQUEST, 0, NULL, NULL, NULL},
};

static void a_path_is_one_route_or_none(void **state)
{
    (void)state;
    struct router *router = NULL;
    size_t row = 0;
    check_int(router_new(ROUTES, ROWS(ROUTES), &router, &row), ERR_OK, "the table is sound");
    for (size_t i = 0; i < ROWS(FINDS); i++) {
        struct router_match match;
        check_int(router_find(router, FINDS[i].method, str_from(FINDS[i].path), arena, &match), FINDS[i].err, FINDS[i].why);
        if (FINDS[i].err == ERR_OK)
            check_int(match.index, FINDS[i].index, FINDS[i].why);
        if (FINDS[i].param)
            check_text(match.params[0], FINDS[i].param, FINDS[i].why);
        if (FINDS[i].second)
            check_text(match.params[1], FINDS[i].second, FINDS[i].why);
        if (FINDS[i].allow)
            check_text(router_allow(arena, match.allowed), FINDS[i].allow, FINDS[i].why);
    }
    router_free(router);
}

static void an_unsound_table_is_refused_at_start(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct http_route routes[2];
    } CASES[] = {
        {"the same twice", {ROUTE(HTTP_GET, "/a/{x}"), ROUTE(HTTP_GET, "/a/{y}")}},
        {"no slash", {ROUTE(HTTP_GET, "/a"), ROUTE(HTTP_GET, "a")}},
        {"an open brace", {ROUTE(HTTP_GET, "/a"), ROUTE(HTTP_GET, "/{a")}},
        {"HEAD is not for tables", {ROUTE(HTTP_GET, "/a"), ROUTE(HTTP_HEAD, "/a")}},
        {"five parameters", {ROUTE(HTTP_GET, "/a"), ROUTE(HTTP_GET, "/{a}/{b}/{c}/{d}/{e}")}},
        {"no handler", {ROUTE(HTTP_GET, "/a"), {HTTP_GET, "/b", WHO_ANYONE, NULL, NULL, 0, 0, ""}}},
        {"two handlers", {ROUTE(HTTP_GET, "/a"), {HTTP_GET, "/b", WHO_ANYONE, handle, handle, 0, 0, ""}}},
    };
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct router *router = NULL;
        size_t row = 0;
        check_int(router_new(CASES[i].routes, 2, &router, &row), ERR_INVALID, CASES[i].why);
        check_int(row, 1, CASES[i].why);
    }
}

static void an_idempotency_key_is_a_string_or_bare(void **state)
{
    (void)state;
    static const struct {
        const char *why, *value;
        enum err err;
        const char *key;
    } CASES[] = {
        {"quoted", "\"abc-1\"", ERR_OK, "abc-1"},
        {"bare", "abc-1", ERR_OK, "abc-1"},
        {"white space around", "  \"a\" ", ERR_OK, "a"},
        {"escapes within", "\"a\\\"b\\\\c\"", ERR_OK, "a\"b\\c"},
        {"missing", "", ERR_KEY_MISSING, NULL},
        {"only white space", "  ", ERR_KEY_MISSING, NULL},
        {"empty string", "\"\"", ERR_BAD_REQUEST, NULL},
        {"not closed", "\"a", ERR_BAD_REQUEST, NULL},
        {"one quote", "\"", ERR_BAD_REQUEST, NULL},
        {"a quote within", "\"a\"b\"", ERR_BAD_REQUEST, NULL},
        {"another escape", "\"a\\n\"", ERR_BAD_REQUEST, NULL},
        {"an escape at the end", "\"a\\\"", ERR_BAD_REQUEST, NULL},
        {"a quote in a bare key", "a\"b", ERR_BAD_REQUEST, NULL},
        {"a space within", "a b", ERR_BAD_REQUEST, NULL},
        {"bytes above ASCII", "\xd9\x81", ERR_BAD_REQUEST, NULL},
    };
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct str key = {0};
        check_int(field_idempotency_key(str_from(CASES[i].value), arena, &key), CASES[i].err, CASES[i].why);
        if (CASES[i].key)
            check_text(key, CASES[i].key, CASES[i].why);
    }
    char longest[256];
    struct str key;
    memset(longest, 'k', sizeof(longest));
    check_int(field_idempotency_key((struct str){longest, 255}, arena, &key), ERR_OK, "255 characters");
    check_int(field_idempotency_key((struct str){longest, 256}, arena, &key), ERR_BAD_REQUEST, "256 characters");
}

#define LIST_4 "\"7\",\"71\",\"72\",\"73\""
#define LIST_16 LIST_4 "," LIST_4 "," LIST_4 "," LIST_4

static void if_match_names_the_versions_that_a_change_may_find(void **state)
{
    (void)state;
    static const struct {
        const char *why, *value;
        enum err err;
        bool takes_7, takes_8;
    } CASES[] = {
        {"a version", "\"7\"", ERR_OK, true, false},
        {"any", "*", ERR_OK, true, true},
        {"missing", "", ERR_PRECONDITION, false, false},
        {"a weak tag never matches", "W/\"7\"", ERR_OK, false, false},
        {"not quoted", "7", ERR_BAD_REQUEST, false, false},
        {"not quoted, in a list", "\"7\", 8", ERR_BAD_REQUEST, false, false},
        {"no end", "\"7\", \"8", ERR_BAD_REQUEST, false, false},
        {"no comma", "\"7\" \"8\"", ERR_BAD_REQUEST, false, false},
        {"commas alone", ", ,", ERR_BAD_REQUEST, false, false},
        {"a star is no tag", "\"7\", *", ERR_BAD_REQUEST, false, false},
        {"somebody else's tag matches nothing", "\"x\"", ERR_OK, false, false},
        {"empty", "\"\"", ERR_BAD_REQUEST, false, false},
        {"… nor does 0", "\"0\"", ERR_OK, false, false},
        {"… nor what is negative", "\"-1\"", ERR_OK, false, false},
        {"… nor what is past 64 bits", "\"99999999999999999999\"", ERR_OK, false, false},
        {"a list", "\"7\", \"8\"", ERR_OK, true, true},
        {"a list, the second", "\"77\",\"8\"", ERR_OK, false, true},
        {"a list of others", "\"77\", \"78\"", ERR_OK, false, false},
        {"weak ones in a list", "W/\"7\", \"8\"", ERR_OK, false, true},
        {"a tag with a comma in it", "\"7,8\", \"8\"", ERR_OK, false, true},
        {"empty elements are no mistake", ", \"7\" ,, ", ERR_OK, true, false},
        {"as many as there is room for", LIST_16, ERR_OK, true, false},
        {"one more", LIST_16 ",\"8\"", ERR_BAD_REQUEST, false, false},
    };
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct if_match condition = {.restricts = true};
        check_int(field_if_match(str_from(CASES[i].value), &condition), CASES[i].err, CASES[i].why);
        check_int(if_match_takes(&condition, 7), CASES[i].takes_7, CASES[i].why);
        check_int(if_match_takes(&condition, 8), CASES[i].takes_8, CASES[i].why);
    }
    check(if_match_takes(&(struct if_match){0}, 7), "without a condition any version will do");
    check(field_names_tag(STR("\"1\", W/\"7\""), STR("\"7\"")), "If-None-Match compares weakly, in a list");
    check(field_names_tag(STR("*"), STR("\"7\"")), "a star names every tag");
    check(!field_names_tag(STR("\"77\""), STR("\"7\"")), "another tag");
}

static void media_types_are_compared_with_their_parameters(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        bool json;
    } TYPES[] = {
        {"application/json", true},
        {"Application/JSON; charset=UTF-8", true},
        {"application/json;charset=\"utf-8\"", true},
        {"application/json; v=1", true},
        {"application/json; charset=latin1", false},
        {"application/jsonx", false},
        {"text/json", false},
        {"", false},
        {"application/x-www-form-urlencoded", false},
    };
    static const struct {
        const char *accept;
        bool json;
    } ACCEPTS[] = {
        {"", true},
        {"*/*", true},
        {"application/*", true},
        {"text/html, application/json;q=0.5", true},
        {"text/html", false},
        {"application/json;q=0", false},
        {"application/json;q=0.000, */*", false},
        {"*/*;q=0, application/json", true},
        {"text/html,application/xhtml+xml,*/*;q=0.8", true},
        {"application/jsonx", false},
        {"app/*", false},
    };
    static const struct {
        const char *accept;
        bool html;
        const char *why;
    } PREFERS[] = {
        {"", false, "whoever takes anything is no browser"},
        {"*/*", false, "the same"},
        {"text/*", false, "it names no page"},
        {"text/html", true, "nothing else"},
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true, "a browser"},
        {"text/html, */*", true, "the rest is of a group"},
        {"TEXT/HTML;level=1", true, "types have no case, and parameters"},
        {"text/html, application/json", false, "as well"},
        {"text/html, application/json;q=0.999", true, "rather"},
        {"application/json, text/html;q=0.999", false, "rather not"},
        {"text/html;q=0.1, */*", false, "if need be"},
        {"text/html;q=0.0", false, "not at all"},
        {"application/json", false, "a program"},
    };
    for (size_t i = 0; i < ROWS(PREFERS); i++)
        check_int(media_prefers(str_from(PREFERS[i].accept), STR("text/html"), STR("application/json")), PREFERS[i].html, PREFERS[i].why);
    for (size_t i = 0; i < ROWS(TYPES); i++)
        check_int(media_is_json(str_from(TYPES[i].type)), TYPES[i].json, TYPES[i].type);
    for (size_t i = 0; i < ROWS(ACCEPTS); i++)
        check_int(media_accepts(str_from(ACCEPTS[i].accept), STR("application/json")), ACCEPTS[i].json, ACCEPTS[i].accept);
}

#define TRACE_ID "0af7651916cd43dd8448eb211c80319c"
static void a_trace_is_followed_only_when_it_is_well_formed(void **state)
{
    (void)state;
    static const struct {
        const char *why, *value;
        bool taken;
    } CASES[] = {
        {"the example of the specification", "00-" TRACE_ID "-b7ad6b7169203331-01", true},
        {"a later version may say more", "01-" TRACE_ID "-b7ad6b7169203331-01-x", true},
        {"this version may not", "00-" TRACE_ID "-b7ad6b7169203331-01-x", false},
        {"version ff", "ff-" TRACE_ID "-b7ad6b7169203331-01", false},
        {"upper case", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", false},
        {"a trace of zeros", "00-00000000000000000000000000000000-b7ad6b7169203331-01", false},
        {"a parent of zeros", "00-" TRACE_ID "-0000000000000000-01", false},
        {"too short", "00-" TRACE_ID "-b7ad6b7169203331", false},
        {"missing", "", false},
    };
    struct http_trace trace;
    for (size_t i = 0; i < ROWS(CASES); i++)
        check_int(trace_take(str_from(CASES[i].value), &trace), CASES[i].taken, CASES[i].why);
    uint8_t entropy[24] = {0xab, 1, 2};
    struct http_trace again;
    trace_make(entropy, &trace);
    entropy[20] = 1;
    trace_make(entropy, &trace);
    check(trace_take(str_from(trace.parent), &again), "what we make is taken");
    check_text(str_from(again.parent), trace.parent, "and unchanged");
}

static void territories_bound_staff_only(void **state)
{
    (void)state;
    struct principal agent = {.role = WHO_AGENT, .territories = {STR("MA-03"), STR("MA-TNG")}, .territory_count = 2};
    struct principal everywhere = {.role = WHO_ADMIN};
    struct principal applicant = {.role = WHO_APPLICANT, .application = {{1}}};
    check(principal_covers(&agent, STR("MA-03"), STR("MA-TAO")), "her region");
    check(principal_covers(&agent, STR("MA-01"), STR("MA-TNG")), "her province");
    check(!principal_covers(&agent, STR("MA-01"), STR("MA-TET")), "elsewhere");
    check(!principal_covers(&agent, STR(""), STR("")), "nowhere");
    check(principal_covers(&everywhere, STR("MA-01"), STR("MA-TET")), "no territory is everywhere");
    check(principal_covers(&applicant, STR("MA-01"), STR("MA-TET")), "applicants have other checks");
    check(principal_may_see(&agent, (struct id){{2}}), "staff see files");
    check(principal_may_see(&applicant, (struct id){{1}}), "her own");
    check(!principal_may_see(&applicant, (struct id){{2}}), "another woman's");
    check(!principal_may_see(&(struct principal){.role = WHO_APPLICANT}, (struct id){{0}}), "nil is nobody's");
    check(!principal_may_see(&(struct principal){.role = WHO_PARTNER}, (struct id){{1}}), "partners do not");
}

#define KEY_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static enum err verify_nobody(void *worker, struct str key, struct arena *memory, struct principal *ret_who)
{
    (void)worker, (void)key, (void)memory, (void)ret_who;
    return ERR_UNAUTHENTICATED;
}

static void a_key_of_another_service_is_told_from_a_wrong_one(void **state)
{
    static const struct {
        const char *authorization;
        bool is_foreign, is_foreign_to_notifier;
        const char *why;
    } CASES[] = {
        {"Bearer jisr_pk_" KEY_64, true, false, "a partner's key, which notifier verifies"},
        {"Bearer jisr_pk_x" KEY_64, false, false, "too long for one"},
        {"Bearer jisr_pk_", false, false, "nothing of one"},
        {"Basic UlgtMTp4", true, true, "a receipt and its code, which intake verifies"},
        {"Basic !!!", false, false, "no Basic"},
        {"Bearer e30.e30.AAAA", false, false, "tokens are everybody's to verify"},
        {"Digest x", false, false, "a scheme that nobody takes"},
        {"", false, false, "none"},
    };
    const struct auth notifier = {.verify_partner = verify_nobody};
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct credential credential;
        credential_read(str_from(CASES[i].authorization), arena, &credential);
        check_int(credential_is_foreign(&(struct auth){0}, &credential), CASES[i].is_foreign, CASES[i].why);
        check_int(credential_is_foreign(&notifier, &credential), CASES[i].is_foreign_to_notifier, CASES[i].why);
    }
}

static void roles_have_one_name_each(void **state)
{
    (void)state;
    enum who role;
    for (int bit = 1; bit <= WHO_PARTNER; bit <<= 1) {
        check(who_name((enum who)bit), "a name");
        if (bit != WHO_ANYONE)
            check(who_parse(str_from(who_name((enum who)bit)), &role) && (int)role == bit, who_name((enum who)bit));
    }
    check(!who_parse(STR("anyone"), &role), "no token may claim to be anyone");
    check(!who_parse(STR("Admin"), &role) && !who_parse(STR(""), &role), "exactly");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_one_route_or_none),
        cmocka_unit_test(an_unsound_table_is_refused_at_start),
        cmocka_unit_test(an_idempotency_key_is_a_string_or_bare),
        cmocka_unit_test(if_match_names_the_versions_that_a_change_may_find),
        cmocka_unit_test(a_key_of_another_service_is_told_from_a_wrong_one),
        cmocka_unit_test(media_types_are_compared_with_their_parameters),
        cmocka_unit_test(a_trace_is_followed_only_when_it_is_well_formed),
        cmocka_unit_test(territories_bound_staff_only),
        cmocka_unit_test(roles_have_one_name_each),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
