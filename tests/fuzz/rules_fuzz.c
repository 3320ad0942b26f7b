/* `jisrctl rules apply`: a rule over data, as the service evaluates it. It ends within its steps, gives the same each time, and gives the same where
 * names are bound beforehand, as eligibility does for speed. */
#include "fuzz.h"
#include "services/eligibility/rules_json.h"
#include "services/eligibility/rules_run.h"

#define TOO_DEEP STR("nested too deeply")
#define STEPS 20000u /* fifty times fewer than the service allows: an input takes a millisecond at most */

static struct str written(struct arena *arena, const struct rules_run *run, struct rules_value result)
{
    struct buf out;
    struct str text;
    if (run->fault != RULES_FAULT_NONE)
        return str_from(rules_fault_text(run->fault));
    buf_init(&out, arena, SIZE_MAX);
    if (!rules_write(&out, result))
        return TOO_DEEP;
    HOLD(buf_done(&out, &text) == ERR_OK, "a result can be written");
    return text;
}

static struct rules_value bound(struct rules_run *run, struct rules_value rule, struct rules_value data)
{
    struct rules_names names = {.count = 0};
    struct rules_hints hints = {{0}};
    struct rules_program program;
    if (!rules_compile(run, rule, &names, &program))
        return (struct rules_value){0};
    rules_bind(run, &names, &hints, data);
    return rules_execute(run, &program, data);
}

/* Where the budget or the memory ended it, nothing can be compared. */
static bool is_settled(const struct rules_run *run)
{
    return run->fault != RULES_FAULT_STEPS && run->fault != RULES_FAULT_MEMORY;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = fuzz_arena();
    struct rules_value pair, again;
    const char *why;
    if (rules_read(fuzz_text(bytes, size), arena, &pair, &why) != ERR_OK || pair.kind != RULES_OBJECT)
        return 0;
    const struct rules_value *rule = rules_member(pair, STR("rule")), *data = rules_member(pair, STR("data"));
    if (!rule)
        return 0;
    struct rules_value over = data ? *data : (struct rules_value){0};
    struct rules_run runs[3] = {rules_run_begin(arena, STEPS), rules_run_begin(arena, STEPS), rules_run_begin(arena, 2 * STEPS)};
    struct str texts[3] = {written(arena, &runs[0], rules_evaluate(&runs[0], *rule, over)),
                           written(arena, &runs[1], rules_evaluate(&runs[1], *rule, over)), written(arena, &runs[2], bound(&runs[2], *rule, over))};
    HOLD(runs[0].steps_left <= STEPS, "a budget only shrinks");
    if (!is_settled(&runs[0]) || !is_settled(&runs[1]) || !is_settled(&runs[2]))
        return 0;
    HOLD(str_equal(texts[0], texts[1]), "the same rule over the same data gives the same");
    HOLD(str_equal(texts[0], texts[2]), "also where names are bound");
    HOLD(runs[0].fault != RULES_FAULT_NONE || str_equal(texts[0], TOO_DEEP) || rules_read(texts[0], arena, &again, &why) == ERR_OK,
         "a result is JSON");
    return 0;
}
