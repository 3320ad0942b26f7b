#include "form_read.h"

#include "opening.h"

enum err form_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct opening opening = {.request = request, .intake = intake_of(worker->service), .action = "read-form", .with_form = true};
    enum err err = opening_take(&opening, worker->db);
    secret_wipe(&opening.keys, sizeof(opening.keys));
    if (err != ERR_OK)
        return err;
    http_set_etag(request, opening.row.version);
    http_answer(request, 200, opening.body);
    return ERR_OK;
}
