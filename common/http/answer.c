/* From a handler's outcome to bytes: problems for errors, and the headers that every answer has. */
#include "app/app.h"
#include "http/exchange.h"
#include "http/problem.h"

#define API_POLICY "default-src 'none'; frame-ancestors 'none'"

static const struct http_header EVERY_ANSWER[] = {
    {{"X-Content-Type-Options", 22}, {"nosniff", 7}},
    {{"Referrer-Policy", 15}, {"no-referrer", 11}},
};

bool server_is_closing(const struct http_server *server)
{
    return atomic_load(&server->draining) || app_state() == APP_DRAINING;
}

void figures_count(struct http_server *server, size_t row, int status, int64_t duration_us)
{
    struct route_figures *figures = &server->figures[row];
    int hundreds = status / 100;
    if (hundreds > 0 && hundreds < STATUS_CLASSES)
        metric_add(figures->requests[hundreds], 1);
    metric_observe_us(figures->duration, duration_us);
}

/* libmicrohttpd wants texts ended by NUL and refuses line breaks in them. */
static void add_header(struct MHD_Response *response, struct arena *arena, struct str name, struct str value)
{
    struct str name_text = name.at[name.size] == 0 ? name : str_copy(arena, name);
    struct str value_text = str_copy(arena, value);
    if (name_text.at && value_text.at)
        MHD_add_response_header(response, name_text.at, value_text.at);
}

static bool has_header(const struct http_response *response, struct str name)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (str_equal_nocase(response->headers[i].name, name))
            return true;
    return false;
}

static void set_challenges(struct http_exchange *exchange)
{
    const struct auth *auth = exchange->server->options.auth;
    unsigned who = exchange->match.route ? exchange->match.route->who : WHO_ANYONE;
    if (who & WHO_ANYONE)
        who = ~0u;
    bool basic = auth && auth->verify_basic && who & WHO_APPLICANT;
    bool bearer = auth && ((auth->keys && who & (WHO_STAFF | WHO_APPLICANT)) || (auth->verify_partner && who & WHO_PARTNER));
    if (basic)
        http_set_header(&exchange->request, "WWW-Authenticate", STR("Basic realm=\"jisr\", charset=\"UTF-8\""));
    if (bearer || !basic)
        http_set_header(&exchange->request, "WWW-Authenticate", STR("Bearer realm=\"jisr\""));
}

static void make_problem(struct http_exchange *exchange)
{
    struct http_request *request = &exchange->request;
    struct http_response *response = &request->response;
    bool lists = exchange->err == ERR_INVALID || exchange->err == ERR_MALFORMED || exchange->err == ERR_BAD_REQUEST;
    struct str detail = exchange->why && request->language == LANGUAGE_EN ? str_from(exchange->why) : (struct str){0};
    response->status = err_info(exchange->err)->http_status;
    response->content_type = STR("application/problem+json");
    response->body = problem_text(request->arena, exchange->err, request->language, detail, lists ? &request->violations : NULL);
    http_set_header(request, "Content-Language", str_from(language_code(request->language)));
    if (exchange->err == ERR_UNAUTHENTICATED)
        set_challenges(exchange);
    if (exchange->err == ERR_METHOD)
        http_set_header(request, "Allow", router_allow(request->arena, exchange->match.allowed));
    if ((response->status == 503 || response->status == 429) && !has_header(response, STR("Retry-After")))
        http_set_header(request, "Retry-After", STR("1"));
    if (!has_header(response, STR("Cache-Control")))
        http_set_header(request, "Cache-Control", STR("no-store"));
}

static bool is_stream(const struct http_exchange *exchange)
{
    return exchange->stream && exchange->err == ERR_OK && exchange->request.method != HTTP_HEAD;
}

static struct MHD_Response *make_response(struct http_exchange *exchange)
{
    const struct http_response *answer = &exchange->request.response;
    if (is_stream(exchange))
        return stream_response(exchange->stream, exchange->mhd);
    if (answer->more && exchange->err == ERR_OK)
        return download_response(exchange);
    /* Never written through: PERSISTENT only reads, its parameter just lacks the const. */
    return MHD_create_response_from_buffer(answer->body.size, (void *)(uintptr_t)answer->body.at, MHD_RESPMEM_PERSISTENT);
}

static void add_headers(struct http_exchange *exchange, struct MHD_Response *response)
{
    const struct http_response *answer = &exchange->request.response;
    const struct http_route *route = exchange->match.route;
    struct arena *arena = exchange->arena;
    struct str type = str_empty(answer->content_type) && !str_empty(answer->body) ? STR("application/json") : answer->content_type;
    /* First, as libmicrohttpd keeps it at the front. */
    if (server_is_closing(exchange->server))
        MHD_add_response_header(response, "Connection", "close");
    for (size_t i = 0; i < sizeof(EVERY_ANSWER) / sizeof(EVERY_ANSWER[0]); i++)
        MHD_add_response_header(response, EVERY_ANSWER[i].name.at, EVERY_ANSWER[i].value.at);
    if (!str_empty(type) && answer->status != 304)
        add_header(response, arena, STR("Content-Type"), type);
    if (!has_header(answer, STR("Content-Security-Policy")))
        MHD_add_response_header(response, "Content-Security-Policy", API_POLICY);
    if (route && route->flags & HTTP_NO_STORE && !has_header(answer, STR("Cache-Control")))
        MHD_add_response_header(response, "Cache-Control", "no-store");
    for (size_t i = 0; i < answer->header_count; i++)
        add_header(response, arena, answer->headers[i].name, answer->headers[i].value);
}

enum MHD_Result exchange_answer(struct http_exchange *exchange)
{
    struct http_response *answer = &exchange->request.response;
    struct http_server *server = exchange->server;
    int64_t now_us = clock_monotonic_us();
    exchange->stage = STAGE_ANSWERED;
    exchange->err = arena_excuse(exchange->arena, exchange->err);
    if (exchange->err == ERR_OVERLOADED) { /* made beforehand: refusing must stay cheap when there is much to refuse */
        connection_enter(exchange->connection, PHASE_ANSWERING, now_us);
        figures_count(server, exchange->match.index, err_info(exchange->err)->http_status, now_us - exchange->began_us);
        return answer_refusal(server, exchange->mhd, exchange->err, exchange->request.language);
    }
    if (exchange->err != ERR_OK)
        make_problem(exchange);
    if (answer->status == 0)
        answer->status = 200;
    struct MHD_Response *response = make_response(exchange);
    if (!response)
        return MHD_NO;
    add_headers(exchange, response);
    connection_enter(exchange->connection, is_stream(exchange) ? PHASE_STREAMING : PHASE_ANSWERING, now_us);
    figures_count(server, exchange->match.index, answer->status, now_us - exchange->began_us);
    enum MHD_Result queued = MHD_queue_response(exchange->mhd, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return queued;
}

/* Refusals that need no exchange share one response a language. */
static const enum err REFUSALS[] = {ERR_OVERLOADED, ERR_DRAINING, ERR_MEMORY};

enum MHD_Result answer_refusal(struct http_server *server, struct MHD_Connection *mhd, enum err err, enum language language)
{
    struct MHD_Response *response = server->refusals[err][language];
    return response ? MHD_queue_response(mhd, (unsigned)err_info(err)->http_status, response) : MHD_NO;
}

static struct MHD_Response *make_refusal(struct arena *arena, enum err err, enum language language)
{
    struct str text = problem_text(arena, err, language, (struct str){0}, NULL);
    struct MHD_Response *response = MHD_create_response_from_buffer(text.size, (void *)(uintptr_t)text.at, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return NULL;
    for (size_t i = 0; i < sizeof(EVERY_ANSWER) / sizeof(EVERY_ANSWER[0]); i++)
        MHD_add_response_header(response, EVERY_ANSWER[i].name.at, EVERY_ANSWER[i].value.at);
    MHD_add_response_header(response, "Content-Type", "application/problem+json");
    MHD_add_response_header(response, "Content-Language", language_code(language));
    MHD_add_response_header(response, "Content-Security-Policy", API_POLICY);
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "Retry-After", "1");
    return response;
}

enum err answer_refusals_make(struct http_server *server)
{
    struct arena *arena = arena_new((size_t)256 * 1024);
    enum err err = arena ? ERR_OK : ERR_MEMORY;
    for (size_t i = 0; err == ERR_OK && i < sizeof(REFUSALS) / sizeof(REFUSALS[0]); i++)
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            server->refusals[REFUSALS[i]][language] = make_refusal(arena, REFUSALS[i], (enum language)language);
            if (!server->refusals[REFUSALS[i]][language])
                err = ERR_MEMORY;
        }
    arena_free(arena);
    return err;
}

void answer_refusals_free(struct http_server *server)
{
    for (size_t i = 0; i < sizeof(REFUSALS) / sizeof(REFUSALS[0]); i++)
        for (int language = 0; language < LANGUAGE_COUNT; language++)
            if (server->refusals[REFUSALS[i]][language])
                MHD_destroy_response(server->refusals[REFUSALS[i]][language]);
}
