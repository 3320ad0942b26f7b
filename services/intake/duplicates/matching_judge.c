#include "matching_judge.h"

#include "app/app.h"
#include "duplicates_statements.h"

#define PROJECTS_ALIKE 60 /* percent of their titles' trigrams: the same woman, the same project */

static bool is_about_the_same(const struct pair *a, const struct pair *b)
{
    return id_compare(a->other, b->other) == 0 && strcmp(a->about, b->about) == 0;
}

/* The highest first; what falls off the end is not kept. Another file is kept once, however many signs or members brought it. */
static void add_best(struct best_pairs *best, const struct pair *pair)
{
    size_t at = 0;
    while (at < best->count && !is_about_the_same(&best->items[at], pair))
        at++;
    bool full = at == PAIRS_A_WOMAN;
    at -= full;
    if ((full || at < best->count) && best->items[at].score >= pair->score)
        return;
    best->count += at == best->count;
    for (; at > 0 && best->items[at - 1].score < pair->score; at--)
        best->items[at] = best->items[at - 1];
    best->items[at] = *pair;
}

struct candidate matching_candidate(const struct db_rows *rows, size_t row, struct arena *arena)
{
    struct candidate candidate = {.id = db_get_id(rows, row, 1),
                                  .call_id = db_get_int(rows, row, 2),
                                  .kind = db_get_str(rows, row, 3),
                                  .traits = {.number = db_get_int(rows, row, 4),
                                             .born = db_get_int(rows, row, 5),
                                             .born_day = db_get_int(rows, row, 6),
                                             .born_years = {[LIKENESS_YEARS] = db_get_int(rows, row, 7)},
                                             .phone = db_get_int(rows, row, 8),
                                             .commune = db_get_int(rows, row, 9),
                                             .ice = db_get_int(rows, row, 10)}};
    traits_unpack(db_get_str(rows, row, 11), arena, &candidate.traits.grams, &candidate.traits.gram_count);
    traits_unpack(db_get_str(rows, row, 12), arena, &candidate.traits.project, &candidate.traits.project_count);
    return candidate;
}

/* A woman may apply for herself and belong to a cooperative, and come back in a later call: then it is her project that must not be financed twice.
 * So is a cooperative's that applies twice under one ICE. */
void matching_judge(const struct matching_step *matching, const struct file *file, const struct traits *probe, const struct candidate *candidate,
                    struct best_pairs *best)
{
    const struct intake_settings *settings = matching->intake->settings;
    struct likeness_thresholds thresholds = {(int)settings->match_likely, (int)settings->match_same};
    bool together = candidate->call_id == file->call_id && str_equal(candidate->kind, file->kind);
    struct pair pair = {.other = candidate->id, .likeness = likeness_of(probe, &candidate->traits)};
    int projects = likeness_of_projects(probe, &candidate->traits);
    bool one_cooperative = probe->ice != 0 && probe->ice == candidate->traits.ice;
    pair.level = likeness_level(pair.likeness.score, thresholds);
    if (together && pair.level != LIKENESS_NONE) {
        pair.about = "woman";
        pair.score = pair.likeness.score;
    } else if (one_cooperative || (!together && pair.level != LIKENESS_NONE && projects >= PROJECTS_ALIKE)) {
        pair.about = "project";
        pair.level = one_cooperative ? LIKENESS_SAME : pair.level;
        pair.score = one_cooperative ? 100 : projects;
    }
    if (pair.about)
        add_best(best, &pair);
}

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

enum err matching_keep_pair(struct db *db, struct arena *arena, struct id application, const struct pair *pair)
{
    struct db_args args;
    instant_us now = clock_wall_us();
    db_args_init(&args, arena);
    db_arg_id(&args, fresh_id(now));
    db_arg_id(&args, application);
    db_arg_id(&args, pair->other);
    db_arg_str(&args, str_from(pair->about));
    db_arg_str(&args, str_from(likeness_level_name(pair->level)));
    db_arg_int4(&args, pair->score);
    db_arg_str(&args, parts_text(&pair->likeness, arena));
    db_arg_instant(&args, now);
    return db_queue(db, &DUPLICATES_KEEP_PAIR, &args);
}
