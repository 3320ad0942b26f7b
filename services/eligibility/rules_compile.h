/* A rule, compiled once into a flat program: instructions in an array, constants interned, paths of `var` split, jumps in place of lazy
 * operators. Pure; the program lives in the arena, is never changed by a run, and may be shared by threads. */
#ifndef JISR_ELIGIBILITY_RULES_COMPILE_H
#define JISR_ELIGIBILITY_RULES_COMPILE_H

#include "rules_value.h"
#include "rules_var.h"

enum rules_code {
    CODE_CONSTANT,    /* push constants[operand] */
    CODE_PATH,        /* push what paths[operand] leads to, or null */
    CODE_PATH_OR,     /* the same, but the top is what to have in place of null */
    CODE_FUSED,       /* operators[count] of what paths[low half of operand] leads to, or null, and constants[high half] */
    CODE_MISSING,     /* push the array of those of `count` paths from paths[operand] on that are null or "" */
    CODE_OPERATOR,    /* `count` arguments → operators[operand] of them */
    CODE_ARRAY,       /* `count` items → a new array of them */
    CODE_JUMP,        /* go to operand */
    CODE_JUMP_UNLESS, /* pop; go to operand when it is not truthy */
    CODE_KEEP_FALSY,  /* go to operand when the top is not truthy; else pop (and) */
    CODE_KEEP_TRUTHY, /* go to operand when the top is truthy; else pop (or) */
    CODE_MAP,         /* pop the list, run what follows on each item up to its CODE_END, push the result, go to operand */
    CODE_FILTER,
    CODE_ALL,
    CODE_NONE,
    CODE_SOME,
    CODE_REDUCE,  /* the same, with the initial value above the list */
    CODE_UNKNOWN, /* a fault: constants[operand] is no operation */
    CODE_END,
};

struct rules_instruction {
    enum rules_code code;
    uint32_t count;
    uint32_t operand;
};

struct rules_program {
    const struct rules_instruction *instructions;
    const struct rules_value *constants;
    const struct rules_path *paths;
    const struct str *path_texts; /* as they were written */
    const struct rules_operator *const *operators;
    uint32_t instruction_count, constant_count, path_count, operator_count;
    uint32_t stack_size; /* values that a run needs at most */
};

/* `rule` and its texts must live as long as the program. `names` (NULL: none) gets the names that the rule reads, while it has room. Charges the run
 * by the rule's size; false: the run has a fault. */
bool rules_compile(struct rules_run *run, struct rules_value rule, struct rules_names *names, struct rules_program *ret_program);

#endif
