#include "statistics_text.h"

#include "services/intake/application/application.h"
#include "json/wire.h"
#include "store_statements.h"

#define PROVINCES_MAX 100
#define TEXT_BYTES_MAX ((size_t)1 << 20)

/* Columns of read_statistics. */
enum { COLUMN_CALL, COLUMN_KIND, COLUMN_PROVINCE, COLUMN_STATE, COLUMN_DAY, COLUMN_SLOT, COLUMN_APPLICATIONS, COLUMN_WOMEN, COLUMN_DISTINCT };

struct sums {
    int64_t applications, women, distinct_women, persons, members, cooperatives;
    int64_t by_state[STATE_COUNT];
    struct {
        struct str code;
        int64_t women;
    } provinces[PROVINCES_MAX];
    size_t province_count;
};

enum err statistics_read(struct db *db, struct arena *arena, struct statistics_rows *ret_rows)
{
    struct db_args args;
    db_args_init(&args, arena);
    return db_run(db, &STORE_READ_STATISTICS, &args, arena, &ret_rows->rows);
}

static enum kind kind_of(const struct db_rows *rows, size_t row)
{
    enum kind kind = KIND_PERSON;
    (void)kind_parse(db_get_str(rows, row, COLUMN_KIND), &kind);
    return kind;
}

enum err statistics_groups(const struct statistics_rows *read, const struct call *call, struct arena *arena, struct statistics_groups *ret_groups)
{
    const struct db_rows *rows = &read->rows;
    struct statistics_groups groups = {.items = arena_take_array(arena, rows->count + 1, sizeof(*groups.items))};
    if (!groups.items)
        return ERR_LIMIT;
    for (size_t row = 0; row < rows->count; row++) {
        int64_t slot = db_get_int(rows, row, COLUMN_SLOT), women = db_get_int(rows, row, COLUMN_WOMEN);
        if (db_get_int(rows, row, COLUMN_CALL) != call->id || db_is_null(rows, row, COLUMN_SLOT) || slot < 0 || slot >= PROFILE_SLOTS || women == 0)
            continue;
        groups.items[groups.count++] = (struct statistics_group){db_get_str(rows, row, COLUMN_PROVINCE), kind_of(rows, row), (int)slot, women};
        groups.women += women;
    }
    *ret_groups = groups;
    return ERR_OK;
}

static void add_province(struct sums *sums, struct str code, int64_t women)
{
    size_t i = 0;
    while (i < sums->province_count && !str_equal(sums->provinces[i].code, code))
        i++;
    if (i == PROVINCES_MAX)
        return;
    if (i == sums->province_count)
        sums->provinces[sums->province_count++].code = code;
    sums->provinces[i].women += women;
}

static void add_cell(struct sums *sums, const struct db_rows *rows, size_t row)
{
    int64_t applications = db_get_int(rows, row, COLUMN_APPLICATIONS), women = db_get_int(rows, row, COLUMN_WOMEN);
    enum application_state state = STATE_NONE;
    bool cooperative = str_equal(db_get_str(rows, row, COLUMN_KIND), STR("cooperative"));
    sums->applications += applications;
    sums->women += women;
    sums->distinct_women += db_get_int(rows, row, COLUMN_DISTINCT);
    sums->persons += cooperative ? 0 : women;
    sums->members += cooperative ? women : 0;
    sums->cooperatives += cooperative ? applications : 0;
    (void)application_state_parse(db_get_str(rows, row, COLUMN_STATE), &state);
    sums->by_state[state] += applications;
    add_province(sums, db_get_str(rows, row, COLUMN_PROVINCE), women);
}

static void add_states(struct buf *out, const struct sums *sums)
{
    bool first = true;
    buf_add(out, STR(",\"by_state\":{"));
    for (int state = STATE_DRAFT; state < STATE_COUNT; state++) {
        if (sums->by_state[state] == 0)
            continue;
        buf_format(out, "%s\"%s\":%lld", first ? "" : ",", application_state_name((enum application_state)state), (long long)sums->by_state[state]);
        first = false;
    }
    buf_byte(out, '}');
}

static void add_provinces(struct buf *out, const struct sums *sums)
{
    buf_add(out, STR(",\"by_province\":{"));
    for (size_t i = 0; i < sums->province_count; i++) {
        if (i > 0)
            buf_byte(out, ',');
        json_add_string(out, sums->provinces[i].code);
        buf_format(out, ":%lld", (long long)sums->provinces[i].women);
    }
    buf_byte(out, '}');
}

/* Of all provinces and kinds, in the public's steps. */
static void add_groups(struct buf *out, const struct statistics_groups *shown)
{
    int64_t milieus[MILIEU_COUNT] = {0}, bands[AGE_BAND_COUNT] = {0};
    for (size_t i = 0; i < shown->count; i++) {
        milieus[profile_milieu(shown->items[i].slot)] += shown->items[i].women;
        bands[profile_age_band(shown->items[i].slot)] += shown->items[i].women;
    }
    const char *before = "";
    buf_add(out, STR(",\"by_milieu\":{"));
    for (int milieu = 0; milieu < MILIEU_COUNT; milieu++)
        if (profile_shown(milieus[milieu]) > 0) {
            buf_format(out, "%s\"%s\":%lld", before, milieu_name((enum milieu)milieu), (long long)profile_shown(milieus[milieu]));
            before = ",";
        }
    before = "";
    buf_add(out, STR("},\"by_age_band\":{"));
    for (int band = 0; band < AGE_BAND_COUNT; band++)
        if (profile_shown(bands[band]) > 0) {
            buf_format(out, "%s\"%s\":%lld", before, age_band_name((enum age_band)band), (long long)profile_shown(bands[band]));
            before = ",";
        }
    buf_byte(out, '}');
}

static void add_days(struct buf *out, const struct db_rows *rows, const struct call *call, struct arena *arena)
{
    bool first = true;
    buf_add(out, STR(",\"by_day\":["));
    for (size_t row = 0; row < rows->count; row++) {
        if (db_get_int(rows, row, COLUMN_CALL) != call->id || db_is_null(rows, row, COLUMN_DAY))
            continue;
        struct str day = date_text(arena, db_get_date(rows, row, COLUMN_DAY));
        buf_format(out, "%s{\"date\":\"%.*s\",\"women\":%lld,\"applications\":%lld}", first ? "" : ",", (int)day.size, day.at,
                   (long long)db_get_int(rows, row, COLUMN_WOMEN), (long long)db_get_int(rows, row, COLUMN_APPLICATIONS));
        first = false;
    }
    buf_byte(out, ']');
}

enum err statistics_format(const struct statistics_rows *read, const struct call *call, const struct statistics_groups *shown, instant_us now,
                           struct arena *arena, struct statistics_text *ret_text)
{
    const struct db_rows *rows = &read->rows;
    struct sums *sums = arena_take(arena, sizeof(*sums));
    if (!sums)
        return ERR_LIMIT;
    for (size_t row = 0; row < rows->count; row++)
        if (db_get_int(rows, row, COLUMN_CALL) == call->id && db_is_null(rows, row, COLUMN_DAY) && db_is_null(rows, row, COLUMN_SLOT))
            add_cell(sums, rows, row);
    struct buf out;
    struct str json;
    char at[INSTANT_TEXT_SIZE + 1];
    instant_format(now, at);
    buf_init(&out, arena, TEXT_BYTES_MAX);
    buf_format(&out, "{\"as_of\":\"%s\"", at);
    size_t time_size = out.size;
    buf_add(&out, STR(",\"call\":"));
    json_add_string(&out, call->terms.id);
    buf_format(&out, ",\"women\":%lld,\"distinct_women\":%lld,\"auto_entrepreneurs\":%lld,\"cooperative_members\":%lld", (long long)sums->women,
               (long long)sums->distinct_women, (long long)sums->persons, (long long)sums->members);
    buf_format(&out, ",\"cooperatives\":%lld,\"applications\":%lld", (long long)sums->cooperatives, (long long)sums->applications);
    add_states(&out, sums);
    add_provinces(&out, sums);
    add_groups(&out, shown);
    add_days(&out, rows, call, arena);
    buf_byte(&out, '}');
    buf_byte(&out, '\0');
    enum err err = buf_done(&out, &json);
    if (err != ERR_OK)
        return err;
    *ret_text = (struct statistics_text){{json.at, json.size - 1}, json.at + time_size, sums->women};
    return ERR_OK;
}
