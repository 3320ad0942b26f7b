#include "app/config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/log.h"

static bool take_text(const struct setting *setting, const char *value, struct arena *arena, void *member)
{
    (void)setting;
    struct str copy = str_copy(arena, str_from(value));
    *(const char **)member = copy.at;
    return copy.at != NULL;
}

static bool take_int(const struct setting *setting, const char *value, struct arena *arena, void *member)
{
    (void)arena;
    int64_t number;
    if (!str_parse_int64(str_from(value), &number) || number < setting->min || number > setting->max) {
        (void)fprintf(stderr, "%s: expected a whole number from %lld to %lld%s%s\n", setting->name, (long long)setting->min, (long long)setting->max,
                      *setting->unit ? " " : "", setting->unit);
        return false;
    }
    *(int64_t *)member = number;
    return true;
}

static bool take_bool(const struct setting *setting, const char *value, struct arena *arena, void *member)
{
    static const struct {
        const char *text;
        bool value;
    } WORDS[] = {{"true", true}, {"1", true}, {"yes", true}, {"on", true}, {"false", false}, {"0", false}, {"no", false}, {"off", false}};
    (void)arena;
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
        if (str_equal_nocase(str_from(value), str_from(WORDS[i].text))) {
            *(bool *)member = WORDS[i].value;
            return true;
        }
    }
    (void)fprintf(stderr, "%s: expected true or false\n", setting->name);
    return false;
}

static bool take_file(const struct setting *setting, const char *value, struct arena *arena, void *member)
{
    if (access(value, R_OK) != 0) {
        (void)fprintf(stderr, "%s: the file %s can't be read: %s\n", setting->name, value, strerror(errno));
        return false;
    }
    return take_text(setting, value, arena, member);
}

static bool (*const TAKERS[])(const struct setting *, const char *, struct arena *, void *) = {
    [SETTING_TEXT] = take_text,
    [SETTING_INT] = take_int,
    [SETTING_BOOL] = take_bool,
    [SETTING_FILE] = take_file,
};

enum err config_load(const struct setting *table, size_t count, struct arena *arena, void *ret_settings)
{
    enum err err = ERR_OK;
    for (size_t i = 0; i < count; i++) {
        const struct setting *setting = &table[i];
        const char *value = getenv(setting->name);
        bool given = value && *value; /* an empty variable is how env files leave a setting at its standard */
        if (!given && !setting->standard) {
            (void)fprintf(stderr, "%s must be set: %s\n", setting->name, setting->what);
            err = ERR_INVALID;
            continue;
        }
        if (!TAKERS[setting->type](setting, given ? value : setting->standard, arena, (char *)ret_settings + setting->offset))
            err = ERR_INVALID;
    }
    return err;
}

static enum err file_fault(const char *path, enum err err, const char *why)
{
    log_line(LOG_ERROR, "file-not-readable", LOG_TEXT("path", path), LOG_TEXT("why", why));
    return err;
}

/* Reads to the end, or one byte more than fits: a file may be a pipe, whose size nobody knows. */
static ssize_t read_up_to(int fd, char *at, size_t capacity)
{
    size_t size = 0;
    while (size < capacity) {
        ssize_t got = read(fd, at + size, capacity - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        size += (size_t)got;
    }
    return (ssize_t)size;
}

enum err config_read_file(const char *path, size_t max_bytes, struct arena *arena, struct str *ret_content)
{
    if (max_bytes >= INT_MAX)
        return file_fault(path, ERR_LIMIT, "no such bound");
    char *at = arena_take(arena, max_bytes + 1);
    if (!at)
        return file_fault(path, ERR_MEMORY, "no memory");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return file_fault(path, ERR_NOT_FOUND, strerror(errno));
    ssize_t size = read_up_to(fd, at, max_bytes + 1);
    int fault = errno;
    (void)close(fd);
    if (size < 0)
        return file_fault(path, ERR_INTERNAL, strerror(fault));
    if ((size_t)size > max_bytes)
        return file_fault(path, ERR_LIMIT, "larger than it may be");
    if (size > 0 && at[size - 1] == '\n')
        size--;
    at[size] = '\0'; /* there is room: either a byte of max_bytes + 1 is left, or the newline's place */
    *ret_content = (struct str){at, (size_t)size};
    return ERR_OK;
}
