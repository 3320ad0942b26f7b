#include <stdarg.h>
#include <stdio.h>

#include "base/str.h"

#define FIRST_CAPACITY ((size_t)256)

void buf_init(struct buf *buf, struct arena *arena, size_t ceiling_bytes)
{
    *buf = (struct buf){.arena = arena, .ceiling_bytes = ceiling_bytes};
}

/* Larger where it lies when nothing was taken from the arena since, else moved. */
static bool buf_grow(struct buf *buf, size_t capacity)
{
    if (buf->capacity && arena_extend(buf->arena, buf->at, buf->capacity, capacity - buf->capacity)) {
        buf->capacity = capacity;
        return true;
    }
    char *moved = arena_take(buf->arena, capacity);
    if (!moved)
        return false;
    if (buf->size)
        memcpy(moved, buf->at, buf->size);
    buf->at = moved;
    buf->capacity = capacity;
    return true;
}

/* Room for `more` bytes and a NUL. */
static bool buf_reserve(struct buf *buf, size_t more)
{
    if (buf->failed)
        return false;
    if (more < buf->capacity - buf->size)
        return true;
    bool too_much = buf->size > buf->ceiling_bytes || more > buf->ceiling_bytes - buf->size || more > SIZE_MAX / 4;
    size_t doubled = buf->capacity ? buf->capacity * 2 : FIRST_CAPACITY;
    size_t needed = too_much ? 0 : buf->size + more + 1;
    buf->failed = too_much || !buf_grow(buf, needed > doubled ? needed : doubled);
    return !buf->failed;
}

void buf_add(struct buf *buf, struct str s)
{
    if (s.size == 0 || !buf_reserve(buf, s.size))
        return;
    memcpy(buf->at + buf->size, s.at, s.size);
    buf->size += s.size;
    buf->at[buf->size] = '\0';
}

void buf_byte(struct buf *buf, char byte)
{
    if (!buf_reserve(buf, 1))
        return;
    buf->at[buf->size++] = byte;
    buf->at[buf->size] = '\0';
}

void buf_format(struct buf *buf, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    if (size < 0)
        buf->failed = true;
    else if (size > 0 && buf_reserve(buf, (size_t)size)) {
        (void)vsnprintf(buf->at + buf->size, (size_t)size + 1, format, again);
        buf->size += (size_t)size;
    }
    va_end(again);
    va_end(arguments);
}

enum err buf_done(const struct buf *buf, struct str *ret_text)
{
    if (buf->failed || buf->size > buf->ceiling_bytes)
        return arena_excuse(buf->arena, ERR_LIMIT);
    *ret_text = (struct str){buf->at ? buf->at : "", buf->size};
    return ERR_OK;
}

struct str str_format(struct arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    struct str text = {0};
    int size = vsnprintf(NULL, 0, format, arguments);
    char *at = size < 0 ? NULL : arena_take(arena, (size_t)size + 1);
    if (at) {
        (void)vsnprintf(at, (size_t)size + 1, format, again);
        text = (struct str){at, (size_t)size};
    }
    va_end(again);
    va_end(arguments);
    return text;
}
