/* A call as an administrator drafts it: what is wrong with it is told, and what is right stays the same. */
#include "fuzz.h"
#include "services/intake/calls/call_document.h"

#define NOW (INT64_C(1795500000) * INSTANT_SECOND)

static void hold_fields_are_terms(struct str body, struct arena *arena)
{
    const struct json_value *document, *fields;
    struct call_terms terms = {0};
    struct buf out;
    struct str json;
    if (json_parse(body, arena, &document) != ERR_OK || !(fields = json_member(document, STR("fields"))) || fields->kind != JSON_KIND_ARRAY)
        return;
    buf_init(&out, arena, SIZE_MAX);
    json_add_value(&out, fields);
    HOLD(buf_done(&out, &json) == ERR_OK && call_fields_read(json, arena, &terms) == ERR_OK, "its fields are read again from its row");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = fuzz_arena();
    struct str body = fuzz_text(bytes, size);
    struct call_document *document = arena_take(arena, sizeof(*document));
    struct violations *violations = arena_take(arena, sizeof(*violations));
    violations_init(violations, arena);
    enum err err = call_document_decode(body, arena, document, violations);
    HOLD(err == ERR_OK || err == ERR_LIMIT || violations->count > 0, "a refusal has its reason");
    if (err == ERR_OK) {
        call_document_check(document, NULL, NOW, violations);
        size_t found = violations->count + violations->more;
        hold_fields_are_terms(body, arena);
        violations_init(violations, arena);
        call_document_check(document, document, NOW, violations);
        HOLD(violations->count + violations->more == found, "published once, it may be published again");
    }
    hold_violations_are_told(violations, arena);
    return 0;
}
