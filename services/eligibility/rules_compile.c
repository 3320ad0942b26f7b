#include "rules_compile.h"

#include "rules_coerce.h"

/* How far back equal constants and paths are looked for: enough for a rule that people write, and no trap for one that they don't. */
#define INTERN_WINDOW 256

struct compiler {
    struct rules_run *run;
    struct rules_names *names;
    struct rules_instruction *instructions;
    struct rules_value *constants;
    struct rules_path *paths;
    struct str *path_texts;
    const struct rules_operator **operators;
    uint32_t instruction_count, constant_count, path_count, operator_count;
    uint32_t height, stack_size; /* of the stack, here and at its highest */
};

static void compile(struct compiler *compiler, struct rules_value logic);

static bool is_logic(struct rules_value value)
{
    return value.kind == RULES_OBJECT && value.size == 1;
}

/* What a rule can need at most of everything: three instructions for each of its values. */
static size_t count_values(struct rules_run *run, struct rules_value logic)
{
    size_t count = 1;
    if (run->depth >= RULES_DEPTH_MAX)
        rules_fail(run, RULES_FAULT_DEPTH);
    if (!rules_charge(run, 1))
        return count;
    run->depth++;
    if (is_logic(logic))
        count += count_values(run, logic.as.members[0].value);
    else if (logic.kind == RULES_ARRAY)
        for (uint32_t i = 0; i < logic.size; i++)
            count += count_values(run, logic.as.items[i]);
    run->depth--;
    return count;
}

/* ── Emitting ── */

static uint32_t emit(struct compiler *compiler, enum rules_code code, uint32_t count, uint32_t operand)
{
    compiler->instructions[compiler->instruction_count] = (struct rules_instruction){code, count, operand};
    return compiler->instruction_count++;
}

static void jump_here(struct compiler *compiler, uint32_t instruction)
{
    compiler->instructions[instruction].operand = compiler->instruction_count;
}

static void pushed(struct compiler *compiler)
{
    if (++compiler->height > compiler->stack_size)
        compiler->stack_size = compiler->height;
}

static void popped(struct compiler *compiler, uint32_t count)
{
    compiler->height -= count;
}

static uint32_t window_start(uint32_t count)
{
    return count > INTERN_WINDOW ? count - INTERN_WINDOW : 0;
}

/* Equal to the bit: 0 and -0 are two constants. Arrays and objects never are: === tells two equal ones apart. */
static bool same_constant(struct rules_value a, struct rules_value b)
{
    if (a.kind == RULES_NUMBER && b.kind == RULES_NUMBER)
        /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): == takes 0 for -0; the bits are meant */
        return memcmp(&a.as.number, &b.as.number, sizeof(double)) == 0;
    return a.kind < RULES_ARRAY && rules_strictly_equal(a, b);
}

static uint32_t intern_constant(struct compiler *compiler, struct rules_value value)
{
    for (uint32_t i = window_start(compiler->constant_count); i < compiler->constant_count; i++)
        if (same_constant(compiler->constants[i], value))
            return i;
    compiler->constants[compiler->constant_count] = value;
    return compiler->constant_count++;
}

static uint32_t find_slot(struct rules_names *names, struct str name)
{
    for (size_t i = 0; i < names->count; i++)
        if (str_equal(names->at[i], name))
            return (uint32_t)i + 1;
    if (names->count == RULES_NAMES_MAX)
        return 0;
    names->at[names->count++] = name;
    return (uint32_t)names->count;
}

static uint32_t add_path(struct compiler *compiler, struct str text)
{
    struct rules_path path = {0};
    if (text.size > 0 && !rules_path_split(compiler->run, text, &path))
        return 0;
    if (compiler->names && path.count > 0)
        path.slot = find_slot(compiler->names, path.names[0]);
    compiler->paths[compiler->path_count] = path;
    compiler->path_texts[compiler->path_count] = text;
    return compiler->path_count++;
}

static uint32_t intern_path(struct compiler *compiler, struct str text)
{
    for (uint32_t i = window_start(compiler->path_count); i < compiler->path_count; i++)
        if (str_equal(compiler->path_texts[i], text))
            return i;
    return add_path(compiler, text);
}

static uint32_t intern_operator(struct compiler *compiler, const struct rules_operator *found)
{
    for (uint32_t i = 0; i < compiler->operator_count; i++)
        if (compiler->operators[i] == found)
            return i;
    compiler->operators[compiler->operator_count] = found;
    return compiler->operator_count++;
}

static void push_constant(struct compiler *compiler, struct rules_value value)
{
    emit(compiler, CODE_CONSTANT, 0, intern_constant(compiler, value));
    pushed(compiler);
}

/* ── The operations: each leaves one value ── */

struct operands {
    const struct rules_value *items;
    uint32_t count;
};

static void compile_operand(struct compiler *compiler, struct operands operands, uint32_t index)
{
    compile(compiler, index < operands.count ? operands.items[index] : (struct rules_value){0});
}

static void compile_if(struct compiler *compiler, struct operands operands)
{
    uint32_t last_jump = UINT32_MAX, i = 0;
    for (; i + 1 < operands.count; i += 2) {
        compile_operand(compiler, operands, i);
        uint32_t otherwise = emit(compiler, CODE_JUMP_UNLESS, 0, 0);
        popped(compiler, 1);
        compile_operand(compiler, operands, i + 1);
        popped(compiler, 1);
        last_jump = emit(compiler, CODE_JUMP, 0, last_jump); /* chained through the operands until the end is known */
        jump_here(compiler, otherwise);
    }
    if (i < operands.count)
        compile_operand(compiler, operands, i);
    else
        push_constant(compiler, rules_null());
    while (last_jump != UINT32_MAX) {
        uint32_t before = compiler->instructions[last_jump].operand;
        jump_here(compiler, last_jump);
        last_jump = before;
    }
}

static void compile_chain(struct compiler *compiler, struct operands operands, enum rules_code keep)
{
    uint32_t last_jump = UINT32_MAX;
    for (uint32_t i = 0; i + 1 < operands.count; i++) {
        compile_operand(compiler, operands, i);
        last_jump = emit(compiler, keep, 0, last_jump);
        popped(compiler, 1);
    }
    compile_operand(compiler, operands, operands.count ? operands.count - 1 : 0); /* none at all: undefined */
    while (last_jump != UINT32_MAX) {
        uint32_t before = compiler->instructions[last_jump].operand;
        jump_here(compiler, last_jump);
        last_jump = before;
    }
}

static void compile_and(struct compiler *compiler, struct operands operands)
{
    compile_chain(compiler, operands, CODE_KEEP_FALSY);
}
static void compile_or(struct compiler *compiler, struct operands operands)
{
    compile_chain(compiler, operands, CODE_KEEP_TRUTHY);
}

/* The body's values lie above everything that is on the stack now. */
static void compile_body(struct compiler *compiler, struct operands operands, enum rules_code each)
{
    uint32_t loop = emit(compiler, each, 0, 0);
    popped(compiler, 1);
    compile_operand(compiler, operands, 1);
    emit(compiler, CODE_END, 0, 0);
    jump_here(compiler, loop);
}

static void compile_reduce(struct compiler *compiler, struct operands operands)
{
    compile_operand(compiler, operands, 0);
    if (operands.count > 2 && operands.items[2].kind != RULES_UNDEFINED)
        compile_operand(compiler, operands, 2);
    else
        push_constant(compiler, rules_null());
    popped(compiler, 1);
    compile_body(compiler, operands, CODE_REDUCE);
}

#define EACH(name, code)                                                            \
    static void compile_##name(struct compiler *compiler, struct operands operands) \
    {                                                                               \
        compile_operand(compiler, operands, 0);                                     \
        compile_body(compiler, operands, code);                                     \
    }
EACH(map, CODE_MAP)
EACH(filter, CODE_FILTER)
EACH(all, CODE_ALL)
EACH(none, CODE_NONE)
EACH(some, CODE_SOME)
#undef EACH

static const struct {
    const char *name;
    void (*compile)(struct compiler *compiler, struct operands operands);
} lazy[] = {
    {"if", compile_if},         {"?:", compile_if},   {"and", compile_and},   {"or", compile_or},     {"map", compile_map},
    {"filter", compile_filter}, {"all", compile_all}, {"none", compile_none}, {"some", compile_some}, {"reduce", compile_reduce},
};

static bool is_constant_path(struct rules_value value)
{
    return value.kind == RULES_STRING || value.kind == RULES_NULL || value.kind == RULES_UNDEFINED || value.kind == RULES_NUMBER;
}

/* {"var": "a.b"} and {"var": ["a.b", default]}, whose path is there at compile time. */
static bool compile_var(struct compiler *compiler, struct operands operands)
{
    struct rules_value key = operands.count > 0 ? operands.items[0] : (struct rules_value){0};
    if (!is_constant_path(key) || operands.count > 2)
        return false;
    struct str text = key.kind <= RULES_NULL ? STR("") : rules_to_text(compiler->run, key);
    if (operands.count == 2) {
        compile_operand(compiler, operands, 1);
        emit(compiler, CODE_PATH_OR, 0, intern_path(compiler, text));
    } else {
        emit(compiler, CODE_PATH, 0, intern_path(compiler, text));
        pushed(compiler);
    }
    return true;
}

/* {"missing": ["a", "b.c"]}, whose paths are there at compile time. They lie in a row, so they are not interned. */
static bool compile_missing(struct compiler *compiler, struct operands operands)
{
    for (uint32_t i = 0; i < operands.count; i++)
        if (operands.items[i].kind != RULES_STRING)
            return false;
    emit(compiler, CODE_MISSING, operands.count, compiler->path_count);
    for (uint32_t i = 0; i < operands.count; i++)
        add_path(compiler, rules_text(operands.items[i]));
    pushed(compiler);
    return true;
}

#define HALF 16

/* What compares a datum with a constant, as most rules do, is one instruction in place of three. Nothing jumps in between: operands are whole. */
static bool fuse(struct compiler *compiler, const struct rules_operator *found, uint32_t first, struct operands operands)
{
    const struct rules_instruction *pair = &compiler->instructions[first];
    if (operands.count != 2 || compiler->instruction_count != first + 2 || pair[0].code != CODE_PATH || pair[1].code != CODE_CONSTANT ||
        pair[0].operand >> HALF || pair[1].operand >> HALF)
        return false;
    uint32_t both = pair[1].operand << HALF | pair[0].operand;
    compiler->instruction_count = first;
    emit(compiler, CODE_FUSED, intern_operator(compiler, found), both);
    return true;
}

/* The list of {"in": [x, ["a", "b"]]} can't be seen again after it was searched: it need not be a new array each time. */
static bool is_searched_constant(struct str name, uint32_t operand, struct rules_value value)
{
    if (operand != 1 || value.kind != RULES_ARRAY || !str_equal(name, STR("in")))
        return false;
    for (uint32_t i = 0; i < value.size; i++)
        if (value.as.items[i].kind >= RULES_ARRAY)
            return false;
    return true;
}

static void compile_operator(struct compiler *compiler, struct str name, struct operands operands)
{
    const struct rules_operator *found = rules_operator_find(name);
    uint32_t first = compiler->instruction_count;
    for (uint32_t i = 0; i < operands.count; i++)
        if (is_searched_constant(name, i, operands.items[i]))
            push_constant(compiler, operands.items[i]);
        else
            compile_operand(compiler, operands, i);
    if (found && fuse(compiler, found, first, operands))
        ;
    else if (found)
        emit(compiler, CODE_OPERATOR, operands.count, intern_operator(compiler, found));
    else
        emit(compiler, CODE_UNKNOWN, 0, intern_constant(compiler, rules_string(name)));
    popped(compiler, operands.count);
    pushed(compiler);
}

static void compile_logic(struct compiler *compiler, const struct rules_member *logic)
{
    struct operands operands = {&logic->value, 1};
    if (logic->value.kind == RULES_ARRAY)
        operands = (struct operands){logic->value.as.items, logic->value.size};
    for (size_t i = 0; i < sizeof(lazy) / sizeof(lazy[0]); i++)
        if (str_equal(str_from(lazy[i].name), logic->name)) {
            lazy[i].compile(compiler, operands);
            return;
        }
    if (str_equal(logic->name, STR("var")) && compile_var(compiler, operands))
        return;
    if (str_equal(logic->name, STR("missing")) && compile_missing(compiler, operands))
        return;
    compile_operator(compiler, logic->name, operands);
}

static void compile(struct compiler *compiler, struct rules_value logic)
{
    if (is_logic(logic)) {
        compile_logic(compiler, &logic.as.members[0]);
    } else if (logic.kind == RULES_ARRAY) {
        for (uint32_t i = 0; i < logic.size; i++)
            compile(compiler, logic.as.items[i]);
        emit(compiler, CODE_ARRAY, logic.size, 0);
        popped(compiler, logic.size);
        pushed(compiler);
    } else {
        push_constant(compiler, logic);
    }
}

bool rules_compile(struct rules_run *run, struct rules_value rule, struct rules_names *names, struct rules_program *ret_program)
{
    size_t values = count_values(run, rule);
    if (run->fault != RULES_FAULT_NONE)
        return false;
    /* Beside its own values a rule can have the undefined ones of operands that it leaves out: two for each operation. */
    size_t room = 3 * values + 2;
    struct compiler compiler = {
        .run = run,
        .names = names,
        .instructions = arena_take_array(run->arena, 3 * room, sizeof(*compiler.instructions)),
        .constants = arena_take_array(run->arena, room, sizeof(*compiler.constants)),
        .paths = arena_take_array(run->arena, values, sizeof(*compiler.paths)),
        .path_texts = arena_take_array(run->arena, values, sizeof(*compiler.path_texts)),
        /* NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers into the table of operators */
        .operators = arena_take_array(run->arena, values, sizeof(*compiler.operators)),
    };
    if (!compiler.instructions || !compiler.constants || !compiler.paths || !compiler.path_texts || !compiler.operators) {
        rules_fail(run, RULES_FAULT_MEMORY);
        return false;
    }
    compile(&compiler, rule);
    emit(&compiler, CODE_END, 0, 0);
    if (run->fault != RULES_FAULT_NONE)
        return false;
    *ret_program = (struct rules_program){
        .instructions = compiler.instructions,
        .constants = compiler.constants,
        .paths = compiler.paths,
        .path_texts = compiler.path_texts,
        .operators = compiler.operators,
        .instruction_count = compiler.instruction_count,
        .constant_count = compiler.constant_count,
        .path_count = compiler.path_count,
        .operator_count = compiler.operator_count,
        .stack_size = compiler.stack_size,
    };
    return true;
}
