#include "rules_run.h"

#include "rules_coerce.h"

#define UNDEFINED ((struct rules_value){0})

struct frame {
    struct rules_run *run;
    const struct rules_program *program;
    struct rules_value data;
    const struct rules_value *bound; /* NULL inside lists: the names are those of the outermost data */
};

static struct rules_value execute_from(const struct frame *frame, uint32_t at, struct rules_value *stack);

static struct rules_value new_array(struct rules_run *run, const struct rules_value *from, uint32_t count)
{
    struct rules_value *items = rules_items(run, count);
    if (!items)
        return UNDEFINED;
    for (uint32_t i = 0; i < count; i++)
        items[i] = from[i];
    return rules_array(items, count);
}

/* ── Lists ── */

static struct rules_value body(const struct frame *frame, uint32_t at, struct rules_value data, struct rules_value *stack)
{
    const struct frame inner = {frame->run, frame->program, data, NULL};
    return execute_from(&inner, at, stack);
}

static struct rules_value map(const struct frame *frame, uint32_t at, struct rules_value list, struct rules_value *stack)
{
    struct rules_value *items = rules_items(frame->run, list.size);
    for (uint32_t i = 0; items && i < list.size && frame->run->fault == RULES_FAULT_NONE; i++)
        items[i] = body(frame, at, list.as.items[i], stack);
    return items ? rules_array(items, list.size) : UNDEFINED;
}

static struct rules_value filter(const struct frame *frame, uint32_t at, struct rules_value list, struct rules_value *stack)
{
    struct rules_value *items = rules_items(frame->run, list.size);
    uint32_t kept = 0;
    for (uint32_t i = 0; items && i < list.size && frame->run->fault == RULES_FAULT_NONE; i++)
        if (rules_truthy(body(frame, at, list.as.items[i], stack)))
            items[kept++] = list.as.items[i];
    return items ? rules_array(items, kept) : UNDEFINED;
}

/* Is there an item whose truth is `wanted`? */
static bool any(const struct frame *frame, uint32_t at, struct rules_value list, struct rules_value *stack, bool wanted)
{
    for (uint32_t i = 0; i < list.size && frame->run->fault == RULES_FAULT_NONE; i++)
        if (rules_truthy(body(frame, at, list.as.items[i], stack)) == wanted)
            return true;
    return false;
}

static struct rules_value reduce(const struct frame *frame, uint32_t at, struct rules_value list, struct rules_value *stack)
{
    struct rules_value accumulator = stack[0];
    for (uint32_t i = 0; i < list.size && frame->run->fault == RULES_FAULT_NONE; i++) {
        struct rules_member *members = arena_take_array(frame->run->arena, 2, sizeof(*members));
        if (!members) {
            rules_fail(frame->run, RULES_FAULT_MEMORY);
            return UNDEFINED;
        }
        members[0] = (struct rules_member){STR("current"), list.as.items[i]};
        members[1] = (struct rules_member){STR("accumulator"), accumulator};
        accumulator = body(frame, at, rules_object(members, 2), stack);
    }
    return accumulator;
}

/* `stack` is the first free slot above the list; for reduce it holds the initial value. What is no list counts as an empty one, but all of
 * nothing is false. */
static struct rules_value each(const struct frame *frame, enum rules_code code, uint32_t at, struct rules_value list, struct rules_value *stack)
{
    if (list.kind != RULES_ARRAY)
        list.size = 0;
    if (code == CODE_MAP)
        return map(frame, at, list, stack);
    if (code == CODE_FILTER)
        return filter(frame, at, list, stack);
    if (code == CODE_REDUCE)
        return reduce(frame, at, list, stack);
    if (code == CODE_ALL)
        return rules_bool(list.size > 0 && !any(frame, at, list, stack, false));
    return rules_bool(any(frame, at, list, stack, true) == (code == CODE_SOME));
}

/* ── The machine ── */

static struct rules_value follow(const struct frame *frame, uint32_t path_index, struct rules_value not_found)
{
    const struct rules_path *path = &frame->program->paths[path_index];
    if (!frame->bound || path->slot == 0)
        return rules_follow(frame->run, frame->data, path, not_found);
    struct rules_value first = frame->bound[path->slot - 1];
    if (first.kind == RULES_UNDEFINED)
        return not_found;
    const struct rules_path rest = {path->names + 1, path->count - 1, 0};
    return rest.count == 0 ? first : rules_follow(frame->run, first, &rest, not_found);
}

static bool in_order(enum rules_order order, double a, double b)
{
    switch (order) {
    case ORDER_EQUAL:
        return a == b;
    case ORDER_LESS:
        return a < b;
    case ORDER_LESS_OR_EQUAL:
        return a <= b;
    case ORDER_GREATER:
        return a > b;
    case ORDER_GREATER_OR_EQUAL:
        return a >= b;
    case ORDER_NONE:
        break;
    }
    return false;
}

static bool both_numbers(const struct rules_value *pair)
{
    return pair[0].kind == RULES_NUMBER && pair[1].kind == RULES_NUMBER;
}

static struct rules_value call(const struct frame *frame, const struct rules_instruction *instruction, const struct rules_value *arguments)
{
    const struct rules_operator *found = frame->program->operators[instruction->operand];
    if (found->order != ORDER_NONE && instruction->count == 2 && both_numbers(arguments))
        return rules_bool(in_order(found->order, arguments[0].as.number, arguments[1].as.number));
    const struct rules_call made = {arguments, instruction->count, frame->data};
    /* cppcheck-suppress returnDanglingLifetime ; an operator copies values out of `made`, and no value points at its operands */
    return found->apply(frame->run, &made);
}

static struct rules_value call_fused(const struct frame *frame, const struct rules_instruction *instruction)
{
    const struct rules_operator *found = frame->program->operators[instruction->count];
    const struct rules_value pair[2] = {
        follow(frame, instruction->operand & 0xFFFF, rules_null()),
        frame->program->constants[instruction->operand >> 16],
    };
    if (found->order != ORDER_NONE && both_numbers(pair))
        return rules_bool(in_order(found->order, pair[0].as.number, pair[1].as.number));
    const struct rules_call made = {pair, 2, frame->data};
    /* cppcheck-suppress returnDanglingLifetime ; an operator copies values out of `made`, and no value points at its operands */
    return found->apply(frame->run, &made);
}

static bool is_missing(const struct frame *frame, uint32_t path)
{
    struct rules_value value = follow(frame, path, rules_null());
    return value.kind == RULES_NULL || (value.kind == RULES_STRING && value.size == 0);
}

/* The same as rules_on_missing, for paths that are known. */
static struct rules_value missing(const struct frame *frame, const struct rules_instruction *instruction)
{
    struct rules_value *items = rules_items(frame->run, instruction->count);
    size_t count = 0;
    for (uint32_t i = 0; items && i < instruction->count; i++) {
        uint32_t path = instruction->operand + i;
        if (is_missing(frame, path))
            items[count++] = rules_string(frame->program->path_texts[path]);
    }
    return items ? rules_array(items, count) : UNDEFINED;
}

static void unknown(const struct frame *frame, const struct rules_instruction *instruction)
{
    if (frame->run->fault == RULES_FAULT_NONE)
        frame->run->detail = rules_text(frame->program->constants[instruction->operand]);
    rules_fail(frame->run, RULES_FAULT_UNKNOWN_OPERATION);
}

static bool enter(struct rules_run *run)
{
    if (run->depth >= RULES_DEPTH_MAX)
        rules_fail(run, RULES_FAULT_DEPTH);
    return run->fault == RULES_FAULT_NONE;
}

/* Up to the CODE_END; `stack` is the first free slot. */
/* What is popped was pushed: the compiler puts an operator behind its operands and counts the slots that they need. The analyser sees neither. */
/* NOLINTBEGIN(clang-analyzer-core.UndefinedBinaryOperatorResult,clang-analyzer-core.CallAndMessage) */
/* NOLINTNEXTLINE(readability-function-size): one loop over all instructions: a function for each would hide what they do to `top` */
static struct rules_value run_instructions(const struct frame *frame, uint32_t at, struct rules_value *stack)
{
    struct rules_value *top = stack; /* the first free slot */
    const struct rules_program *program = frame->program;
    while (rules_charge(frame->run, 1)) {
        const struct rules_instruction *now = &program->instructions[at++];
        switch (now->code) {
        case CODE_CONSTANT:
            *top++ = program->constants[now->operand];
            break;
        case CODE_PATH:
            *top++ = follow(frame, now->operand, rules_null());
            break;
        case CODE_PATH_OR:
            top[-1] = follow(frame, now->operand, top[-1].kind == RULES_UNDEFINED ? rules_null() : top[-1]);
            break;
        case CODE_FUSED:
            *top++ = call_fused(frame, now);
            break;
        case CODE_MISSING:
            *top++ = missing(frame, now);
            break;
        case CODE_OPERATOR:
            top -= now->count;
            *top = call(frame, now, top);
            top++;
            break;
        case CODE_ARRAY:
            top -= now->count;
            *top = new_array(frame->run, top, now->count);
            top++;
            break;
        case CODE_JUMP:
            at = now->operand;
            break;
        case CODE_JUMP_UNLESS:
            if (!rules_truthy(*--top))
                at = now->operand;
            break;
        case CODE_KEEP_FALSY:
        case CODE_KEEP_TRUTHY:
            if (rules_truthy(top[-1]) == (now->code == CODE_KEEP_TRUTHY))
                at = now->operand;
            else
                top--;
            break;
        case CODE_REDUCE:
            top--;
            __attribute__((fallthrough));
        case CODE_MAP:
        case CODE_FILTER:
        case CODE_ALL:
        case CODE_NONE:
        case CODE_SOME:
            top[-1] = each(frame, now->code, at, top[-1], top);
            at = now->operand;
            break;
        case CODE_UNKNOWN:
            unknown(frame, now);
            break;
        case CODE_END:
            return top[-1];
        }
    }
    return UNDEFINED;
}
/* NOLINTEND(clang-analyzer-core.UndefinedBinaryOperatorResult,clang-analyzer-core.CallAndMessage) */

static struct rules_value execute_from(const struct frame *frame, uint32_t at, struct rules_value *stack)
{
    if (!enter(frame->run))
        return UNDEFINED;
    frame->run->depth++;
    struct rules_value result = run_instructions(frame, at, stack);
    frame->run->depth--;
    return result;
}

/* A program of one instruction and its end, as most rules of a ruleset are: without a stack. False: it needs the machine. */
static bool execute_single(const struct frame *frame, struct rules_value *ret_result)
{
    const struct rules_program *program = frame->program;
    const struct rules_instruction *only = program->instructions;
    if (program->instruction_count != 2 || !rules_charge(frame->run, 2))
        return false;
    if (only->code == CODE_FUSED)
        *ret_result = call_fused(frame, only);
    else if (only->code == CODE_MISSING)
        *ret_result = missing(frame, only);
    else if (only->code == CODE_PATH)
        *ret_result = follow(frame, only->operand, rules_null());
    else if (only->code == CODE_CONSTANT)
        *ret_result = program->constants[only->operand];
    else
        return false;
    return true;
}

struct rules_value rules_execute(struct rules_run *run, const struct rules_program *program, struct rules_value data)
{
    const struct frame frame = {run, program, data, run->bound};
    struct rules_value single;
    if (execute_single(&frame, &single))
        return single;
    struct rules_value small[16], *stack = small;
    if (program->stack_size > sizeof(small) / sizeof(small[0])) {
        stack = arena_take_array(run->arena, program->stack_size, sizeof(*stack));
        if (!stack)
            rules_fail(run, RULES_FAULT_MEMORY);
    }
    return stack ? execute_from(&frame, 0, stack) : UNDEFINED;
}

bool rules_holds(struct rules_run *run, const struct rules_program *program, struct rules_value data)
{
    const struct frame frame = {run, program, data, run->bound};
    const struct rules_instruction *only = program->instructions;
    if (program->instruction_count == 2 && only->code == CODE_FUSED && rules_charge(run, 2))
        return rules_truthy(call_fused(&frame, only));
    if (program->instruction_count != 2 || only->code != CODE_MISSING)
        return rules_truthy(rules_execute(run, program, data));        /* NOLINT(clang-analyzer-core.CallAndMessage): as in run_instructions */
    for (uint32_t i = 0; i < only->count && rules_charge(run, 1); i++) /* is anything missing: no need to say what */
        if (is_missing(&frame, only->operand + i))
            return true;
    return false;
}

void rules_bind(struct rules_run *run, const struct rules_names *names, struct rules_hints *hints, struct rules_value data)
{
    struct rules_value *bound = rules_items(run, names->count);
    for (size_t i = 0; bound && i < names->count; i++) {
        uint32_t hint = hints ? hints->at[i] : 0;
        if (data.kind == RULES_OBJECT && hint < data.size && str_equal(data.as.members[hint].name, names->at[i])) {
            bound[i] = data.as.members[hint].value;
            continue;
        }
        const struct rules_path path = {&names->at[i], 1, 0};
        bound[i] = rules_follow(run, data, &path, UNDEFINED);
        for (uint32_t k = 0; hints && data.kind == RULES_OBJECT && k < data.size; k++)
            if (str_equal(data.as.members[k].name, names->at[i]))
                hints->at[i] = k;
    }
    run->bound = bound;
}

struct rules_value rules_evaluate(struct rules_run *run, struct rules_value rule, struct rules_value data)
{
    struct rules_program program = {0};
    if (!enter(run))
        return UNDEFINED;
    run->depth++;
    struct rules_value result = rules_compile(run, rule, NULL, &program) ? rules_execute(run, &program, data) : UNDEFINED;
    run->depth--;
    return result;
}
