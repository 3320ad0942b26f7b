#include "http/web.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "app/log.h"
#include "crypto/seal.h"
#include "http/exchange.h"
#include "http/fields.h"
#include "http/media.h"
#include "http/web_parts.h"

#define FILES_MAX 200
#define BYTES_MAX ((size_t)4 * 1024 * 1024)
#define DEPTH_MAX 6
#define GZIP_WINDOW (15 + 16) /* zlib: the largest window, in a gzip frame */
#define HASH_DIGITS_MIN 8
#define POLICY                                                                                                                          \
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'%s%.*s; frame-ancestors 'none'; " \
    "base-uri 'none'; form-action 'self'"

struct page {
    struct str path;        /* "/app/index.html" */
    struct str plain, gzip; /* gzip is empty where it would not be smaller */
    struct str type, tag, gzip_tag;
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

/* Empty when zlib fails or nothing is won. */
static struct str gzip(struct arena *arena, struct str plain)
{
    z_stream zip = {0};
    if (deflateInit2(&zip, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return (struct str){0};
    size_t capacity = deflateBound(&zip, plain.size);
    char *bytes = arena_take(arena, capacity);
    struct str zipped = {0};
    if (bytes) {
        /* zlib's next_in lacks a const unless ZLIB_CONST is set for the whole program. */
        zip.next_in = (unsigned char *)(uintptr_t)plain.at;
        zip.avail_in = (unsigned)plain.size;
        zip.next_out = (unsigned char *)bytes;
        zip.avail_out = (unsigned)capacity;
        if (deflate(&zip, Z_FINISH) == Z_STREAM_END && zip.total_out < plain.size)
            zipped = (struct str){bytes, zip.total_out};
    }
    deflateEnd(&zip);
    return zipped;
}

static enum err add_page(struct http_web *web, struct str path, struct str content)
{
    uint8_t hash[32];
    size_t row = 0;
    if (web->count == FILES_MAX || content.size > BYTES_MAX - web->bytes)
        return ERR_LIMIT;
    while (!str_ends(path, str_from(TYPES[row].suffix)))
        row++;
    sha256(content, hash);
    struct str hex = hex_text(web->arena, (struct str){(const char *)hash, 16});
    struct page *page = &web->pages[web->count];
    *page = (struct page){
        .path = path,
        .plain = content,
        .gzip = TYPES[row].compresses ? gzip(web->arena, content) : (struct str){0},
        .type = str_from(TYPES[row].type),
        .tag = str_format(web->arena, "\"%.*s\"", (int)hex.size, hex.at),
        .gzip_tag = str_format(web->arena, "\"%.*s-gzip\"", (int)hex.size, hex.at),
        .immutable = has_content_hash(path),
    };
    web->count++;
    web->bytes += content.size;
    return page->tag.at && page->gzip_tag.at ? ERR_OK : ERR_MEMORY;
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

static bool takes_gzip(struct str accept_encoding)
{
    while (!str_empty(accept_encoding)) {
        struct str parameters = str_cut(&accept_encoding, ',');
        struct str coding = str_trim(str_cut(&parameters, ';'));
        if (str_equal_nocase(coding, STR("gzip")))
            return !media_weight_is_zero(parameters);
    }
    return false;
}

/* A browser that goes somewhere names it; whoever takes anything gets a problem. */
static bool names_html(struct str accept)
{
    while (!str_empty(accept)) {
        struct str parameters = str_cut(&accept, ',');
        if (str_equal_nocase(str_trim(str_cut(&parameters, ';')), STR("text/html")))
            return true;
    }
    return false;
}

enum err web_answer(const struct http_web *web, struct http_request *request)
{
    struct http_response *response = &request->response;
    const struct page *page = page_for(web, request->path);
    response->status = page ? 200 : 404;
    if (!page && names_html(http_header(request, "Accept")))
        page = page_at(web, STR("/404.html"));
    if (!page)
        return ERR_NOT_FOUND;
    bool zipped = !str_empty(page->gzip) && takes_gzip(http_header(request, "Accept-Encoding"));
    struct str tag = zipped ? page->gzip_tag : page->tag;
    response->content_type = page->type;
    response->body = zipped ? page->gzip : page->plain;
    http_set_header(request, "Content-Security-Policy", web->policy);
    http_set_header(request, "Vary", STR("Accept-Encoding"));
    if (response->status == 404) {
        http_set_header(request, "Cache-Control", STR("no-store"));
    } else {
        http_set_header(request, "ETag", tag);
        http_set_header(request, "Cache-Control", page->immutable ? STR("public, max-age=31536000, immutable") : STR("no-cache"));
    }
    if (response->status == 200 && field_names_tag(http_header(request, "If-None-Match"), tag)) {
        response->status = 304;
        response->body = (struct str){0};
        return ERR_OK;
    }
    if (zipped)
        http_set_header(request, "Content-Encoding", STR("gzip"));
    return ERR_OK;
}
