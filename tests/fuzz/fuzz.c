#include "fuzz.h"

#include "crypto/seal.h"
#include "http/problem.h"

#define ARENA_BYTES ((size_t)16 << 20)

static struct arena *arena;

int LLVMFuzzerInitialize(int *argument_count, char ***arguments)
{
    (void)argument_count;
    (void)arguments;
    arena = arena_new(ARENA_BYTES);
    json_setup();
    return crypto_setup() == ERR_OK && arena ? 0 : -1;
}

struct arena *fuzz_arena(void)
{
    arena_reset(arena);
    return arena;
}

size_t fuzz_choice(struct str *rest, size_t count)
{
    size_t choice = rest->size > 0 ? (unsigned char)(rest->at[0] - 'a') % count : 0;
    if (rest->size > 0)
        *rest = (struct str){rest->at + 1, rest->size - 1};
    return choice;
}

static struct violations *new_violations(void)
{
    struct violations *violations = arena_take(arena, sizeof(*violations));
    HOLD(violations, "there is memory");
    violations_init(violations, arena);
    return violations;
}

void hold_wire_is_stable(const struct wire_table *table, enum wire_unknown unknown, struct str text, struct arena *into)
{
    void *first = arena_take(into, table->size_bytes), *second = arena_take(into, table->size_bytes);
    struct violations *violations = new_violations();
    struct str once, twice;
    enum err err = wire_decode(table, text, unknown, into, first, violations);
    HOLD((err == ERR_OK) == (violations->count == 0 || err == ERR_LIMIT), "whatever is refused is refused for a reason");
    hold_violations_are_told(violations, into);
    if (err != ERR_OK)
        return;
    HOLD(wire_text(table, first, into, &once) == ERR_OK, "what was decoded can be encoded");
    HOLD(wire_decode(table, once, WIRE_REFUSE_UNKNOWN, into, second, violations) == ERR_OK, "and is then decoded by the same table");
    HOLD(wire_text(table, second, into, &twice) == ERR_OK && str_equal(once, twice), "to the same");
}

static bool is_pointer(struct str pointer)
{
    for (size_t i = 0; i < pointer.size; i++)
        if (pointer.at[i] == '~' && (i + 1 == pointer.size || (pointer.at[i + 1] != '0' && pointer.at[i + 1] != '1')))
            return false;
    return str_is_utf8(pointer) && (str_empty(pointer) || pointer.at[0] == '/');
}

void hold_is_json(struct str text, struct arena *into, const char *why)
{
    const struct json_value *value;
    HOLD(json_parse(text, into, &value) == ERR_OK, why);
}

void hold_violations_are_told(const struct violations *violations, struct arena *into)
{
    for (size_t i = 0; i < violations->count; i++)
        HOLD(is_pointer(violations->items[i].pointer), "a violation's place is a JSON pointer");
    for (int language = 0; violations->count > 0 && language < LANGUAGE_COUNT; language++)
        hold_is_json(problem_text(into, ERR_INVALID, (enum language)language, (struct str){0}, violations), into, "a problem document is JSON");
}
