/* jisr-cleaner: a file as a stranger sent it on standard input; on standard output what is safe to keep of it. Started by the service for one
 * document. It caps its own memory and time, and can do nothing but read and write before the first byte of the file is looked at. Output: the file,
 * then its thumbnail, each behind a line of 64 bytes, "<media type> <bytes>" filled up with spaces. The file is out before the thumbnail of a PDF is
 * begun: a page that can't be drawn, or not within the bounds, ends the program and costs the thumbnail alone. Exit status: 0 done; CLEANER_REFUSED +
 * enum refusal; anything else, or none: it could not be read, unless the file had come out whole. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/cage.h"
#include "cleaner.h"
#include "filetype/filetype.h"
#include "pdf/pdf.h"
#include "picture/picture.h"
#include "preview/preview.h"

#define MEMORY_BYTES ((size_t)384 << 20)
#define CPU_SECONDS 15
#define PREVIEW_CPU_SECONDS 3 /* a scanned page takes a tenth of one */
#define QUALITY 82
#define THUMBNAIL_QUALITY 75

struct result {
    const char *media;
    struct str file;
    struct picture thumbnail; /* without pixels: still to be drawn */
};

_Noreturn static void refuse(enum refusal refusal)
{
    cage_exit(CLEANER_REFUSED + (int)refusal);
}

static void check(enum err err)
{
    if (err != ERR_OK)
        refuse(err == ERR_LIMIT ? REFUSAL_TOO_MANY_PIXELS : REFUSAL_DAMAGED);
}

/* ── Pictures ── */

static struct picture decode(struct str type, struct str file)
{
    struct picture stored = {0}, upright = {0};
    if (str_equal(type, STR("image/jpeg")))
        check(picture_from_jpeg(file, DOCUMENT_SIDE, &stored));
    else if (str_equal(type, STR("image/png")))
        check(picture_from_png(file, &stored));
    else
        check(picture_from_webp(file, &stored));
    check(picture_shrink(&stored, DOCUMENT_SIDE, &stored));
    check(picture_turn(&stored, str_equal(type, STR("image/jpeg")) ? picture_orientation(file) : 1, &upright));
    return upright;
}

static struct result clean_picture(struct str type, struct str file)
{
    struct result result = {.media = "image/jpeg"};
    struct picture picture = decode(type, file);
    check(picture_shrink(&picture, THUMBNAIL_SIDE, &result.thumbnail));
    check(picture_to_jpeg(&picture, QUALITY, &result.file));
    return result;
}

/* ── PDF ── */

static struct result clean_pdf(struct str file)
{
    static const enum refusal REFUSALS[] = {
        [PDF_CLEAN] = REFUSAL_NONE,    [PDF_DAMAGED] = REFUSAL_DAMAGED, [PDF_ENCRYPTED] = REFUSAL_ENCRYPTED,
        [PDF_ACTIVE] = REFUSAL_ACTIVE, [PDF_EMBEDS] = REFUSAL_EMBEDS,   [PDF_TOO_LONG] = REFUSAL_TOO_LONG,
    };
    struct result result = {.media = "application/pdf"};
    enum pdf_verdict verdict = pdf_clean(file, &result.file);
    if (verdict != PDF_CLEAN)
        refuse(REFUSALS[verdict]);
    if (result.file.size > (size_t)DOCUMENT_BYTES_MAX + DOCUMENT_BYTES_MAX / 2)
        refuse(REFUSAL_TOO_LONG); /* what was packed into streams of objects is written out */
    return result;
}

static struct result clean(struct filetype *filetype, struct str file)
{
    struct str type = filetype_of(filetype, file);
    bool pdf = str_equal(type, STR("application/pdf"));
    bool picture = str_equal(type, STR("image/jpeg")) || str_equal(type, STR("image/png")) || str_equal(type, STR("image/webp"));
    if (str_starts(type, STR("image/hei")))
        refuse(REFUSAL_HEIC);
    if (!pdf && !picture)
        refuse(REFUSAL_TYPE);
    if (document_is_two_files(file, pdf))
        refuse(REFUSAL_TWO_FILES);
    return pdf ? clean_pdf(file) : clean_picture(type, file);
}

/* ── In and out ── */

static struct str read_all(void)
{
    size_t room = (size_t)DOCUMENT_BYTES_MAX + 1, size = 0;
    char *bytes = malloc(room);
    ssize_t got = 0;
    while (bytes && size < room && (got = read(STDIN_FILENO, bytes + size, room - size)) > 0)
        size += (size_t)got;
    if (!bytes || got < 0 || size == room)
        refuse(REFUSAL_UNREADABLE);
    return (struct str){bytes, size};
}

static void write_all(struct str bytes)
{
    while (bytes.size > 0) {
        ssize_t put = write(STDOUT_FILENO, bytes.at, bytes.size);
        if (put <= 0)
            refuse(REFUSAL_UNREADABLE);
        bytes = (struct str){bytes.at + put, bytes.size - (size_t)put};
    }
}

static void put(const char *media, struct str bytes)
{
    char head[CLEANER_HEAD_BYTES + 1];
    int size = snprintf(head, sizeof(head), "%s %zu", media, bytes.size);
    memset(head + size, ' ', CLEANER_HEAD_BYTES - (size_t)size);
    write_all((struct str){head, CLEANER_HEAD_BYTES});
    write_all(bytes);
}

/* Of a PDF its first page as it is kept, not as it came. */
static void put_thumbnail(struct result *result)
{
    struct str jpeg;
    cage_limit_time(PREVIEW_CPU_SECONDS);
    if (!result->thumbnail.pixels && preview_draw(result->file, THUMBNAIL_SIDE, &result->thumbnail) != ERR_OK)
        return;
    if (picture_to_jpeg(&result->thumbnail, THUMBNAIL_QUALITY, &jpeg) == ERR_OK)
        put("image/jpeg", jpeg);
}

int main(void)
{
    struct filetype *filetype;
    pdf_warm_up();
    preview_warm_up();
    if (filetype_open(&filetype) != ERR_OK || cage_enter(MEMORY_BYTES, CPU_SECONDS) != ERR_OK)
        return CLEANER_NO_CAGE;
    struct result result = clean(filetype, read_all());
    put(result.media, result.file);
    put_thumbnail(&result);
    cage_exit(0);
}
