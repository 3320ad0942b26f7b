/* Header fields and query values with a grammar of their own. The first letter says which. */
#include "crypto/seal.h"
#include "fuzz.h"
#include "http/credential.h"
#include "http/cursor.h"
#include "http/fields.h"
#include "http/media.h"
#include "http/trace.h"

static void if_match(struct str value, struct arena *arena)
{
    struct if_match condition, again;
    enum err err = field_if_match(value, &condition);
    HOLD(err == ERR_OK || err == ERR_PRECONDITION || err == ERR_BAD_REQUEST, "one of three");
    for (size_t i = 0; err == ERR_OK && i < condition.count; i++) {
        struct str tag = str_format(arena, "\"%lld\"", (long long)condition.versions[i]);
        HOLD(condition.versions[i] > 0 && if_match_takes(&condition, condition.versions[i]), "what it names it takes");
        HOLD(field_if_match(tag, &again) == ERR_OK && again.count == 1 && again.versions[0] == condition.versions[i], "a tag reads back");
    }
    HOLD(err != ERR_OK || if_match_takes(&condition, -1) != condition.restricts, "what it doesn't name it takes only when it takes all");
}

static void if_none_match(struct str value, struct arena *arena)
{
    struct str tag = STR("\"7\"");
    bool names = field_names_tag(value, tag);
    struct str longer = str_format(arena, "%.*s%s\"7\"", (int)value.size, value.at, value.size ? "," : "");
    HOLD(memchr(value.at, '\0', value.size) || field_names_tag(longer, tag), "a tag at the end is found");
    HOLD(!names || memmem(value.at, value.size, "\"7\"", 3) || memchr(value.at, '*', value.size), "none is found that is not there");
}

static void idempotency_key(struct str value, struct arena *arena)
{
    struct str key, again, text;
    struct buf out;
    if (field_idempotency_key(value, arena, &key) != ERR_OK)
        return;
    HOLD(key.size >= 1 && key.size <= 255, "a key has its bounds");
    buf_init(&out, arena, 1024);
    buf_byte(&out, '"');
    for (size_t i = 0; i < key.size; i++) {
        HOLD(key.at[i] > 0x20 && key.at[i] < 0x7f, "and is visible");
        if (key.at[i] == '"' || key.at[i] == '\\')
            buf_byte(&out, '\\');
        buf_byte(&out, key.at[i]);
    }
    buf_byte(&out, '"');
    HOLD(buf_done(&out, &text) == ERR_OK && field_idempotency_key(text, arena, &again) == ERR_OK && str_equal(key, again), "quoted it is the same");
}

static void credential(struct str value, struct arena *arena)
{
    struct credential read, again;
    credential_read(value, arena, &read);
    HOLD(!credential_is_foreign(NULL, &read) || read.kind == CREDENTIAL_BASIC || read.kind == CREDENTIAL_PARTNER, "only what can't be checked");
    if (read.kind != CREDENTIAL_BASIC)
        return;
    HOLD(str_is_utf8(read.user) && str_is_utf8(read.password) && (!read.user.size || !memchr(read.user.at, ':', read.user.size)), "text");
    struct str pair = str_format(arena, "%.*s:%.*s", (int)read.user.size, read.user.at ? read.user.at : "", (int)read.password.size,
                                 read.password.at ? read.password.at : "");
    struct str encoded = base64_text(arena, pair);
    credential_read(str_format(arena, "basic %.*s", (int)encoded.size, encoded.at), arena, &again);
    HOLD(again.kind == CREDENTIAL_BASIC && str_equal(again.user, read.user) && str_equal(again.password, read.password), "it reads back");
}

static void trace(struct str value, struct arena *arena)
{
    struct http_trace taken, again;
    (void)arena;
    if (trace_take(value, &taken))
        HOLD(strlen(taken.parent) == 55 && trace_take(str_from(taken.parent), &again) && strcmp(taken.parent, again.parent) == 0, "it is passed on");
}

static void media(struct str value, struct arena *arena)
{
    struct str json = STR("application/json");
    bool is_json = media_is_json(value);
    (void)arena;
    HOLD(!is_json || value.size >= json.size, "JSON says so");
    HOLD(!media_accepts(value, json) || value.size == 0 || str_empty(str_trim(value)) || memchr(value.at, '/', value.size), "a range has a slash");
    HOLD((unsigned)language_choose(value) < LANGUAGE_COUNT, "a language of ours");
}

static void cursor(struct str value, struct arena *arena)
{
    struct str keys[CURSOR_KEYS_MAX], again[CURSOR_KEYS_MAX], rest = value;
    for (size_t count = 1; count <= CURSOR_KEYS_MAX; count++)
        if (cursor_parse(arena, "list", value, keys, count))
            HOLD(str_equal(cursor_text(arena, "list", keys, count), value), "a cursor has one text");
    for (size_t i = 0; i < CURSOR_KEYS_MAX; i++)
        keys[i] = str_cut(&rest, '\n');
    struct str text = cursor_text(arena, "list", keys, CURSOR_KEYS_MAX);
    if (!text.at)
        return;
    HOLD(cursor_parse(arena, "list", text, again, CURSOR_KEYS_MAX), "a cursor of ours is read");
    for (size_t i = 0; i < CURSOR_KEYS_MAX; i++)
        HOLD(str_equal(keys[i], again[i]), "with its keys");
    HOLD(!cursor_parse(arena, "lost", text, again, CURSOR_KEYS_MAX), "and is of no other list");
}

static void percent(struct str value, struct arena *arena)
{
    struct str decoded, again, text;
    struct buf out;
    if (!field_percent_decode(arena, value, true, &decoded))
        return;
    buf_init(&out, arena, SIZE_MAX);
    for (size_t i = 0; i < decoded.size; i++)
        buf_format(&out, "%%%02X", (unsigned)(unsigned char)decoded.at[i]);
    HOLD(buf_done(&out, &text) == ERR_OK && field_percent_decode(arena, text, false, &again) && str_equal(decoded, again), "it reads back");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static void (*const FIELDS[])(struct str, struct arena *) = {if_match, if_none_match, idempotency_key, credential, trace, media, cursor, percent};
    struct str value = fuzz_text(bytes, size);
    size_t choice = fuzz_choice(&value, sizeof(FIELDS) / sizeof(FIELDS[0]));
    FIELDS[choice](value, fuzz_arena());
    return 0;
}
