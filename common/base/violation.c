#include "base/violation.h"

static const struct {
    const char *slug;
    const char *texts[LANGUAGE_COUNT];
} CODES[] = {
#define X(name, slug, en, fr, ar) {slug, {[LANGUAGE_AR] = (ar), [LANGUAGE_FR] = (fr), [LANGUAGE_EN] = (en)}},
    VIOLATION_LIST(X)
#undef X
};

void violations_init(struct violations *violations, struct arena *arena)
{
    violations->arena = arena;
    violations->count = 0;
    violations->more = 0;
}

bool violations_overflow(struct violations *violations)
{
    bool full = violations->count == VIOLATIONS_MAX;
    violations->more += full;
    return full;
}

void violations_add(struct violations *violations, struct str pointer, enum violation_code code, const char *detail)
{
    if (violations_overflow(violations))
        return;
    violations->items[violations->count++] = (struct violation){
        .pointer = str_copy(violations->arena, pointer),
        .code = code,
        .detail = detail ? str_copy(violations->arena, str_from(detail)) : (struct str){0},
    };
}

void violation_step(struct buf *pointer, struct str name)
{
    buf_byte(pointer, '/');
    for (size_t i = 0; i < name.size; i++) {
        if (name.at[i] == '~')
            buf_add(pointer, STR("~0"));
        else if (name.at[i] == '/')
            buf_add(pointer, STR("~1"));
        else
            buf_byte(pointer, name.at[i]);
    }
}

const char *violation_slug(enum violation_code code)
{
    return (unsigned)code < VIOLATION_COUNT ? CODES[code].slug : "unknown";
}

struct str violation_text(struct arena *arena, const struct violation *violation, enum language language)
{
    if ((unsigned)violation->code >= VIOLATION_COUNT || (unsigned)language >= LANGUAGE_COUNT)
        return (struct str){0};
    const char *text = CODES[violation->code].texts[language];
    const char *place = strstr(text, "%s");
    if (!place)
        return str_from(text);
    struct str detail = violation_detail(violation->detail, language, arena);
    /* Codes and groups of digits run from left to right in Arabic too: isolated (U+2066, U+2069), or 06 12 is read 12 06. */
    bool apart = language == LANGUAGE_AR && detail.size > 0 && detail.at == violation->detail.at;
    return str_format(arena, apart ? "%.*s\xe2\x81\xa6%.*s\xe2\x81\xa9%s" : "%.*s%.*s%s", (int)(place - text), text, (int)detail.size,
                      detail.at ? detail.at : "", place + 2);
}
