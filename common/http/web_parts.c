#include "http/web_parts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART_BYTES_MAX ((size_t)64 * 1024)
#define PAGE_BYTES_MAX ((size_t)1024 * 1024)

static const char BEFORE[] = "<!-- part: ", AFTER[] = " -->";

static const char *find(struct str text, const char *wanted)
{
    return text.size == 0 ? NULL : memmem(text.at, text.size, wanted, strlen(wanted));
}

static bool is_plain(struct str name)
{
    for (size_t i = 0; i < name.size; i++)
        if (!((name.at[i] >= 'a' && name.at[i] <= 'z') || name.at[i] == '-'))
            return false;
    return name.size > 0;
}

static enum err add_part(int folder, struct str name, struct arena *arena, struct buf *page)
{
    struct str path = str_format(arena, "parts/%.*s.html", (int)name.size, name.at);
    struct stat status;
    if (!path.at)
        return ERR_MEMORY;
    int file = is_plain(name) ? openat(folder, path.at, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
    if (file < 0)
        return ERR_NOT_FOUND;
    bool fits = fstat(file, &status) == 0 && status.st_size >= 0 && (size_t)status.st_size <= PART_BYTES_MAX;
    size_t size = fits ? (size_t)status.st_size : 0;
    char *bytes = arena_take(arena, size + 1);
    ssize_t got = bytes && fits ? read(file, bytes, size) : -1;
    close(file);
    if (got < 0 || (size_t)got != size)
        return fits ? ERR_UNAVAILABLE : ERR_LIMIT;
    buf_add(page, (struct str){bytes, size});
    return ERR_OK;
}

enum err web_parts_expand(int folder, struct str page, struct arena *arena, struct str *ret_page, struct str *ret_missing)
{
    struct buf whole;
    struct str rest = page;
    buf_init(&whole, arena, PAGE_BYTES_MAX);
    for (const char *place; (place = find(rest, BEFORE)) != NULL;) {
        struct str name = {place + strlen(BEFORE), rest.size - (size_t)(place - rest.at) - strlen(BEFORE)};
        const char *end = find(name, AFTER);
        if (!end)
            break;
        buf_add(&whole, (struct str){rest.at, (size_t)(place - rest.at)});
        name.size = (size_t)(end - name.at);
        enum err err = add_part(folder, name, arena, &whole);
        if (err != ERR_OK) {
            *ret_missing = name;
            return err;
        }
        rest.size -= (size_t)(end + strlen(AFTER) - rest.at);
        rest.at = end + strlen(AFTER);
    }
    buf_add(&whole, rest);
    return buf_done(&whole, ret_page);
}
