#include "http/web.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/log.h"
#include "http/exchange.h"
#include "http/media.h"
#include "http/packed.h"
#include "http/web_parts.h"

#define FILES_MAX 200
#define BYTES_MAX ((size_t)4 * 1024 * 1024)
#define DEPTH_MAX 6
#define HASH_DIGITS_MIN 8
#define POLICY                                                                                                                          \
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'%s%.*s; frame-ancestors 'none'; " \
    "base-uri 'none'; form-action 'self'"

struct page {
    struct str path; /* "/app/index.html" */
    struct packed content;
    struct str type;
    bool immutable;
};

struct http_web {
    struct arena *arena;
    struct page pages[FILES_MAX];
    size_t count, bytes;
    int root; /* while the folder is read */
    struct str policy;
};

static const struct {
    const char *suffix, *type;
    bool compresses;
} TYPES[] = {
    {".html", "text/html; charset=utf-8", true},
    {".css", "text/css; charset=utf-8", true},
    {".js", "text/javascript; charset=utf-8", true},
    {".mjs", "text/javascript; charset=utf-8", true},
    {".json", "application/json", true},
    {".yaml", "application/yaml", true},
    {".webmanifest", "application/manifest+json", true},
    {".svg", "image/svg+xml", true},
    {".txt", "text/plain; charset=utf-8", true},
    {".md", "text/plain; charset=utf-8", true},
    {".xml", "application/xml", true},
    {".ico", "image/x-icon", true},
    {".png", "image/png", false},
    {".jpg", "image/jpeg", false},
    {".webp", "image/webp", false},
    {".woff2", "font/woff2", false},
    {"", "application/octet-stream", false}, /* ends the list: fits all */
};

/* "app.3f2a9c01.js": a part between dots of at least eight hex digits. */
static bool has_content_hash(struct str path)
{
    str_cut(&path, '.');
    while (!str_empty(path)) {
        struct str part = str_cut(&path, '.');
        size_t digits = 0;
        while (digits < part.size && strchr("0123456789abcdef", part.at[digits]))
            digits++;
        if (digits == part.size && digits >= HASH_DIGITS_MIN && !str_empty(path))
            return true;
    }
    return false;
}

static enum err add_page(struct http_web *web, struct str path, struct str content)
{
    size_t row = 0;
    if (web->count == FILES_MAX || content.size > BYTES_MAX - web->bytes)
        return ERR_LIMIT;
    while (!str_ends(path, str_from(TYPES[row].suffix)))
        row++;
    struct page *page = &web->pages[web->count];
    *page = (struct page){.path = path, .type = str_from(TYPES[row].type), .immutable = has_content_hash(path)};
    web->count++;
    web->bytes += content.size;
    return packed_make(web->arena, content, TYPES[row].compresses, &page->content);
}

static enum err read_file(struct http_web *web, int file, struct str path)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return ERR_UNAVAILABLE;
    if ((size_t)status.st_size > BYTES_MAX - web->bytes)
        return ERR_LIMIT;
    size_t size = (size_t)status.st_size, done = 0;
    char *bytes = arena_take(web->arena, size + 1);
    if (!bytes)
        return ERR_MEMORY;
    while (done < size) {
        ssize_t got = read(file, bytes + done, size - done);
        if (got <= 0)
            return ERR_UNAVAILABLE;
        done += (size_t)got;
    }
    struct str content = {bytes, size}, missing = {0};
    enum err err = str_ends(path, STR(".html")) ? web_parts_expand(web->root, content, web->arena, &content, &missing) : ERR_OK;
    if (err != ERR_OK)
        log_line(LOG_ERROR, "http-web-part", LOG_STR("page", path), LOG_STR("part", missing), LOG_ERR(err));
    return err == ERR_OK ? add_page(web, path, content) : err;
}

static enum err read_folder(struct http_web *web, int folder, struct str prefix, int depth);

/* Links, special files and parts are left out. */
static enum err read_entry(struct http_web *web, int folder, struct str prefix, const char *name, int depth)
{
    struct stat status;
    bool is_parts = depth == 0 && strcmp(name, "parts") == 0;
    if (name[0] == '.' || is_parts || fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return ERR_OK;
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
        return ERR_OK;
    struct str path = str_format(web->arena, "%.*s/%s", (int)prefix.size, prefix.at, name);
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0 || !path.at)
        return file < 0 ? ERR_UNAVAILABLE : ERR_MEMORY;
    enum err err = S_ISDIR(status.st_mode) ? read_folder(web, file, path, depth + 1) : read_file(web, file, path);
    close(file);
    return err;
}

static enum err read_folder(struct http_web *web, int folder, struct str prefix, int depth)
{
    int again = depth > DEPTH_MAX ? -1 : dup(folder);
    DIR *listing = again < 0 ? NULL : fdopendir(again);
    enum err err = ERR_OK;
    if (!listing) {
        if (again >= 0)
            close(again);
        return depth > DEPTH_MAX ? ERR_LIMIT : ERR_UNAVAILABLE;
    }
    for (struct dirent *entry; err == ERR_OK && (entry = readdir(listing)) != NULL;)
        err = read_entry(web, folder, prefix, entry->d_name, depth);
    closedir(listing);
    return err;
}

static struct str policy_with(struct arena *arena, struct str origin)
{
    return str_format(arena, POLICY, str_empty(origin) ? "" : " ", (int)origin.size, str_empty(origin) ? "" : origin.at);
}

/* scheme://host:port, of characters that can't end the directive. */
static struct str origin_of(struct str url)
{
    struct str rest = url;
    str_cut(&rest, '/');
    str_cut(&rest, '/');
    struct str host = str_cut(&rest, '/');
    for (size_t i = 0; i < host.size; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]", host.at[i]))
            return (struct str){0};
    bool web = str_starts(url, STR("https://")) || str_starts(url, STR("http://"));
    return web && !str_empty(host) ? (struct str){url.at, (size_t)(host.at + host.size - url.at)} : (struct str){0};
}

enum err http_web_allow_origin(struct http_web *web, const char *url)
{
    struct str origin = origin_of(str_from(url));
    if (str_empty(origin))
        return ERR_INVALID;
    web->policy = policy_with(web->arena, origin);
    return web->policy.at ? ERR_OK : ERR_MEMORY;
}

static int by_path(const void *a, const void *b)
{
    const struct page *left = a, *right = b;
    return str_compare(left->path, right->path);
}

enum err http_web_load(const char *folder, struct http_web **ret_web)
{
    struct http_web *web = calloc(1, sizeof(*web));
    int root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum err err = web && root >= 0 ? ERR_OK : ERR_UNAVAILABLE;
    if (err == ERR_OK) {
        web->arena = arena_new(4 * BYTES_MAX);
        web->root = root;
        web->policy = policy_with(web->arena, (struct str){0});
        err = web->arena ? read_folder(web, root, STR(""), 0) : ERR_MEMORY;
    }
    if (root >= 0)
        close(root);
    if (err != ERR_OK) {
        log_line(LOG_ERROR, "http-web-not-loaded", LOG_TEXT("folder", folder), LOG_ERR(err));
        http_web_free(web);
        return err;
    }
    qsort(web->pages, web->count, sizeof(web->pages[0]), by_path);
    *ret_web = web;
    return ERR_OK;
}

void http_web_free(struct http_web *web)
{
    if (!web)
        return;
    arena_free(web->arena);
    free(web);
}

static const struct page *page_at(const struct http_web *web, struct str path)
{
    struct page wanted = {.path = path};
    return bsearch(&wanted, web->pages, web->count, sizeof(web->pages[0]), by_path);
}

/* "/" and "/x/" are their index.html; "/x" is itself or x.html. */
static const struct page *page_for(const struct http_web *web, struct str path)
{
    char name[512];
    const char *suffix = str_ends(path, STR("/")) ? "index.html" : ".html";
    const struct page *page = page_at(web, path);
    if (page || path.size + strlen(suffix) >= sizeof(name))
        return page;
    int size = snprintf(name, sizeof(name), "%.*s%s", (int)path.size, path.at, suffix);
    return page_at(web, (struct str){name, (size_t)size});
}

bool web_has(const struct http_web *web, struct str path)
{
    return page_for(web, path) != NULL;
}

/* A browser that goes somewhere names it before all else; whoever takes anything gets a problem. */
static bool prefers_html(struct str accept)
{
    struct str html = STR("text/html");
    return media_prefers(accept, html, STR("application/json")) && media_prefers(accept, html, STR("application/problem+json"));
}

/* /intake/v1/…: what lies there speaks to programs, whatever they accept. */
static bool is_of_an_api(struct str path)
{
    (void)str_cut(&path, '/'); /* before the first slash is nothing */
    (void)str_cut(&path, '/');
    return str_equal(str_cut(&path, '/'), STR("v1"));
}

enum err web_answer(const struct http_web *web, struct http_request *request)
{
    struct http_response *response = &request->response;
    const struct page *page = page_for(web, request->path);
    response->status = page ? 200 : 404;
    if (!page && prefers_html(http_header(request, "Accept")) && !is_of_an_api(request->path))
        page = page_at(web, STR("/404.html"));
    if (!page)
        return ERR_NOT_FOUND;
    const char *cache = response->status == 404 ? "no-store" : page->immutable ? "public, max-age=31536000, immutable" : "no-cache";
    response->content_type = page->type;
    http_set_header(request, "Content-Security-Policy", web->policy);
    http_set_header(request, "Cache-Control", str_from(cache));
    packed_answer(&page->content, request, response->status);
    return ERR_OK;
}
