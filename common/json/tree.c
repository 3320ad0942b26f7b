#include "json/tree.h"

#include <pthread.h>
#include <stdio.h>

#include "json/number.h"
#include "json/wire.h"

/* Memory of one parse: jansson spends at most about 80 bytes on a byte of text (`[{},{},…`); documents that people send need 10. */
#define SCRATCH_BYTES_PER_BYTE ((size_t)48)
#define SCRATCH_BYTES_MORE ((size_t)256 * 1024)
#define TEXT_BYTES_MAX ((size_t)64 * 1024 * 1024)

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t scratch_key;
static _Thread_local struct arena *scratch;
static _Thread_local size_t scratch_left_bytes; /* of this parse */

static void *scratch_take(size_t bytes)
{
    if (!scratch || bytes > scratch_left_bytes)
        return NULL;
    scratch_left_bytes -= bytes;
    return arena_take(scratch, bytes);
}

static void scratch_keep(void *piece)
{
    (void)piece; /* tree_release takes all back at once */
}

static void scratch_free(void *arena)
{
    arena_free(arena);
}

static void setup(void)
{
    json_set_alloc_funcs(scratch_take, scratch_keep);
    json_object_seed(0); /* from /dev/urandom */
    if (pthread_key_create(&scratch_key, scratch_free) != 0)
        abort();
}

void json_setup(void)
{
    pthread_once(&once, setup);
}

/* The arena of this thread, freed when the thread ends. */
static bool scratch_ready(struct str text)
{
    json_setup();
    if (!scratch) {
        struct arena *arena = arena_new(TEXT_BYTES_MAX * SCRATCH_BYTES_PER_BYTE + SCRATCH_BYTES_MORE);
        if (!arena || pthread_setspecific(scratch_key, arena) != 0) {
            arena_free(arena);
            return false;
        }
        scratch = arena;
    }
    scratch_left_bytes = text.size * SCRATCH_BYTES_PER_BYTE + SCRATCH_BYTES_MORE;
    return true;
}

/* Where the string that begins at `i` ends: at its closing quote, a NUL byte, or the end of the text. */
static size_t string_end(struct str text, size_t i)
{
    for (i++; i < text.size && text.at[i] != '"' && text.at[i] != '\0'; i++)
        if (text.at[i] == '\\')
            i++;
    return i;
}

/* What jansson does not refuse by itself: NUL bytes between tokens, and depth (it stops at 2,048 only). NULL: nothing wrong. */
static const char *scan_fault(struct str text)
{
    unsigned depth = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.at[i] == '"')
            i = string_end(text, i);
        if (i >= text.size)
            break;
        if (text.at[i] == '\0')
            return "a NUL byte";
        if (text.at[i] == '[' || text.at[i] == '{')
            depth++;
        else if ((text.at[i] == ']' || text.at[i] == '}') && depth > 0)
            depth--;
        if (depth > TREE_DEPTH_MAX)
            return "nested too deep";
    }
    return NULL;
}

static const char *fault_text(enum json_error_code code)
{
    static const struct {
        enum json_error_code code;
        const char *text;
    } FAULTS[] = {
        {json_error_invalid_utf8, "not UTF-8"},
        {json_error_premature_end_of_input, "the end is missing"},
        {json_error_end_of_input_expected, "more after the end"},
        {json_error_null_character, "a NUL character"},
        {json_error_null_byte_in_key, "a NUL character"},
        {json_error_duplicate_key, "a member given twice"},
        {json_error_numeric_overflow, "a number beyond all bounds"},
        {json_error_stack_overflow, "nested too deep"},
    };
    for (size_t i = 0; i < sizeof(FAULTS) / sizeof(FAULTS[0]); i++)
        if (FAULTS[i].code == code)
            return FAULTS[i].text;
    return "not JSON";
}

enum err tree_load(struct str text, json_t **ret_tree, char ret_fault[TREE_FAULT_SIZE])
{
    if (text.size > TEXT_BYTES_MAX)
        return ERR_LIMIT;
    const char *fault = scan_fault(text);
    if (fault) {
        (void)snprintf(ret_fault, TREE_FAULT_SIZE, "JSON (%s)", fault);
        return ERR_MALFORMED;
    }
    if (!scratch_ready(text))
        return ERR_MEMORY;
    json_error_t error;
    /* Integers are read as doubles, as JavaScript does: one beyond 2^63 is then too large, not unreadable. */
    json_t *tree = json_loadb(text.at ? text.at : "", text.size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &error);
    if (tree) {
        *ret_tree = tree;
        return ERR_OK;
    }
    enum err full = arena_excuse(scratch, ERR_LIMIT);
    tree_release();
    enum json_error_code code = json_error_code(&error);
    if (full == ERR_MEMORY || code == json_error_out_of_memory || scratch_left_bytes < SCRATCH_BYTES_PER_BYTE)
        return full;
    (void)snprintf(ret_fault, TREE_FAULT_SIZE, "JSON (%s, line %d, column %d)", fault_text(code), error.line, error.column);
    return ERR_MALFORMED;
}

void tree_release(void)
{
    arena_reset(scratch);
}

static void add_object(struct buf *out, const json_t *tree)
{
    json_t *object = (json_t *)(uintptr_t)tree; /* jansson's iterators take no const, and change nothing */
    buf_byte(out, '{');
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
        json_add_string(out, (struct str){json_object_iter_key(at), json_object_iter_key_len(at)});
        buf_byte(out, ':');
        tree_add(out, json_object_iter_value(at));
        buf_byte(out, ',');
    }
    json_close(out, '}');
}

static void add_array(struct buf *out, const json_t *tree)
{
    buf_byte(out, '[');
    for (size_t i = 0; i < json_array_size(tree); i++) {
        tree_add(out, json_array_get(tree, i));
        buf_byte(out, ',');
    }
    json_close(out, ']');
}

/* As deep as tree_load allows: TREE_DEPTH_MAX. */
void tree_add(struct buf *out, const json_t *tree)
{
    switch (json_typeof(tree)) {
    case JSON_OBJECT:
        add_object(out, tree);
        break;
    case JSON_ARRAY:
        add_array(out, tree);
        break;
    case JSON_STRING:
        json_add_string(out, (struct str){json_string_value(tree), json_string_length(tree)});
        break;
    case JSON_INTEGER:
    case JSON_REAL:
        json_add_number(out, json_number_value(tree));
        break;
    case JSON_TRUE:
        buf_add(out, STR("true"));
        break;
    case JSON_FALSE:
        buf_add(out, STR("false"));
        break;
    case JSON_NULL:
        buf_add(out, STR("null"));
        break;
    }
}
