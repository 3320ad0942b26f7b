#include "public_figures.h"

#include "base/csv.h"
#include "services/intake/intake.h"
#include "json/wire.h"
#include "statistics_text.h"

#define TEXT_BYTES_MAX ((size_t)1 << 20)

static enum err asked_call(struct http_request *request, const struct intake *intake, const struct call **ret_call)
{
    const struct calls_snapshot *calls = calls_hold(intake->calls, request->arena);
    return calls ? call_asked_for(request, calls, ret_call) : ERR_UNAVAILABLE;
}

static enum err headline(struct http_request *request, const struct intake *intake, struct str *ret_json)
{
    const struct call *call;
    enum err err = asked_call(request, intake, &call);
    return err == ERR_OK ? statistics_get(intake->statistics, call->terms.id, request->arena, ret_json) : err;
}

enum err statistics_get_one(struct http_request *request, void *service)
{
    struct str json;
    enum err err = headline(request, intake_of(service), &json);
    if (err != ERR_OK)
        return err;
    http_set_header(request, "Cache-Control", STR("no-cache"));
    http_answer(request, 200, json);
    return ERR_OK;
}

enum err statistics_stream(struct http_request *request, void *service)
{
    const struct intake *intake = intake_of(service);
    const struct call *call;
    enum err err = asked_call(request, intake, &call);
    if (err != ERR_OK)
        return err;
    struct http_hub *hub = statistics_hub(intake->statistics, call->terms.id);
    return hub ? http_subscribe(request, hub) : ERR_NOT_FOUND;
}

/* ── Tables ── */

static enum err answer_table(struct http_request *request, const struct buf *table, const char *file)
{
    struct str text;
    enum err err = buf_done(table, &text);
    if (err != ERR_OK)
        return err;
    request->response.content_type = STR("text/csv; charset=utf-8; header=present");
    http_set_header(request, "Cache-Control", STR("no-cache"));
    http_set_header(request, "Content-Disposition", str_format(request->arena, "attachment; filename=\"%s\"", file));
    http_answer(request, 200, text);
    return ERR_OK;
}

struct figure_table {
    struct buf out;
    struct arena *arena;
    struct str as_of, call;
};

static void add_figure(struct figure_table *table, struct str name, struct str key, const struct json_value *value)
{
    if (!value || value->kind != JSON_KIND_NUMBER)
        return;
    struct str number = str_format(table->arena, "%.0f", value->number);
    csv_add_line(&table->out, (const struct str[]){table->call, table->as_of, name, key, number}, 5);
}

static void add_days(struct figure_table *table, const struct json_value *days)
{
    for (size_t i = 0; i < days->count; i++) {
        const struct json_value *date = json_member(&days->items[i], STR("date"));
        add_figure(table, STR("women_by_day"), date->string, json_member(&days->items[i], STR("women")));
        add_figure(table, STR("applications_by_day"), date->string, json_member(&days->items[i], STR("applications")));
    }
}

static void add_figures(struct figure_table *table, const struct json_value *headline)
{
    for (size_t i = 0; i < headline->count; i++) {
        struct str name = headline->names[i];
        const struct json_value *value = &headline->items[i];
        if (value->kind == JSON_KIND_ARRAY)
            add_days(table, value);
        else if (value->kind == JSON_KIND_OBJECT)
            for (size_t n = 0; n < value->count; n++)
                add_figure(table, name, value->names[n], &value->items[n]);
        else
            add_figure(table, name, STR(""), value);
    }
}

enum err statistics_csv_get(struct http_request *request, void *service)
{
    static const struct str HEADINGS[] = {{"call", 4}, {"as_of", 5}, {"figure", 6}, {"key", 3}, {"value", 5}};
    const struct json_value *value;
    struct figure_table table = {.arena = request->arena};
    struct str json;
    enum err err = headline(request, intake_of(service), &json);
    if (err == ERR_OK)
        err = json_parse(json, request->arena, &value);
    if (err != ERR_OK)
        return err;
    table.as_of = json_member(value, STR("as_of"))->string;
    table.call = json_member(value, STR("call"))->string;
    buf_init(&table.out, request->arena, TEXT_BYTES_MAX);
    csv_add_line(&table.out, HEADINGS, 5);
    add_figures(&table, value);
    return answer_table(request, &table.out, "statistics.csv");
}

/* ── Groups ── */

struct asked_groups {
    const struct call *call;
    bool exact;
    struct statistics_groups groups;
};

/* Exact numbers are for whoever answers for the whole region or for a province of it, and of what is theirs. */
static bool answers_for(const struct principal *who, const struct call *call)
{
    bool any = principal_covers(who, call->terms.region, (struct str){0});
    for (size_t i = 0; !any && i < call->terms.province_count; i++)
        any = principal_covers(who, call->terms.region, call->terms.provinces[i]);
    return (who->role & WHO_STAFF) && any;
}

static enum err ask_groups(struct http_request *request, const struct intake *intake, struct asked_groups *ret_asked)
{
    struct asked_groups asked;
    enum err err = asked_call(request, intake, &asked.call);
    if (err != ERR_OK)
        return err;
    asked.exact = answers_for(&request->who, asked.call);
    err = statistics_get_groups(intake->statistics, asked.call->terms.id, asked.exact, request->arena, &asked.groups);
    if (err != ERR_OK)
        return err;
    size_t kept = 0;
    for (size_t i = 0; i < asked.groups.count; i++) {
        struct statistics_group group = asked.groups.items[i];
        if (!asked.exact)
            group.women = profile_shown(group.women);
        if (group.women > 0 && (!asked.exact || principal_covers(&request->who, asked.call->terms.region, group.province)))
            asked.groups.items[kept++] = group;
    }
    asked.groups.count = kept;
    *ret_asked = asked;
    return ERR_OK;
}

struct group_view {
    struct str province, kind, milieu, age_band;
    int64_t women;
};
static const struct wire_field GROUP_FIELDS[] = {
    WIRE_TEXT(group_view, province, 0, 0, 0), WIRE_TEXT(group_view, kind, 0, 0, 0), WIRE_TEXT(group_view, milieu, 0, 0, 0),
    WIRE_TEXT(group_view, age_band, 0, 0, 0), WIRE_INT(group_view, women, 0, 0, 0),
};
static WIRE_TABLE(GROUP, group_view, GROUP_FIELDS);

struct groups_view {
    instant_us as_of;
    struct str call;
    bool exact;
    int64_t step;
    struct wire_list items;
};
static const struct wire_field GROUPS_FIELDS[] = {
    WIRE_INSTANT(groups_view, as_of, 0),  WIRE_TEXT(groups_view, call, 0, 0, 0),          WIRE_BOOL(groups_view, exact, 0),
    WIRE_INT(groups_view, step, 0, 0, 0), WIRE_LIST(groups_view, items, 0, 0, 0, &GROUP),
};
static WIRE_TABLE(GROUPS, groups_view, GROUPS_FIELDS);

static struct group_view view_of(const struct statistics_group *group)
{
    return (struct group_view){group->province, str_from(kind_name(group->kind)), str_from(milieu_name(profile_milieu(group->slot))),
                               str_from(age_band_name(profile_age_band(group->slot))), group->women};
}

enum err groups_get(struct http_request *request, void *service)
{
    struct asked_groups asked;
    struct str body;
    enum err err = ask_groups(request, intake_of(service), &asked);
    if (err != ERR_OK)
        return err;
    struct group_view *items = arena_take_array(request->arena, asked.groups.count + 1, sizeof(*items));
    if (!items)
        return ERR_LIMIT;
    for (size_t i = 0; i < asked.groups.count; i++)
        items[i] = view_of(&asked.groups.items[i]);
    const struct groups_view view = {
        request->received_at, asked.call->terms.id, asked.exact, asked.exact ? 1 : PROFILE_STEP, {items, asked.groups.count}};
    err = wire_text(&GROUPS, &view, request->arena, &body);
    if (err != ERR_OK)
        return err;
    http_set_header(request, "Cache-Control", asked.exact ? STR("no-store") : STR("no-cache"));
    http_answer(request, 200, body);
    return ERR_OK;
}

enum err groups_csv_get(struct http_request *request, void *service)
{
    static const struct str HEADINGS[] = {{"call", 4}, {"province", 8}, {"kind", 4}, {"milieu", 6}, {"age_band", 8}, {"women", 5}};
    struct asked_groups asked;
    struct buf out;
    enum err err = ask_groups(request, intake_of(service), &asked);
    if (err != ERR_OK)
        return err;
    buf_init(&out, request->arena, TEXT_BYTES_MAX);
    csv_add_line(&out, HEADINGS, 6);
    for (size_t i = 0; i < asked.groups.count; i++) {
        struct group_view view = view_of(&asked.groups.items[i]);
        struct str women = str_format(request->arena, "%lld", (long long)view.women);
        csv_add_line(&out, (const struct str[]){asked.call->terms.id, view.province, view.kind, view.milieu, view.age_band, women}, 6);
    }
    return answer_table(request, &out, "groups.csv");
}
