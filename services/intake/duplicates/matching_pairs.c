#include "matching_pairs.h"

#include <stdlib.h>

#include "app/app.h"
#include "app/log.h"
#include "services/intake/personal/dossier.h"
#include "duplicates_statements.h"
#include "matching_judge.h"

#define WOMEN_A_GROUP 64   /* a group of files is whole once it has so many */
#define WOMEN_A_LOOK_UP 16 /* each brings up to five hundred others: the longest names that a form takes must not fill the memory */

/* ── A file's women ── */

static enum err open_form(const struct matching_step *matching, const struct db_rows *rows, size_t row, struct form *ret_form,
                          struct form_facts *ret_facts)
{
    struct violations *violations = arena_take(matching->group, sizeof(*violations));
    struct subject_keys keys = {.contact_wrapped = db_get_str(rows, row, 4)};
    struct id id = db_get_id(rows, row, 0);
    const struct calls_snapshot *calls = calls_hold(matching->intake->calls, matching->group);
    const struct call *call = calls ? calls_by_id(calls, db_get_int(rows, row, 1)) : NULL;
    struct str body;
    if (!violations)
        return ERR_LIMIT;
    if (!call)
        return ERR_UNAVAILABLE; /* made a moment ago: the copies look at the calls every two seconds */
    violations_init(violations, matching->group);
    enum err err = subject_contact_unwrap(&matching->intake->keys, id, &keys);
    if (err == ERR_OK)
        err = dossier_open_body(&keys, id, db_get_str(rows, row, 3), matching->group, &body);
    secret_wipe(&keys.contact, sizeof(keys.contact));
    if (err == ERR_OK && form_decode(body, matching->group, ret_form, violations) != ERR_OK)
        err = ERR_INTERNAL;
    if (err != ERR_OK)
        return err;
    ret_form->draft = false;
    /* The numbers, normalised; what the call makes of the form was judged when it was sent. */
    struct call_terms terms = call_terms_at(call, clock_wall_us());
    form_validate(ret_form, &terms, instant_casablanca_date(clock_wall_us()), violations, ret_facts);
    return ERR_OK;
}

/* The applicant, or the member of her cooperative who is in that place. `ret_phone` holds a member's, normalised. */
static struct woman woman_of(const struct form *form, const struct form_facts *facts, size_t place, char ret_phone[PHONE_SIZE])
{
    struct woman woman = {
        .name = &form->applicant.name,
        .number = &facts->applicant,
        .birth_date = form->applicant.birth_date,
        .phone = str_from(facts->phone),
        .commune = form->applicant.address.commune,
        .project = form->project.title,
        .ice = str_from(facts->ice),
    };
    if (form->kind != KIND_COOPERATIVE)
        return woman;
    const struct form_member *member = &form->cooperative.members[place];
    if (!phone_normalise(member->phone, ret_phone))
        ret_phone[0] = '\0';
    woman.name = &member->name;
    woman.number = &facts->members[place];
    woman.birth_date = member->birth_date;
    woman.phone = str_from(ret_phone);
    return woman;
}

static enum err make_women(const struct matching_step *matching, const struct form *form, const struct form_facts *facts, struct file *file)
{
    bool cooperative = form->kind == KIND_COOPERATIVE;
    file->woman_count = cooperative ? form->cooperative.member_count : 1;
    file->women = arena_take_array(matching->group, file->woman_count, sizeof(*file->women));
    if (!file->women || (cooperative && !facts->members))
        return ERR_LIMIT;
    for (size_t i = 0; i < file->woman_count; i++) {
        char phone[PHONE_SIZE] = "";
        struct woman woman = woman_of(form, facts, i, phone);
        enum err err = traits_make(&matching->key, &woman, matching->group, &file->women[i]);
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

/* ── A group of files, compared with what is stored and with one another ── */

struct member {
    const struct file *file;
    const struct traits_made *made;
    size_t place; /* in her file */
    struct best_pairs best;
};

struct group {
    struct member *members; /* in the order of their files */
    size_t count;
};

static enum err look_up(struct db *db, const struct matching_step *matching, const struct group *group, size_t from,
                        const struct db_column *unsettled)
{
    struct db_column women, signs, blocks;
    struct db_args args;
    struct db_rows rows;
    struct arena *arena = matching->answers;
    size_t end = from + WOMEN_A_LOOK_UP < group->count ? from + WOMEN_A_LOOK_UP : group->count;
    arena_reset(arena);
    db_column_init(&women, arena, DB_INT4);
    db_column_init(&signs, arena, DB_INT4);
    db_column_init(&blocks, arena, DB_INT8);
    for (size_t i = from; i < end; i++)
        for (size_t at = 0; at < group->members[i].made->probe_count; at++) {
            struct probe probe = group->members[i].made->probes[at];
            db_column_int(&women, (int64_t)i);
            db_column_int(&signs, probe.sign);
            db_column_int(&blocks, probe.block);
        }
    db_args_init(&args, arena);
    db_arg_column(&args, &women);
    db_arg_column(&args, &signs);
    db_arg_column(&args, &blocks);
    db_arg_column(&args, unsettled);
    enum err err = db_run(db, &DUPLICATES_CANDIDATES, &args, arena, &rows);
    for (size_t row = 0; err == ERR_OK && row < rows.count; row++) {
        struct member *member = &group->members[db_get_int(&rows, row, 0)];
        struct candidate candidate = matching_candidate(&rows, row, arena);
        matching_judge(matching, member->file, &member->made->traits, &candidate, &member->best);
    }
    return err;
}

struct held_block {
    int64_t block;
    size_t member;
};

static int by_block(const void *a, const void *b)
{
    int64_t left = ((const struct held_block *)a)->block, right = ((const struct held_block *)b)->block;
    return (left > right) - (left < right);
}

static size_t first_of(const struct held_block *entries, size_t count, int64_t block)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (entries[middle].block < block)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The later file is asked about the earlier one, once, however many blocks they share. */
static void compare_within(const struct matching_step *matching, const struct group *group, const struct held_block *entries, size_t count,
                           size_t *asked)
{
    for (size_t i = 0; i < group->count; i++) {
        struct member *member = &group->members[i];
        for (size_t probe = 0; probe < member->made->probe_count; probe++) {
            int64_t block = member->made->probes[probe].block;
            for (size_t at = first_of(entries, count, block); at < count && entries[at].block == block; at++) {
                const struct member *other = &group->members[entries[at].member];
                if (other->file >= member->file || other->file->over || asked[entries[at].member] == i + 1)
                    continue;
                asked[entries[at].member] = i + 1;
                struct candidate candidate = {other->file->id, other->file->call_id, other->file->kind, other->made->traits};
                matching_judge(matching, member->file, &member->made->traits, &candidate, &member->best);
            }
        }
    }
}

static enum err compare_group(const struct matching_step *matching, const struct group *group)
{
    size_t most = group->count * TRAITS_BLOCKS_MAX, count = 0;
    struct held_block *entries = arena_take_array(matching->group, most, sizeof(*entries));
    size_t *asked = arena_take_array(matching->group, group->count, sizeof(*asked));
    if (!entries || !asked)
        return ERR_LIMIT;
    for (size_t i = 0; i < group->count; i++)
        for (size_t block = 0; block < group->members[i].made->block_count; block++)
            entries[count++] = (struct held_block){group->members[i].made->blocks[block], i};
    qsort(entries, count, sizeof(*entries), by_block);
    compare_within(matching, group, entries, count, asked);
    return ERR_OK;
}

/* ── A step's files ── */

/* `ids`: files of the step, whose stored traits are not what they are now until they are dropped. */
struct unsettled {
    const struct id *ids;
    size_t count;
    bool dropped;
};

static enum err drop_traits(struct db *db, struct arena *arena, struct unsettled *unsettled)
{
    struct db_args args;
    if (unsettled->dropped)
        return ERR_OK;
    unsettled->dropped = true;
    db_args_init(&args, arena);
    db_arg_ids(&args, unsettled->ids, unsettled->count);
    return db_queue(db, &DUPLICATES_DROP_TRAITS, &args);
}

static enum err keep_group(struct db *db, const struct matching_step *matching, const struct group *group)
{
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < group->count; i++) {
        const struct member *member = &group->members[i];
        err = keep_woman(db, matching->group, member->file, member->place);
        for (size_t best = 0; err == ERR_OK && best < member->best.count; best++)
            err = matching_keep_pair(db, matching->group, member->file->id, &member->best.items[best]);
    }
    return err;
}

/* Before the traits are dropped their old rows are still there; afterwards what earlier groups have kept is to be found. */
static enum err settle_group(struct db *db, const struct matching_step *matching, const struct group *group, struct unsettled *unsettled)
{
    struct db_column ids;
    db_column_init(&ids, matching->group, DB_UUID);
    for (size_t i = 0; !unsettled->dropped && i < unsettled->count; i++)
        db_column_id(&ids, unsettled->ids[i]);
    enum err err = ERR_OK;
    for (size_t from = 0; err == ERR_OK && from < group->count; from += WOMEN_A_LOOK_UP)
        err = look_up(db, matching, group, from, &ids);
    if (err == ERR_OK && group->count > 0)
        err = compare_group(matching, group);
    if (err == ERR_OK)
        err = drop_traits(db, matching->group, unsettled);
    return err == ERR_OK ? keep_group(db, matching, group) : err;
}

static enum err open_file(const struct matching_step *matching, const struct db_rows *rows, size_t row, struct file *ret_file)
{
    struct file file = {db_get_id(rows, row, 0), db_get_int(rows, row, 1), db_get_str(rows, row, 2), db_get_bool(rows, row, 5), NULL, 0};
    struct form *form = arena_take(matching->group, sizeof(*form));
    struct form_facts facts;
    enum err err = form ? open_form(matching, rows, row, form, &facts) : ERR_LIMIT;
    if (err == ERR_OK)
        err = make_women(matching, form, &facts, &file);
    if (err == ERR_INTERNAL) { /* it can't be read; the files behind it must not wait for it */
        log_line(LOG_WARNING, "file-not-compared", LOG_ERR(err));
        file.woman_count = 0;
        err = ERR_OK;
    }
    *ret_file = file;
    return err;
}

static enum err add_members(const struct matching_step *matching, const struct file *files, size_t count, size_t women, struct group *ret_group)
{
    ret_group->count = 0;
    ret_group->members = arena_take_array(matching->group, women + 1, sizeof(*ret_group->members));
    for (size_t i = 0; ret_group->members && i < count; i++)
        for (size_t place = 0; place < files[i].woman_count; place++)
            ret_group->members[ret_group->count++] = (struct member){.file = &files[i], .made = &files[i].women[place], .place = place};
    return ret_group->members ? ERR_OK : ERR_LIMIT;
}

/* Files from `row` on, until they have women enough; ret_next: the first that is not among them. */
static enum err compare_from(struct db *db, const struct matching_step *matching, const struct db_rows *rows, size_t row, struct unsettled *unsettled,
                             size_t *ret_next)
{
    size_t count = 0, women = 0;
    struct group group;
    arena_reset(matching->group);
    struct file *files = arena_take_array(matching->group, rows->count - row + 1, sizeof(*files));
    enum err err = files ? ERR_OK : ERR_LIMIT;
    for (; err == ERR_OK && row + count < rows->count && women < WOMEN_A_GROUP; count++) {
        err = open_file(matching, rows, row + count, &files[count]);
        women += files[count].woman_count;
    }
    if (err == ERR_OK)
        err = add_members(matching, files, count, women, &group);
    *ret_next = row + count;
    return err == ERR_OK ? settle_group(db, matching, &group, unsettled) : err;
}

enum err matching_compare(struct db *db, struct matching_step *matching, const struct id *ids, size_t count)
{
    struct unsettled unsettled = {ids, count, false};
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, matching->arena);
    db_arg_ids(&args, ids, count);
    enum err err = db_run(db, &DUPLICATES_FILES, &args, matching->arena, &rows);
    for (size_t row = 0; err == ERR_OK && row < rows.count;)
        err = compare_from(db, matching, &rows, row, &unsettled, &row);
    return err == ERR_OK ? drop_traits(db, matching->arena, &unsettled) : err;
}
