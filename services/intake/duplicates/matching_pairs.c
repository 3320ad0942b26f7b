#include "matching_pairs.h"

#include "app/app.h"
#include "app/log.h"
#include "services/intake/personal/dossier.h"
#include "duplicates_statements.h"
#include "traits.h"

#define PAIRS_A_WOMAN 5   /* a reviewer looks at the best: who is like many is like all of them */
#define PROJECTS_ALIKE 60 /* percent of their titles' trigrams: the same woman, the same project */

struct file {
    struct id id;
    int64_t call_id;
    struct str kind;
    struct traits_made *women;
    size_t woman_count;
};

/* ── A file's women ── */

static enum err open_form(const struct matching_step *matching, const struct db_rows *rows, size_t row, struct form *ret_form,
                          struct form_facts *ret_facts)
{
    struct violations *violations = arena_take(matching->arena, sizeof(*violations));
    struct subject_keys keys = {.contact_wrapped = db_get_str(rows, row, 4)};
    struct id id = db_get_id(rows, row, 0);
    const struct calls_snapshot *calls = calls_hold(matching->intake->calls, matching->arena);
    const struct call *call = calls ? calls_by_id(calls, db_get_int(rows, row, 1)) : NULL;
    struct str body;
    if (!violations)
        return ERR_LIMIT;
    if (!call)
        return ERR_UNAVAILABLE; /* made a moment ago: the copies look at the calls every two seconds */
    violations_init(violations, matching->arena);
    enum err err = subject_contact_unwrap(&matching->intake->keys, id, &keys);
    if (err == ERR_OK)
        err = dossier_open_body(&keys, id, db_get_str(rows, row, 3), matching->arena, &body);
    secret_wipe(&keys.contact, sizeof(keys.contact));
    if (err == ERR_OK && form_decode(body, matching->arena, ret_form, violations) != ERR_OK)
        err = ERR_INTERNAL;
    if (err != ERR_OK)
        return err;
    ret_form->draft = false;
    /* The numbers, normalised; what the call makes of the form was judged when it was sent. */
    struct call_terms terms = call_terms_at(call, clock_wall_us());
    form_validate(ret_form, &terms, instant_casablanca_date(clock_wall_us()), violations, ret_facts);
    return ERR_OK;
}

static enum err make_women(const struct matching_step *matching, const struct form *form, const struct form_facts *facts, struct file *file)
{
    bool cooperative = form->kind == KIND_COOPERATIVE;
    file->woman_count = cooperative ? form->cooperative.member_count : 1;
    file->women = arena_take_array(matching->arena, file->woman_count, sizeof(*file->women));
    if (!file->women || (cooperative && !facts->members))
        return ERR_LIMIT;
    for (size_t i = 0; i < file->woman_count; i++) {
        const struct form_member *member = cooperative ? &form->cooperative.members[i] : NULL;
        char phone[PHONE_SIZE] = "";
        if (member && !phone_normalise(member->phone, phone))
            phone[0] = '\0';
        struct woman woman = {
            .name = member ? &member->name : &form->applicant.name,
            .number = member ? &facts->members[i] : &facts->applicant,
            .birth_date = member ? member->birth_date : form->applicant.birth_date,
            .phone = str_from(member ? phone : facts->phone),
            .commune = form->applicant.address.commune,
            .project = form->project.title,
            .ice = str_from(facts->ice),
        };
        enum err err = traits_make(&matching->key, &woman, matching->arena, &file->women[i]);
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}

static enum err keep_woman(struct db *db, struct arena *arena, const struct file *file, size_t place)
{
    const struct traits_made *made = &file->women[place];
    const struct traits *traits = &made->traits;
    const int64_t hashes[] = {traits->number, traits->born,    traits->born_day, traits->born_years[LIKENESS_YEARS],
                              traits->phone,  traits->commune, traits->ice};
    struct db_column blocks;
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, file->id);
    db_arg_int4(&args, (int32_t)place);
    db_arg_int4(&args, (int32_t)file->call_id);
    db_arg_str(&args, file->kind);
    for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
        db_arg_int8(&args, hashes[i]);
    db_arg_str(&args, traits_pack(traits->grams, traits->gram_count, arena));
    db_arg_str(&args, traits_pack(traits->project, traits->project_count, arena));
    db_column_init(&blocks, arena, DB_INT8);
    for (size_t i = 0; i < made->block_count; i++)
        db_column_int(&blocks, made->blocks[i]);
    db_arg_column(&args, &blocks);
    return db_queue(db, &DUPLICATES_ADD_TRAIT, &args);
}

/* ── Pairs ── */

struct pair {
    struct id other;
    const char *about;
    enum likeness_level level;
    int score;
    struct str parts;
};

static struct str parts_text(const struct likeness *likeness, struct arena *arena)
{
    struct buf out;
    struct str text = {0};
    buf_init(&out, arena, SIZE_MAX);
    for (int part = 0; part < LIKENESS_PART_COUNT; part++)
        buf_format(&out, "%s\"%s\":%d", part == 0 ? "{" : ",", likeness_part_name((enum likeness_part)part), likeness->parts[part]);
    buf_byte(&out, '}');
    return buf_done(&out, &text) == ERR_OK ? text : (struct str){0};
}

static struct traits read_candidate(const struct db_rows *rows, size_t row, struct arena *arena)
{
    struct traits traits = {.number = db_get_int(rows, row, 3),
                            .born = db_get_int(rows, row, 4),
                            .born_day = db_get_int(rows, row, 5),
                            .born_years = {[LIKENESS_YEARS] = db_get_int(rows, row, 6)},
                            .phone = db_get_int(rows, row, 7),
                            .commune = db_get_int(rows, row, 8),
                            .ice = db_get_int(rows, row, 9)};
    traits_unpack(db_get_str(rows, row, 10), arena, &traits.grams, &traits.gram_count);
    traits_unpack(db_get_str(rows, row, 11), arena, &traits.project, &traits.project_count);
    return traits;
}

/* A woman may apply for herself and belong to a cooperative, and come back in a later call: then it is her project that must not be financed twice.
 * So is a cooperative's that applies twice under one ICE. */
static bool judge(const struct matching_step *matching, const struct file *file, const struct traits *probe, const struct db_rows *rows, size_t row,
                  struct pair *ret_pair)
{
    struct traits stored = read_candidate(rows, row, matching->arena);
    struct likeness likeness = likeness_of(probe, &stored);
    const struct intake_settings *settings = matching->intake->settings;
    struct likeness_thresholds thresholds = {(int)settings->match_likely, (int)settings->match_same};
    bool together = db_get_int(rows, row, 1) == file->call_id && str_equal(db_get_str(rows, row, 2), file->kind);
    enum likeness_level level = likeness_level(likeness.score, thresholds);
    int projects = likeness_of_projects(probe, &stored);
    bool one_cooperative = probe->ice != 0 && probe->ice == stored.ice;
    struct pair pair = {.other = db_get_id(rows, row, 0), .parts = parts_text(&likeness, matching->arena)};
    if (together && level != LIKENESS_NONE)
        pair = (struct pair){pair.other, "woman", level, likeness.score, pair.parts};
    else if (one_cooperative || (!together && level != LIKENESS_NONE && projects >= PROJECTS_ALIKE))
        pair = (struct pair){pair.other, "project", one_cooperative ? LIKENESS_SAME : level, one_cooperative ? 100 : projects, pair.parts};
    *ret_pair = pair;
    return pair.about != NULL;
}

static enum err keep_pair(struct db *db, struct arena *arena, struct id application, const struct pair *pair)
{
    struct db_args args;
    uint8_t entropy[10];
    instant_us now = clock_wall_us();
    random_bytes(entropy, sizeof(entropy));
    db_args_init(&args, arena);
    db_arg_id(&args, id_make(now / 1000, entropy));
    db_arg_id(&args, application);
    db_arg_id(&args, pair->other);
    db_arg_str(&args, str_from(pair->about));
    db_arg_str(&args, str_from(likeness_level_name(pair->level)));
    db_arg_int4(&args, pair->score);
    db_arg_str(&args, pair->parts);
    db_arg_instant(&args, now);
    return db_queue(db, &DUPLICATES_KEEP_PAIR, &args);
}

struct best_pairs {
    struct pair items[PAIRS_A_WOMAN];
    size_t count;
};

/* The highest first; what falls off the end is not kept. */
static void add_best(struct best_pairs *best, const struct pair *pair)
{
    size_t at = best->count < PAIRS_A_WOMAN ? best->count++ : PAIRS_A_WOMAN - 1;
    if (at == PAIRS_A_WOMAN - 1 && best->items[at].about && best->items[at].score >= pair->score)
        return;
    for (; at > 0 && best->items[at - 1].score < pair->score; at--)
        best->items[at] = best->items[at - 1];
    best->items[at] = *pair;
}

static enum err compare_woman(struct db *db, const struct matching_step *matching, const struct file *file, const struct traits_made *made)
{
    struct best_pairs best = {0};
    struct db_column probes;
    struct db_args args;
    struct db_rows rows;
    struct pair pair;
    db_column_init(&probes, matching->arena, DB_INT8);
    for (size_t i = 0; i < made->probe_count; i++)
        db_column_int(&probes, made->probes[i]);
    db_args_init(&args, matching->arena);
    db_arg_column(&args, &probes);
    db_arg_id(&args, file->id);
    enum err err = db_run(db, &DUPLICATES_CANDIDATES, &args, matching->arena, &rows);
    if (err != ERR_OK)
        return err;
    for (size_t row = 0; row < rows.count; row++)
        if (judge(matching, file, &made->traits, &rows, row, &pair))
            add_best(&best, &pair);
    for (size_t i = 0; err == ERR_OK && i < best.count; i++)
        err = keep_pair(db, matching->arena, file->id, &best.items[i]);
    return err;
}

static enum err compare_file(struct db *db, const struct matching_step *matching, const struct db_rows *rows, size_t row)
{
    struct file file = {db_get_id(rows, row, 0), db_get_int(rows, row, 1), db_get_str(rows, row, 2), NULL, 0};
    struct form *form = arena_take(matching->arena, sizeof(*form));
    struct form_facts facts;
    enum err err = form ? open_form(matching, rows, row, form, &facts) : ERR_LIMIT;
    if (err == ERR_INTERNAL) { /* it can't be read; the files behind it must not wait for it */
        log_line(LOG_WARNING, "file-not-compared", LOG_ERR(err));
        return ERR_OK;
    }
    if (err == ERR_OK)
        err = make_women(matching, form, &facts, &file);
    for (size_t place = 0; err == ERR_OK && place < file.woman_count; place++) {
        err = compare_woman(db, matching, &file, &file.women[place]);
        if (err == ERR_OK)
            err = keep_woman(db, matching->arena, &file, place);
    }
    return err;
}

enum err matching_compare(struct db *db, struct matching_step *matching, const struct id *ids, size_t count)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, matching->arena);
    db_arg_ids(&args, ids, count);
    enum err err = db_queue(db, &DUPLICATES_DROP_TRAITS, &args);
    if (err == ERR_OK)
        err = db_run(db, &DUPLICATES_FILES, &args, matching->arena, &rows);
    for (size_t row = 0; err == ERR_OK && row < rows.count; row++)
        err = compare_file(db, matching, &rows, row);
    return err;
}
