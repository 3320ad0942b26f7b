#include "rules_cli.h"

#include <stdlib.h>

#include "rules_json.h"
#include "rules_run.h"

#define LINE_MAX_BYTES (16u << 20)
#define MEMORY_MAX_BYTES (256u << 20)

static void answer_error(struct buf *out, const char *text, struct str detail)
{
    struct rules_value why = rules_string(str_from(text));
    if (!str_empty(detail))
        why = rules_string(str_format(out->arena, "%s %.*s", text, (int)detail.size, detail.at));
    const struct rules_member member = {STR("error"), why};
    if (!rules_write(out, rules_object(&member, 1)))
        out->failed = true;
}

static void answer_line(struct str line, struct arena *arena, struct buf *out)
{
    struct rules_value pair = {0};
    const char *why = "";
    if (rules_read(line, arena, &pair, &why) != ERR_OK) {
        answer_error(out, why, STR(""));
        return;
    }
    const struct rules_value *rule = pair.kind == RULES_OBJECT ? rules_member(pair, STR("rule")) : NULL;
    const struct rules_value *data = pair.kind == RULES_OBJECT ? rules_member(pair, STR("data")) : NULL;
    if (!rule) {
        answer_error(out, "the line has no \"rule\"", STR(""));
        return;
    }
    struct rules_run run = rules_run_begin(arena, RULES_STEPS_STANDARD);
    struct rules_value result = rules_evaluate(&run, *rule, data ? *data : (struct rules_value){0});
    if (run.fault != RULES_FAULT_NONE) {
        answer_error(out, rules_fault_text(run.fault), run.detail);
        return;
    }
    buf_add(out, STR("{\"result\":"));
    if (!rules_write(out, result))
        out->failed = true;
    buf_byte(out, '}');
}

static int apply_line(struct str line, struct arena *arena, FILE *to)
{
    struct buf out;
    struct str answer = {0};
    buf_init(&out, arena, SIZE_MAX);
    if (line.size > LINE_MAX_BYTES)
        answer_error(&out, "the line is too long", STR(""));
    else
        answer_line(line, arena, &out);
    if (buf_done(&out, &answer) != ERR_OK)
        answer = STR("{\"error\":\"too much memory\"}");
    bool written = fwrite(answer.at, 1, answer.size, to) == answer.size && fputc('\n', to) != EOF;
    arena_reset(arena);
    return written ? 0 : 1;
}

int rules_apply(FILE *in, FILE *out)
{
    struct arena *arena = arena_new(MEMORY_MAX_BYTES);
    char *line = NULL;
    size_t capacity = 0;
    int status = arena ? 0 : 1;
    for (ssize_t size = 0; status == 0 && (size = getline(&line, &capacity, in)) >= 0;) {
        struct str text = str_trim((struct str){line, (size_t)size});
        if (!str_empty(text))
            status = apply_line(text, arena, out);
    }
    if (ferror(in) || fflush(out) != 0)
        status = 1;
    free(line);
    arena_free(arena);
    return status;
}
