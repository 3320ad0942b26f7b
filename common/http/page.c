#include "http/page.h"

#include "http/exchange.h"

static enum err read_limit(struct http_request *request, const struct http_page_terms *terms, int64_t *ret_limit)
{
    struct str asked = http_query(request, "limit");
    int64_t limit = terms->limit_standard;
    if (asked.at && (!str_parse_int64(asked, &limit) || limit < 1 || limit > terms->limit_most)) {
        struct str bounds = str_format(request->arena, "1 … %lld", (long long)terms->limit_most);
        violations_add(&request->violations, STR("/limit"), VIOLATION_FORMAT, bounds.at);
        return ERR_BAD_REQUEST;
    }
    *ret_limit = limit;
    return ERR_OK;
}

enum err http_page_read(struct http_request *request, const struct http_page_terms *terms, struct http_page *ret_page)
{
    struct http_page page = {0};
    struct str cursor = http_query(request, "cursor");
    enum err err = read_limit(request, terms, &page.limit);
    page.begins = !cursor.at;
    if (!page.begins && !cursor_parse(request->arena, terms->list, cursor, page.after, terms->keys)) {
        violations_add(&request->violations, STR("/cursor"), VIOLATION_FORMAT, "a cursor of this list");
        err = ERR_BAD_REQUEST;
    }
    if (err == ERR_OK)
        *ret_page = page;
    return err;
}

/* The query as it came, without its cursor. */
static void add_query(struct buf *out, struct str query)
{
    while (!str_empty(query)) {
        struct str one = str_cut(&query, '&');
        if (str_empty(one) || str_starts(one, STR("cursor=")))
            continue;
        buf_add(out, one);
        buf_byte(out, '&');
    }
}

enum err http_page_next(struct http_request *request, const struct http_page_terms *terms, const struct str *keys)
{
    struct str cursor = cursor_text(request->arena, terms->list, keys, terms->keys), target = request->exchange->target, link;
    struct buf out;
    if (!cursor.at)
        return ERR_LIMIT;
    buf_init(&out, request->arena, (size_t)16 * 1024);
    buf_byte(&out, '<');
    buf_add(&out, str_cut(&target, '?'));
    buf_byte(&out, '?');
    add_query(&out, target);
    buf_add(&out, STR("cursor="));
    buf_add(&out, cursor);
    buf_add(&out, STR(">; rel=\"next\""));
    enum err err = buf_done(&out, &link);
    if (err == ERR_OK)
        http_set_header(request, "Link", link);
    return err;
}

struct id http_page_after_id(const struct http_page *page)
{
    struct id id;
    return !page->begins && id_parse(page->after[0], &id) ? id : (struct id){{0}};
}

enum err http_page_next_id(struct http_request *request, const struct http_page_terms *terms, struct id last)
{
    struct str key = id_text(request->arena, last);
    return http_page_next(request, terms, &key);
}
