#include "http/router.h"

#include <stdlib.h>

#include "http/fields.h"

#define SEGMENTS_MAX 12

struct template
{
    struct str segments[SEGMENTS_MAX]; /* {NULL,0}: a parameter */
    size_t count, param_count;
};

struct router {
    const struct http_route *routes;
    size_t count;
    struct template templates[];
};

static const char *const METHODS[HTTP_METHOD_COUNT] = {
    [HTTP_GET] = "GET", [HTTP_HEAD] = "HEAD", [HTTP_POST] = "POST", [HTTP_PUT] = "PUT", [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE",
};

enum http_method router_method(struct str name)
{
    for (int i = 0; i < HTTP_METHOD_COUNT; i++)
        if (str_equal(name, str_from(METHODS[i])))
            return (enum http_method)i;
    return HTTP_METHOD_COUNT;
}

const char *router_method_name(enum http_method method)
{
    return (unsigned)method < HTTP_METHOD_COUNT ? METHODS[method] : "";
}

/* How many segments `path` has after its first slash; 0: no path, or too many. */
static size_t split(struct str path, struct str segments[SEGMENTS_MAX])
{
    if (!str_starts(path, STR("/")))
        return 0;
    struct str rest = {path.at + 1, path.size - 1};
    size_t count = 0;
    bool more = true;
    while (more) {
        if (count == SEGMENTS_MAX)
            return 0;
        const char *slash = rest.size > 0 ? memchr(rest.at, '/', rest.size) : NULL;
        more = slash != NULL;
        segments[count++] = str_cut(&rest, '/');
    }
    return count;
}

static bool compile(const struct http_route *route, struct template *template)
{
    template->count = split(str_from(route->path), template->segments);
    for (size_t i = 0; i < template->count; i++) {
        struct str *segment = &template->segments[i];
        if (!str_starts(*segment, STR("{")))
            continue;
        if (!str_ends(*segment, STR("}")) || segment->size < 3 || template->param_count == HTTP_PARAMS_MAX)
            return false;
        *segment = (struct str){0};
        template->param_count++;
    }
    bool one_handler = (route->at_once == NULL) != (route->in_worker == NULL);
    return template->count > 0 && one_handler && (unsigned)route->method < HTTP_METHOD_COUNT && route->method != HTTP_HEAD;
}

static bool same(const struct template *a, const struct template *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        bool parameters = !a->segments[i].at && !b->segments[i].at;
        if (!parameters && (!a->segments[i].at || !b->segments[i].at || !str_equal(a->segments[i], b->segments[i])))
            return false;
    }
    return true;
}

enum err router_new(const struct http_route *routes, size_t count, struct router **ret_router, size_t *ret_row)
{
    struct router *router = calloc(1, sizeof(*router) + count * sizeof(router->templates[0]));
    if (!router)
        return ERR_MEMORY;
    router->routes = routes;
    router->count = count;
    for (size_t i = 0; i < count; i++) {
        bool fine = compile(&routes[i], &router->templates[i]);
        for (size_t k = 0; k < i; k++)
            if (routes[k].method == routes[i].method && same(&router->templates[k], &router->templates[i]))
                fine = false;
        if (!fine) {
            *ret_row = i;
            router_free(router);
            return ERR_INVALID;
        }
    }
    *ret_router = router;
    return ERR_OK;
}

void router_free(struct router *router)
{
    free(router);
}

static bool matches(const struct template *template, const struct str *segments, size_t count)
{
    if (template->count != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        bool parameter = template->segments[i].at == NULL;
        if (parameter ? str_empty(segments[i]) : !str_equal(template->segments[i], segments[i]))
            return false;
    }
    return true;
}

static void take_params(const struct template *template, const struct str *segments, struct router_match *match)
{
    size_t params = 0;
    for (size_t i = 0; i < template->count; i++)
        if (template->segments[i].at == NULL)
            match->params[params++] = segments[i];
}

static bool decode_all(struct arena *arena, struct str *segments, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!field_percent_decode(arena, segments[i], false, &segments[i]))
            return false;
    return true;
}

enum err router_find(const struct router *router, enum http_method method, struct str path, struct arena *arena, struct router_match *ret_match)
{
    struct str segments[SEGMENTS_MAX] = {{0}};
    const struct template *best = NULL;
    enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;
    size_t count = split(path, segments);
    *ret_match = (struct router_match){0};
    if (count == 0)
        return ERR_NOT_FOUND;
    if (!decode_all(arena, segments, count))
        return ERR_BAD_REQUEST;
    for (size_t i = 0; i < router->count; i++) {
        const struct template *template = &router->templates[i];
        enum http_method taken = router->routes[i].method;
        if (!matches(template, segments, count))
            continue;
        ret_match->allowed |= 1u << taken;
        if (taken == wanted && (!best || template->param_count < best->param_count)) {
            best = template;
            ret_match->index = i;
        }
    }
    if (ret_match->allowed & 1u << HTTP_GET)
        ret_match->allowed |= 1u << HTTP_HEAD;
    if (!best)
        return ret_match->allowed ? ERR_METHOD : ERR_NOT_FOUND;
    ret_match->route = &router->routes[ret_match->index];
    take_params(best, segments, ret_match);
    return ERR_OK;
}

struct str router_allow(struct arena *arena, unsigned allowed)
{
    struct str text = {0};
    for (int i = 0; i < HTTP_METHOD_COUNT; i++)
        if (allowed & (1u << i))
            text = str_format(arena, "%.*s%s%s", (int)text.size, text.at ? text.at : "", text.size ? ", " : "", METHODS[i]);
    return text;
}
