#include "editor.h"

#include "services/intake/access.h"
#include "editor_messages.h"
#include "editor_statements.h"
#include "http/page.h"
#include "services/intake/intake.h"

static const struct http_page_terms DRAFTS = {"call drafts", 1, 50, 200};

static struct call_draft_view read_line(const struct db_rows *rows, size_t row)
{
    return (struct call_draft_view){
        .id = db_get_str(rows, row, 0),
        .version = db_get_int(rows, row, 1),
        .region = db_get_str(rows, row, 2),
        .changed_by = db_get_str(rows, row, 3),
        .changed_at = db_get_instant(rows, row, 4),
        .published_version = db_get_int(rows, row, 5),
        .state = db_get_str(rows, row, 6),
    };
}

enum err call_drafts_list(struct http_request *request, void *context)
{
    const struct service_worker *worker = context;
    struct http_page page;
    struct db_args args;
    struct db_rows rows;
    enum err err = http_page_read(request, &DRAFTS, &page);
    if (err != ERR_OK)
        return err;
    db_args_init(&args, request->arena);
    service_arg_territories(&args, &request->who);
    db_arg_str(&args, page.begins ? (struct str){0} : page.after[0]);
    db_arg_int4(&args, (int32_t)page.limit + 1);
    err = db_run(worker->db, &EDITOR_LIST_DRAFTS, &args, request->arena, &rows);
    if (err != ERR_OK)
        return err;
    size_t shown = rows.count > (size_t)page.limit ? (size_t)page.limit : rows.count;
    struct call_draft_view *lines = arena_take_array(request->arena, shown + 1, sizeof(*lines));
    if (!lines)
        return ERR_LIMIT;
    for (size_t row = 0; row < shown; row++)
        lines[row] = read_line(&rows, row);
    if (shown < rows.count)
        err = http_page_next(request, &DRAFTS, &lines[shown - 1].id);
    struct str body;
    if (err == ERR_OK)
        err = wire_text(&CALL_DRAFT_LIST, &(struct call_draft_list){{lines, shown}}, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}
