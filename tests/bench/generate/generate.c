/* jisr-generate: applications of the sample call as they stand after a while, as files for COPY: one folder a slice of the numbers, so that several
 * processes can work at once. Drawn from a seed: the same seed gives the same women, ids, receipts and scores, whoever makes which slice.
 *
 * Of 31 applications one is a cooperative of seven. 1 % are under age, 1 % use an earlier woman's number, 8 % refuse referral (demo_people.c). While
 * places are left (given as PROVINCE=PLACES) the eligible are only submitted: their events are in the files "live.…", to be written last, and the
 * platform itself gives them their places. All others are decided: on the waiting list, or not eligible. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "copy.h"
#include "entropy.h"
#include "filing.h"
#include "judging.h"
#include "json/wire.h"
#include "services/jisrctl/demo_data.h"
#include "services/jisrctl/demo_people.h"

#define ARENA_BYTES ((size_t)16 << 20)
#define COOPERATIVE_EVERY 31
#define MEMBERS 7
#define SPAN_DAYS 45
#define ASSESSED_AFTER (2 * INSTANT_SECOND)
#define DAYS_MAX (SPAN_DAYS + 2)
#define PROVINCES_MAX 16

/* What is made, and where it goes. */
struct order {
    uint64_t seed, first, count, total;
    instant_us until;
    const char *keys, *folder;
    int64_t places[PROVINCES_MAX]; /* still free, by the place in DEMO_PROVINCES */
};

enum table {
    INTAKE_APPLICATION,
    INTAKE_IDENTITY,
    INTAKE_STAT_DELTA,
    INTAKE_OUTBOX,
    INTAKE_AUDIT,
    LIVE_OUTBOX,
    LIVE_AUDIT,
    VAULT_SUBJECT,
    ELIGIBILITY_DECISION,
    ELIGIBILITY_OUTBOX,
    ELIGIBILITY_AUDIT,
    NOTIFIER_APPLICATION,
    TABLE_COUNT
};
/* The columns of each are in populate.py. */
static const char *const TABLE_NAMES[TABLE_COUNT] = {
    "intake.application", "intake.identity", "intake.stat_delta",    "intake.outbox",      "intake.audit",      "live.outbox",
    "live.audit",         "vault.subject",   "eligibility.decision", "eligibility.outbox", "eligibility.audit", "notifier.application",
};

struct cell {
    int64_t applications, women;
};

struct slice {
    const struct order *order;
    struct arena *arena;
    const struct filing_keys *keys;
    const struct judge *judge;
    struct copy tables[TABLE_COUNT];
    int64_t places[PROVINCES_MAX];
    struct cell cells[KIND_COUNT][PROVINCES_MAX][STATE_COUNT][DAYS_MAX];
    int64_t fresh[KIND_COUNT][PROVINCES_MAX]; /* numbers that nobody had used before */
    struct profile profiles[KIND_COUNT][PROVINCES_MAX];
    int64_t first_day;
};

/* ── Rows ── */

static void write_events(struct copy *outbox_table, struct copy *audit_table, const struct outbox *outbox)
{
    for (size_t i = 0; i < outbox->count; i++) {
        const struct outbox_row *row = &outbox->rows[i];
        copy_row(outbox_table, 7);
        copy_instant(outbox_table, row->at);
        copy_id(outbox_table, row->event_id);
        copy_id(outbox_table, row->key);
        copy_id(outbox_table, row->aggregate_id);
        copy_int8(outbox_table, row->version);
        copy_str(outbox_table, str_from(row->type));
        copy_str(outbox_table, row->data);
        copy_row(audit_table, 6);
        copy_instant(audit_table, row->at);
        copy_id(audit_table, row->key);
        copy_id(audit_table, row->event_id);
        copy_int8(audit_table, row->version);
        copy_str(audit_table, row->actor);
        copy_str(audit_table, row->action);
    }
}

static void write_application(struct copy *table, const struct filed *filed)
{
    const struct submission *item = &filed->item;
    copy_row(table, 21);
    copy_id(table, item->id);
    copy_id(table, item->request_key);
    copy_id(table, item->request_hash);
    copy_str(table, str_from(item->receipt));
    copy_int4(table, item->call->id);
    copy_str(table, str_from(kind_name(item->kind)));
    copy_str(table, item->province);
    copy_str(table, str_from(application_state_name(filed->state)));
    copy_int8(table, filed->version);
    copy_int4(table, 1);
    copy_instant(table, item->created_at);
    copy_instant(table, item->submitted_at);
    copy_instant(table, item->answer_due_at);
    copy_int4(table, item->women);
    copy_bool(table, item->referral_consent);
    copy_str(table, item->language);
    copy_int4(table, item->warnings);
    copy_str(table, item->body);
    copy_str(table, filed->history);
    copy_str(table, filed->decision);
    copy_int8(table, filed->decision_version);
}

static void write_subject(struct copy *table, const struct submission *item)
{
    copy_row(table, 5);
    copy_id(table, item->id);
    copy_str(table, item->facts_key);
    copy_str(table, item->contact_key);
    copy_bool(table, item->referral_consent);
    copy_instant(table, item->created_at);
}

static void write_identities(struct copy *table, const struct submission *item)
{
    for (size_t i = 0; i < item->identity_count; i++) {
        copy_row(table, 3);
        copy_int4(table, item->call->id);
        copy_id(table, item->identities[i]);
        copy_id(table, item->id);
    }
}

static void write_contact(struct copy *table, const struct submission *item)
{
    copy_row(table, 9);
    copy_id(table, item->id);
    copy_int8(table, 1);
    copy_str(table, item->call->terms.id);
    copy_str(table, str_from(kind_name(item->kind)));
    copy_str(table, item->call->terms.region);
    copy_str(table, item->province);
    copy_bool(table, item->referral_consent);
    copy_bool(table, false);
    copy_str(table, item->event.contact);
}

static void write_decision(struct copy *table, const struct submission *item, const struct judgement *judgement, instant_us at)
{
    copy_row(table, 18);
    copy_id(table, item->id);
    copy_int8(table, judgement->eligible ? 2 : 1);
    copy_str(table, judgement->eligible ? STR("WAITLISTED") : STR("INELIGIBLE"));
    copy_int8(table, 1);
    copy_int8(table, 1);
    copy_str(table, item->call->terms.id);
    copy_str(table, str_from(kind_name(item->kind)));
    copy_str(table, item->call->terms.region);
    copy_str(table, item->province);
    copy_instant(table, item->submitted_at);
    copy_instant(table, at);
    copy_str(table, judgement->eligible ? STR("ELIGIBLE") : STR("INELIGIBLE"));
    copy_number(table, judgement->score);
    copy_str(table, judgement->ruleset);
    copy_int4(table, judgement->ruleset_version);
    copy_str(table, judgement->criteria);
    copy_str(table, judgement->snapshot);
    copy_instant(table, at); /* assessed_at */
}

static void write_stat(struct copy *table, enum kind kind, size_t province, enum application_state state)
{
    copy_row(table, 9);
    copy_int4(table, 1);
    copy_str(table, str_from(kind_name(kind)));
    copy_str(table, str_from(DEMO_PROVINCES[province].code));
    copy_str(table, str_from(application_state_name(state)));
}

static struct str profile_of_cell(const struct slice *slice, int kind, size_t province)
{
    struct buf out;
    struct str text = {0};
    buf_init(&out, slice->arena, 1024);
    return profile_text(&slice->profiles[kind][province], &out) && buf_done(&out, &text) == ERR_OK ? text : (struct str){0};
}

static void write_stats(struct slice *slice)
{
    struct copy *table = &slice->tables[INTAKE_STAT_DELTA];
    for (int kind = 0; kind < KIND_COUNT; kind++)
        for (size_t province = 0; province < DEMO_PROVINCE_COUNT; province++) {
            for (int state = 0; state < STATE_COUNT; state++)
                for (int day = 0; day < DAYS_MAX; day++) {
                    const struct cell *cell = &slice->cells[kind][province][state][day];
                    if (cell->applications == 0)
                        continue;
                    write_stat(table, (enum kind)kind, province, (enum application_state)state);
                    copy_date(table, date_from_days(slice->first_day + day));
                    copy_int8(table, cell->applications);
                    copy_int8(table, cell->women);
                    copy_int8(table, 0);
                    copy_null(table);
                }
            struct str profile = profile_of_cell(slice, kind, province);
            if (slice->fresh[kind][province] == 0 && str_empty(profile))
                continue;
            write_stat(table, (enum kind)kind, province, STATE_SUBMITTED);
            copy_null(table);
            copy_int8(table, 0);
            copy_int8(table, 0);
            copy_int8(table, slice->fresh[kind][province]);
            copy_str(table, profile);
        }
}

/* ── One application ── */

static size_t province_index(struct str code)
{
    size_t at = 0;
    while (at + 1 < DEMO_PROVINCE_COUNT && !str_equal(code, str_from(DEMO_PROVINCES[at].code)))
        at++;
    return at;
}

/* Whoever uses the number of the person before her is a duplicate, unless that one had taken another's as well. */
static bool uses_a_known_number(const struct slice *slice, const struct demo_application *person, uint64_t number)
{
    struct demo_application before;
    if (person->flaw != DEMO_SAME_IDENTITY)
        return false;
    demo_person(slice->order->seed, number - 1, slice->arena, &before);
    return before.flaw != DEMO_SAME_IDENTITY;
}

static struct filing_source draw(const struct slice *slice, uint64_t number)
{
    const struct order *order = slice->order;
    struct demo_application *drawn = arena_take(slice->arena, sizeof(*drawn));
    bool cooperative = number % COOPERATIVE_EVERY == COOPERATIVE_EVERY - 1;
    uint64_t of_kind = cooperative ? number / COOPERATIVE_EVERY : number - number / COOPERATIVE_EVERY;
    if (cooperative)
        demo_cooperative(order->seed, of_kind, MEMBERS, slice->arena, drawn);
    else
        demo_person(order->seed, of_kind, slice->arena, drawn);
    int64_t step = SPAN_DAYS * INSTANT_DAY / (int64_t)order->total;
    return (struct filing_source){slice->keys, drawn->body, str_from(drawn->key), order->until - step * (int64_t)(order->total - number),
                                  !cooperative && uses_a_known_number(slice, drawn, of_kind)};
}

static void count(struct slice *slice, const struct filed *filed, size_t province, bool duplicate)
{
    const struct submission *item = &filed->item;
    int64_t day = date_to_days(instant_casablanca_date(item->submitted_at)) - slice->first_day;
    struct cell *cell = &slice->cells[item->kind][province][filed->state][day];
    cell->applications++;
    cell->women += item->women;
    profile_add(&slice->profiles[item->kind][province], &item->profile, 1);
    if (!duplicate)
        slice->fresh[item->kind][province] += (int64_t)item->identity_count;
}

static enum err decide(struct slice *slice, struct filed *filed, struct outbox *told, struct outbox *intake, struct judgement *ret_judgement)
{
    const struct submission *item = &filed->item;
    const struct judge_question question = {
        item->id,          item->call->terms.id, str_from(kind_name(item->kind)), item->call->terms.region, item->province, item->submitted_at,
        item->event.facts, item->facts_key};
    size_t province = province_index(item->province);
    enum err err = judge(slice->judge, &question, item->submitted_at + ASSESSED_AFTER, slice->arena, told, ret_judgement);
    if (err != ERR_OK)
        return err;
    if (ret_judgement->eligible && slice->places[province] > 0) { /* hers is a place: that is the platform's to give */
        slice->places[province]--;
        told->count = 0;
        return ERR_OK;
    }
    for (size_t i = 0; err == ERR_OK && i < told->count; i++)
        err = file_decision(filed, &told->rows[i], slice->arena, intake);
    return err;
}

static enum err make(struct slice *slice, uint64_t number)
{
    struct outbox intake, told;
    struct filed filed;
    struct judgement judgement = {0};
    struct copy *tables = slice->tables;
    arena_reset(slice->arena);
    entropy_begin(slice->order->seed, number);
    outbox_init(&intake, slice->arena);
    outbox_init(&told, slice->arena);
    const struct filing_source source = draw(slice, number);
    enum err err = file_submission(&source, slice->arena, &intake, &filed);
    if (err == ERR_OK && !source.duplicate)
        err = decide(slice, &filed, &told, &intake, &judgement);
    if (err != ERR_OK)
        return err;
    bool live = !source.duplicate && told.count == 0;
    write_application(&tables[INTAKE_APPLICATION], &filed);
    write_subject(&tables[VAULT_SUBJECT], &filed.item);
    if (!source.duplicate)
        write_identities(&tables[INTAKE_IDENTITY], &filed.item);
    write_events(&tables[live ? LIVE_OUTBOX : INTAKE_OUTBOX], &tables[live ? LIVE_AUDIT : INTAKE_AUDIT], &intake);
    write_events(&tables[ELIGIBILITY_OUTBOX], &tables[ELIGIBILITY_AUDIT], &told);
    if (!live)
        write_contact(&tables[NOTIFIER_APPLICATION], &filed.item);
    if (told.count > 0)
        write_decision(&tables[ELIGIBILITY_DECISION], &filed.item, &judgement, told.rows[0].at);
    count(slice, &filed, province_index(filed.item.province), source.duplicate);
    return ERR_OK;
}

static int make_all(struct slice *slice)
{
    const struct order *order = slice->order;
    enum err err = ERR_OK;
    for (int table = 0; table < TABLE_COUNT; table++)
        copy_open(&slice->tables[table], order->folder, TABLE_NAMES[table]);
    for (uint64_t number = order->first; err == ERR_OK && number < order->first + order->count; number++) {
        err = make(slice, number);
        if (err != ERR_OK)
            fprintf(stderr, "jisr-generate: application %llu: %s\n", (unsigned long long)number, err_info(err)->text);
    }
    write_stats(slice);
    for (int table = 0; table < TABLE_COUNT; table++)
        copy_close(&slice->tables[table]);
    return err != ERR_OK;
}

/* ── Command line: SEED FIRST COUNT TOTAL UNTIL(RFC 3339) KEYS FOLDER [PROVINCE=PLACES]… ── */

static bool read_number(const char *text, uint64_t *ret_number)
{
    int64_t number = 0;
    bool fine = str_parse_int64(str_from(text), &number) && number >= 0;
    *ret_number = (uint64_t)number;
    return fine;
}

static bool read_places(const char *word, struct order *order)
{
    struct str rest = str_from(word);
    struct str code = str_cut(&rest, '=');
    size_t at = province_index(code);
    return str_equal(code, str_from(DEMO_PROVINCES[at].code)) && str_parse_int64(rest, &order->places[at]);
}

static bool read_order(int argc, char **argv, struct order *ret_order)
{
    *ret_order = (struct order){0};
    if (argc < 8 || !read_number(argv[1], &ret_order->seed) || !read_number(argv[2], &ret_order->first) || !read_number(argv[3], &ret_order->count) ||
        !read_number(argv[4], &ret_order->total) || !instant_parse(str_from(argv[5]), &ret_order->until) ||
        ret_order->first + ret_order->count > ret_order->total)
        return false;
    ret_order->keys = argv[6];
    ret_order->folder = argv[7];
    for (int i = 8; i < argc; i++)
        if (!read_places(argv[i], ret_order))
            return false;
    return true;
}

int main(int argc, char **argv)
{
    static struct slice slice;
    struct order order;
    if (!read_order(argc, argv, &order)) {
        fputs("jisr-generate SEED FIRST COUNT TOTAL UNTIL KEYS FOLDER [PROVINCE=PLACES]…: see tests/bench/populate.py\n", stderr);
        return 2;
    }
    entropy_setup();
    json_setup();
    struct arena *whole = arena_new(ARENA_BYTES);
    slice.arena = arena_new(ARENA_BYTES);
    if (crypto_setup() != ERR_OK || !whole || !slice.arena)
        return 1;
    slice.order = &order;
    memcpy(slice.places, order.places, sizeof(slice.places));
    slice.keys = filing_keys_read(order.keys, whole);
    slice.judge = slice.keys ? judge_open(filing_facts_key(slice.keys), whole) : NULL;
    slice.first_day = date_to_days(instant_casablanca_date(order.until - SPAN_DAYS * INSTANT_DAY));
    return slice.judge ? make_all(&slice) : 1;
}
