#include "store.h"

#include "store_statements.h"

static void id_args(struct db_args *args, struct arena *arena, const struct id_set *ids)
{
    db_args_init(args, arena);
    db_arg_ids(args, ids->items, ids->count);
}

static void optional_text(struct db_column *column, struct str text)
{
    if (str_empty(text))
        db_column_null(column);
    else
        db_column_str(column, text);
}

static enum err read_subscriptions(const struct db_rows *rows, struct arena *arena, struct subscription_set *ret_subscriptions)
{
    struct subscription *list = arena_take_array(arena, rows->count + 1, sizeof *list);
    if (!list)
        return ERR_LIMIT;
    for (size_t i = 0; i < rows->count; i++)
        list[i] = (struct subscription){db_get_id(rows, i, 0), db_get_id(rows, i, 1), db_get_str(rows, i, 2), db_get_str(rows, i, 3),
                                        db_get_str(rows, i, 4)};
    *ret_subscriptions = (struct subscription_set){list, rows->count};
    return ERR_OK;
}

enum err store_lock_subscriptions(struct db *db, struct arena *arena, const struct id_set *partners, struct subscription_set *ret_subscriptions)
{
    struct db_args args;
    struct db_rows rows;
    id_args(&args, arena, partners);
    enum err err = db_run(db, &STORE_LOCK_PARTNER_SUBSCRIPTIONS, &args, arena, &rows);
    return err == ERR_OK ? read_subscriptions(&rows, arena, ret_subscriptions) : err;
}

enum err store_save_applications(struct db *db, struct arena *arena, const struct application_message *applications, const bool *withdrawn,
                                 size_t count)
{
    enum { ID, VERSION, CALL, KIND, REGION, PROVINCE, CONSENT, WITHDRAWN, CONTACT, REVISION, COLUMNS };
    static const enum db_type types[COLUMNS] = {DB_UUID, DB_INT8, DB_TEXT, DB_TEXT, DB_TEXT, DB_TEXT, DB_BOOL, DB_BOOL, DB_TEXT, DB_INT8};
    struct db_column columns[COLUMNS];
    struct db_args args;
    for (size_t i = 0; i < COLUMNS; i++)
        db_column_init(&columns[i], arena, types[i]);
    for (size_t i = 0; i < count; i++) {
        const struct application_message *application = &applications[i];
        db_column_id(&columns[ID], application->application);
        db_column_int(&columns[VERSION], application->version);
        db_column_str(&columns[CALL], application->call);
        db_column_str(&columns[KIND], application->kind);
        db_column_str(&columns[REGION], application->region);
        db_column_str(&columns[PROVINCE], application->province);
        db_column_bool(&columns[CONSENT], application->referral_consent);
        db_column_bool(&columns[WITHDRAWN], withdrawn[i]);
        optional_text(&columns[CONTACT], application->contact);
        if (application->revision > 0)
            db_column_int(&columns[REVISION], application->revision);
        else
            db_column_null(&columns[REVISION]);
    }
    db_args_init(&args, arena);
    for (size_t i = 0; i < COLUMNS; i++)
        db_arg_column(&args, &columns[i]);
    return db_queue(db, &STORE_SAVE_APPLICATIONS, &args);
}

/* `statement` finds the applications. One round trip for both. */
static enum err load_offering(struct db *db, const struct db_statement *statement, const struct db_args *args, instant_us gone_before,
                              struct offering *ret_offering)
{
    struct arena *arena = args->arena;
    struct db_rows rows, subscriptions;
    struct db_args since;
    db_args_init(&since, arena);
    db_arg_instant(&since, gone_before);
    enum err err = db_ask(db, statement, args, arena, &rows);
    if (err == ERR_OK)
        err = db_run(db, &STORE_LOCK_SUBSCRIPTIONS, &since, arena, &subscriptions);
    if (err != ERR_OK)
        return err;
    struct known_application *list = arena_take_array(arena, rows.count + 1, sizeof *list);
    if (!list)
        return ERR_LIMIT;
    for (size_t i = 0; i < rows.count; i++)
        list[i] = (struct known_application){db_get_id(&rows, i, 0),  db_get_str(&rows, i, 1),  db_get_str(&rows, i, 2), db_get_str(&rows, i, 3),
                                             db_get_str(&rows, i, 4), db_get_bool(&rows, i, 5), db_get_int(&rows, i, 6), db_get_bool(&rows, i, 7)};
    ret_offering->applications = list;
    ret_offering->count = rows.count;
    return read_subscriptions(&subscriptions, arena, &ret_offering->subscriptions);
}

enum err store_find_applications(struct db *db, struct arena *arena, const struct id_set *ids, instant_us gone_before, struct offering *ret_offering)
{
    struct db_args args;
    id_args(&args, arena, ids);
    return load_offering(db, &STORE_FIND_APPLICATIONS, &args, gone_before, ret_offering);
}

struct form_columns {
    struct db_column ids, revisions;
};

static void form_args(struct db_args *args, struct arena *arena, const struct form_set *forms, struct form_columns *columns)
{
    db_column_init(&columns->ids, arena, DB_UUID);
    db_column_init(&columns->revisions, arena, DB_INT8);
    for (size_t i = 0; i < forms->count; i++) {
        db_column_id(&columns->ids, forms->ids[i]);
        db_column_int(&columns->revisions, forms->revisions[i]);
    }
    db_args_init(args, arena);
    db_arg_column(args, &columns->ids);
    db_arg_column(args, &columns->revisions);
}

enum err store_remember_shortlisted(struct db *db, struct arena *arena, const struct form_set *forms)
{
    struct form_columns columns;
    struct db_args args;
    form_args(&args, arena, forms, &columns);
    return db_queue(db, &STORE_REMEMBER_SHORTLISTED, &args);
}

enum err store_forget_shortlisted(struct db *db, struct arena *arena, const struct id_set *applications, struct id_set *ret_had_place)
{
    struct db_args args;
    struct db_rows rows;
    id_args(&args, arena, applications);
    enum err err = db_run(db, &STORE_FORGET_SHORTLISTED, &args, arena, &rows);
    if (err != ERR_OK)
        return err;
    struct id *ids = arena_take_array(arena, rows.count + 1, sizeof *ids);
    if (!ids)
        return ERR_LIMIT;
    for (size_t i = 0; i < rows.count; i++)
        ids[i] = db_get_id(&rows, i, 0);
    *ret_had_place = (struct id_set){ids, rows.count};
    return ERR_OK;
}

enum err store_forget_notes(struct db *db, struct arena *arena, const struct id_set *applications)
{
    struct db_args args;
    id_args(&args, arena, applications);
    return db_queue(db, &STORE_FORGET_NOTES, &args);
}

enum err store_find_shortlisted(struct db *db, struct arena *arena, const struct form_set *forms, instant_us gone_before,
                                struct offering *ret_offering)
{
    struct form_columns columns;
    struct db_args args;
    form_args(&args, arena, forms, &columns);
    return load_offering(db, &STORE_FIND_SHORTLISTED, &args, gone_before, ret_offering);
}

enum err store_add_referrals(struct db *db, struct arena *arena, const struct referral_set *referrals, instant_us now, bool *ret_added)
{
    struct db_column ids, partners, applications, provinces;
    struct db_args args;
    struct db_rows rows;
    db_column_init(&ids, arena, DB_UUID);
    db_column_init(&partners, arena, DB_UUID);
    db_column_init(&applications, arena, DB_UUID);
    db_column_init(&provinces, arena, DB_TEXT);
    for (size_t i = 0; i < referrals->count; i++) {
        db_column_id(&ids, referrals->items[i].id);
        db_column_id(&partners, referrals->items[i].partner);
        db_column_id(&applications, referrals->items[i].application);
        db_column_str(&provinces, referrals->items[i].province);
    }
    db_args_init(&args, arena);
    db_arg_column(&args, &ids);
    db_arg_column(&args, &partners);
    db_arg_column(&args, &applications);
    db_arg_column(&args, &provinces);
    db_arg_instant(&args, now);
    enum err err = db_run(db, &STORE_ADD_REFERRALS, &args, arena, &rows);
    /* RETURNING keeps the order of the rows that went in. */
    for (size_t i = 0, row = 0; err == ERR_OK && i < referrals->count; i++) {
        ret_added[i] = row < rows.count && id_compare(db_get_id(&rows, row, 0), referrals->items[i].id) == 0;
        row += ret_added[i];
    }
    return err;
}

static enum err read_referrals(const struct db_rows *rows, struct arena *arena, struct referral_set *ret_referrals)
{
    struct referral *list = arena_take_array(arena, rows->count + 1, sizeof *list);
    if (!list)
        return ERR_LIMIT;
    for (size_t i = 0; i < rows->count; i++) {
        list[i] = (struct referral){.id = db_get_id(rows, i, 0),
                                    .partner = db_get_id(rows, i, 1),
                                    .application = db_get_id(rows, i, 2),
                                    .version = db_get_int(rows, i, 4),
                                    .call = db_get_str(rows, i, 5),
                                    .kind = db_get_str(rows, i, 6),
                                    .region = db_get_str(rows, i, 7),
                                    .province = db_get_str(rows, i, 8)};
        if (!referral_state_parse(db_get_str(rows, i, 3), &list[i].state))
            return ERR_INTERNAL;
    }
    *ret_referrals = (struct referral_set){list, rows->count};
    return ERR_OK;
}

enum err store_lock_revocable(struct db *db, struct arena *arena, const struct id_set *applications, struct referral_set *ret_referrals)
{
    struct db_args args;
    struct db_rows rows;
    id_args(&args, arena, applications);
    enum err err = db_run(db, &STORE_LOCK_REFERRALS_TO_REVOKE, &args, arena, &rows);
    return err == ERR_OK ? read_referrals(&rows, arena, ret_referrals) : err;
}

enum err store_lock_elsewhere(struct db *db, struct arena *arena, const struct id_set *applications, struct referral_set *ret_referrals)
{
    struct db_args args;
    struct db_rows rows;
    id_args(&args, arena, applications);
    enum err err = db_run(db, &STORE_LOCK_OFFERS_ELSEWHERE, &args, arena, &rows);
    if (err == ERR_OK)
        err = read_referrals(&rows, arena, ret_referrals);
    for (size_t i = 0; err == ERR_OK && i < rows.count; i++)
        ret_referrals->items[i].lives_in = db_get_str(&rows, i, 9);
    return err;
}

enum err store_lock_expired(struct db *db, struct arena *arena, instant_us before, size_t max, struct referral_set *ret_referrals)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_instant(&args, before);
    db_arg_int4(&args, (int32_t)max);
    enum err err = db_run(db, &STORE_LOCK_REFERRALS_TO_EXPIRE, &args, arena, &rows);
    return err == ERR_OK ? read_referrals(&rows, arena, ret_referrals) : err;
}

enum err store_lock_held(struct db *db, struct arena *arena, struct id partner, struct id after, size_t max, struct referral_set *ret_referrals)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, partner);
    db_arg_id(&args, after);
    db_arg_int4(&args, (int32_t)max);
    enum err err = db_run(db, &STORE_LOCK_REFERRALS_HELD, &args, arena, &rows);
    return err == ERR_OK ? read_referrals(&rows, arena, ret_referrals) : err;
}

enum err store_lock_referral(struct db *db, struct arena *arena, struct id id, struct id partner, struct referral *ret_referral)
{
    struct db_args args;
    struct db_rows rows;
    struct referral_set one;
    db_args_init(&args, arena);
    db_arg_id(&args, id);
    db_arg_id(&args, partner);
    enum err err = db_run(db, &STORE_LOCK_REFERRAL, &args, arena, &rows);
    if (err == ERR_OK)
        err = rows.count ? read_referrals(&rows, arena, &one) : ERR_NOT_FOUND;
    if (err != ERR_OK)
        return err;
    *ret_referral = one.items[0];
    ret_referral->reason = db_get_str(&rows, 0, 9);
    ret_referral->outcome = db_get_str(&rows, 0, 10);
    return ERR_OK;
}

enum err store_change_referrals(struct db *db, struct arena *arena, const struct referral_set *referrals, instant_us now)
{
    enum { ID, VERSION, STATE, REASON, OUTCOME, COLUMNS };
    static const enum db_type types[COLUMNS] = {DB_UUID, DB_INT8, DB_TEXT, DB_TEXT, DB_TEXT};
    struct db_column columns[COLUMNS];
    struct db_args args;
    struct db_rows rows;
    for (size_t i = 0; i < COLUMNS; i++)
        db_column_init(&columns[i], arena, types[i]);
    for (size_t i = 0; i < referrals->count; i++) {
        const struct referral *referral = &referrals->items[i];
        db_column_id(&columns[ID], referral->id);
        db_column_int(&columns[VERSION], referral->version);
        db_column_str(&columns[STATE], str_from(referral_state_name(referral->state)));
        optional_text(&columns[REASON], referral->reason);
        optional_text(&columns[OUTCOME], referral->outcome);
    }
    db_args_init(&args, arena);
    for (size_t i = 0; i < COLUMNS; i++)
        db_arg_column(&args, &columns[i]);
    db_arg_instant(&args, now);
    enum err err = db_run(db, &STORE_CHANGE_REFERRALS, &args, arena, &rows);
    if (err == ERR_OK && rows.affected != referrals->count)
        err = ERR_SERIALIZATION;
    return err;
}
