#include "service/service_read.h"

void service_arg_territories(struct db_args *args, const struct principal *who)
{
    struct db_column codes;
    if (who->territory_count == 0) {
        db_arg_null(args);
        return;
    }
    db_column_init(&codes, args->arena, DB_TEXT);
    for (size_t i = 0; i < who->territory_count; i++)
        db_column_str(&codes, who->territories[i]);
    db_arg_column(args, &codes);
}

struct staff_read {
    const struct http_request *request;
    const struct db_statement *as_staff;
    enum err (*body)(struct db *db, void *context);
    void *context;
};

static enum err read_as_staff(struct db *db, void *context)
{
    const struct staff_read *read = context;
    struct db_args territories;
    db_args_init(&territories, read->request->arena);
    service_arg_territories(&territories, &read->request->who);
    enum err err = db_queue(db, read->as_staff, &territories);
    return err == ERR_OK ? read->body(db, read->context) : err;
}

enum err service_read(struct db *db, const struct http_request *request, const struct db_statement *as_staff,
                      enum err (*body)(struct db *db, void *context), void *context)
{
    struct staff_read read = {request, as_staff, body, context};
    return request->who.role & WHO_STAFF ? db_transaction(db, read_as_staff, &read) : body(db, context);
}
