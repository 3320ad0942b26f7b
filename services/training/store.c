#include "store.h"

#include "store_statements.h"

#define WAITING_MAX 1000 /* heads of a queue that one batch looks at */

static void desk_args(struct db_args *args, struct arena *arena, const struct desk_set *desks)
{
    struct db_column calls, provinces;
    db_column_init(&calls, arena, DB_TEXT);
    db_column_init(&provinces, arena, DB_TEXT);
    for (size_t i = 0; i < desks->count; i++) {
        db_column_str(&calls, desks->items[i].call);
        db_column_str(&provinces, desks->items[i].province);
    }
    db_args_init(args, arena);
    db_arg_column(args, &calls);
    db_arg_column(args, &provinces);
}

static void id_args(struct db_args *args, struct arena *arena, const struct id *ids, size_t count)
{
    db_args_init(args, arena);
    db_arg_ids(args, ids, count);
}

enum err store_lock_desks(struct db *db, struct arena *arena, const struct desk_set *desks)
{
    struct db_args added, locked;
    struct db_column calls;
    desk_args(&added, arena, desks);
    db_column_init(&calls, arena, DB_TEXT);
    for (size_t i = 0; i < desks->count; i++)
        db_column_str(&calls, desks->items[i].call);
    db_args_init(&locked, arena);
    db_arg_column(&locked, &calls);
    enum err err = db_queue(db, &STORE_ADD_DESKS, &added);
    return err != ERR_OK ? err : db_run(db, &STORE_LOCK_DESKS, &locked, arena, NULL);
}

static enum err read_enrolments(const struct db_rows *rows, struct arena *arena, struct enrolment_list *ret_enrolments)
{
    struct enrolment *list = arena_take_array(arena, rows->count + 1, sizeof *list);
    struct id *session_ids = arena_take_array(arena, rows->count + 1, sizeof *session_ids);
    if (!list || !session_ids)
        return ERR_LIMIT;
    for (size_t i = 0; i < rows->count; i++) {
        list[i] = (struct enrolment){
            .id = db_get_id(rows, i, 0),
            .application = db_get_id(rows, i, 1),
            .call = db_get_str(rows, i, 2),
            .kind = db_get_str(rows, i, 3),
            .region = db_get_str(rows, i, 4),
            .province = db_get_str(rows, i, 5),
            .province_before = db_get_str(rows, i, 5),
            .version = db_get_int(rows, i, 8),
            .decision_version = db_get_int(rows, i, 9),
        };
        if (!db_is_null(rows, i, 6))
            session_ids[i] = db_get_id(rows, i, 6);
        if (!enrolment_state_parse(db_get_str(rows, i, 7), &list[i].state))
            return ERR_INTERNAL;
        list[i].before = list[i].state;
    }
    *ret_enrolments = (struct enrolment_list){list, session_ids, rows->count};
    return ERR_OK;
}

enum err store_find_enrolments(struct db *db, struct arena *arena, const struct id *applications, size_t count, struct enrolment_list *ret_enrolments)
{
    struct db_args args;
    struct db_rows rows;
    id_args(&args, arena, applications, count);
    enum err err = db_run(db, &STORE_FIND_ENROLMENTS, &args, arena, &rows);
    return err == ERR_OK ? read_enrolments(&rows, arena, ret_enrolments) : err;
}

enum err store_find_departures(struct db *db, struct arena *arena, const struct id *applications, size_t count, bool *ret_left)
{
    struct db_args args;
    struct db_rows rows;
    id_args(&args, arena, applications, count);
    enum err err = db_run(db, &STORE_FIND_DEPARTURES, &args, arena, &rows);
    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        ret_left[i] = false;
        for (size_t row = 0; row < rows.count && !ret_left[i]; row++)
            ret_left[i] = id_compare(db_get_id(&rows, row, 0), applications[i]) == 0;
    }
    return err;
}

enum err store_add_departures(struct db *db, struct arena *arena, const struct id *applications, size_t count, instant_us now)
{
    struct db_args args;
    id_args(&args, arena, applications, count);
    db_arg_instant(&args, now);
    return db_queue(db, &STORE_ADD_DEPARTURES, &args);
}

static enum err load_sessions(struct db *db, struct arena *arena, const struct seating_query *query, struct seating *ret_seating)
{
    struct db_args args;
    struct db_rows rows;
    struct db_column held;
    desk_args(&args, arena, query->desks);
    db_arg_instant(&args, query->now);
    db_arg_int4(&args, (int32_t)query->takers);
    db_column_init(&held, arena, DB_UUID);
    for (size_t i = 0; i < query->held_count; i++)
        db_column_id(&held, query->held_sessions[i]);
    db_arg_column(&args, &held);
    enum err err = db_run(db, &STORE_USABLE_SESSIONS, &args, arena, &rows);
    if (err != ERR_OK)
        return err;
    ret_seating->session_count = rows.count;
    ret_seating->sessions = arena_take_array(arena, rows.count + 1, sizeof *ret_seating->sessions);
    if (!ret_seating->sessions)
        return ERR_LIMIT;
    for (size_t i = 0; i < rows.count; i++)
        ret_seating->sessions[i] = (struct session){
            .id = db_get_id(&rows, i, 0),
            .call = db_get_str(&rows, i, 1),
            .province = db_get_str(&rows, i, 2),
            .course = db_get_str(&rows, i, 3),
            .title = db_get_str(&rows, i, 4),
            .place = db_get_str(&rows, i, 5),
            .starts_at = db_get_instant(&rows, i, 6),
            .room = db_get_int(&rows, i, 7),
            .open = db_get_bool(&rows, i, 8),
        };
    return ERR_OK;
}

/* No more of a queue is needed than there are seats for: the free ones, those that may be freed, and the copies of women who are in hand already. */
static int64_t free_places(const struct seating *seating, const struct seating_query *query)
{
    int64_t places = (int64_t)query->held_count;
    for (size_t i = 0; i < seating->session_count; i++)
        places += seating->sessions[i].open ? seating->sessions[i].room : 0;
    return places;
}

enum err store_load_seating(struct db *db, struct arena *arena, const struct seating_query *query, struct seating *ret_seating)
{
    struct db_args args;
    struct db_rows rows;
    struct enrolment_list waiting = {0};
    enum err err = load_sessions(db, arena, query, ret_seating);
    if (err != ERR_OK)
        return err;
    ret_seating->waiting_count = 0;
    int64_t places = free_places(ret_seating, query);
    if (places == 0)
        return ERR_OK;
    desk_args(&args, arena, query->desks);
    db_arg_int4(&args, (int32_t)(places < WAITING_MAX ? places : WAITING_MAX));
    err = db_run(db, &STORE_WAITING, &args, arena, &rows);
    if (err == ERR_OK)
        err = read_enrolments(&rows, arena, &waiting);
    ret_seating->waiting = waiting.items;
    ret_seating->waiting_count = waiting.count;
    return err;
}

static void add_session_id(struct db_column *column, const struct enrolment *enrolment)
{
    if (enrolment->session)
        db_column_id(column, enrolment->session->id);
    else
        db_column_null(column);
}

static enum err add_new(struct db *db, struct arena *arena, struct enrolment *const *changed, size_t count, instant_us now)
{
    struct db_column ids, applications, calls, kinds, regions, provinces, sessions, states, decision_versions;
    struct db_column *const texts[] = {&calls, &kinds, &regions, &provinces, &states};
    struct db_column *const uuids[] = {&ids, &applications, &sessions};
    for (size_t i = 0; i < 5; i++)
        db_column_init(texts[i], arena, DB_TEXT);
    for (size_t i = 0; i < 3; i++)
        db_column_init(uuids[i], arena, DB_UUID);
    db_column_init(&decision_versions, arena, DB_INT8);
    for (size_t i = 0; i < count; i++) {
        const struct enrolment *e = changed[i];
        if (e->version != 0)
            continue;
        db_column_id(&ids, e->id);
        db_column_id(&applications, e->application);
        db_column_str(&calls, e->call);
        db_column_str(&kinds, e->kind);
        db_column_str(&regions, e->region);
        db_column_str(&provinces, e->province);
        add_session_id(&sessions, e);
        db_column_str(&states, str_from(enrolment_state_name(e->state)));
        db_column_int(&decision_versions, e->decision_version);
    }
    if (ids.count == 0)
        return ERR_OK;
    struct db_args args;
    db_args_init(&args, arena);
    struct db_column *const in_order[] = {&ids, &applications, &calls, &kinds, &regions, &provinces, &sessions, &states, &decision_versions};
    for (size_t i = 0; i < sizeof in_order / sizeof in_order[0]; i++)
        db_arg_column(&args, in_order[i]);
    db_arg_instant(&args, now);
    return db_queue(db, &STORE_ADD_ENROLMENTS, &args);
}

static enum err change_old(struct db *db, struct arena *arena, struct enrolment *const *changed, size_t count, instant_us now)
{
    struct db_column ids, versions, sessions, states, provinces, decision_versions;
    db_column_init(&ids, arena, DB_UUID);
    db_column_init(&versions, arena, DB_INT8);
    db_column_init(&sessions, arena, DB_UUID);
    db_column_init(&states, arena, DB_TEXT);
    db_column_init(&provinces, arena, DB_TEXT);
    db_column_init(&decision_versions, arena, DB_INT8);
    for (size_t i = 0; i < count; i++) {
        if (changed[i]->version == 0)
            continue;
        db_column_id(&ids, changed[i]->id);
        db_column_int(&versions, changed[i]->version);
        add_session_id(&sessions, changed[i]);
        db_column_str(&states, str_from(enrolment_state_name(changed[i]->state)));
        db_column_str(&provinces, changed[i]->province);
        db_column_int(&decision_versions, changed[i]->decision_version);
    }
    if (ids.count == 0)
        return ERR_OK;
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_column(&args, &ids);
    db_arg_column(&args, &versions);
    db_arg_column(&args, &sessions);
    db_arg_column(&args, &states);
    db_arg_column(&args, &provinces);
    db_arg_column(&args, &decision_versions);
    db_arg_instant(&args, now);
    enum err err = db_run(db, &STORE_CHANGE_ENROLMENTS, &args, arena, &rows);
    if (err == ERR_OK && rows.affected != (size_t)ids.count)
        return ERR_SERIALIZATION;
    return err;
}

static enum err save_seats(struct db *db, struct arena *arena, const struct seating *seating)
{
    struct db_column ids, seats;
    db_column_init(&ids, arena, DB_UUID);
    db_column_init(&seats, arena, DB_INT4);
    for (size_t i = 0; i < seating->session_count; i++) {
        if (seating->sessions[i].taken == 0)
            continue;
        db_column_id(&ids, seating->sessions[i].id);
        db_column_int(&seats, seating->sessions[i].taken);
    }
    if (ids.count == 0)
        return ERR_OK;
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_column(&args, &ids);
    db_arg_column(&args, &seats);
    return db_queue(db, &STORE_TAKE_SEATS, &args);
}

static enum err save_queues(struct db *db, struct arena *arena, const struct desk_set *desks)
{
    struct db_args args;
    struct db_column changes;
    desk_args(&args, arena, desks);
    db_column_init(&changes, arena, DB_INT4);
    for (size_t i = 0; i < desks->count; i++)
        db_column_int(&changes, desks->items[i].waiting_change);
    db_arg_column(&args, &changes);
    return db_queue(db, &STORE_CHANGE_WAITING, &args);
}

enum err store_save_enrolments(struct db *db, struct arena *arena, struct enrolment *const *changed, size_t count, instant_us now)
{
    enum err err = add_new(db, arena, changed, count, now);
    return err == ERR_OK ? change_old(db, arena, changed, count, now) : err;
}

enum err store_save_seating(struct db *db, struct arena *arena, const struct seating *seating, const struct desk_set *desks)
{
    enum err err = save_seats(db, arena, seating);
    return err == ERR_OK ? save_queues(db, arena, desks) : err;
}
