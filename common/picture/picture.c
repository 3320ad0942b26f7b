#include "picture/picture.h"

#include <stdlib.h>

static uint8_t *room(int width, int height)
{
    return malloc((size_t)width * (size_t)height * 3);
}

/* ── Orientation ── */

struct tiff {
    struct str bytes;
    bool big_endian;
};

static unsigned number(const struct tiff *tiff, size_t at, size_t size)
{
    unsigned value = 0;
    if (at > tiff->bytes.size || size > tiff->bytes.size - at)
        return 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | (uint8_t)tiff->bytes.at[at + (tiff->big_endian ? i : size - 1 - i)];
    return value;
}

static int orientation_of(struct str exif)
{
    struct tiff tiff = {exif, str_starts(exif, STR("MM"))};
    size_t directory = number(&tiff, 4, 4);
    unsigned entries = number(&tiff, directory, 2);
    for (unsigned i = 0; i < entries && i < 512; i++) {
        size_t entry = directory + 2 + (size_t)i * 12;
        if (number(&tiff, entry, 2) == 0x0112) {
            unsigned value = number(&tiff, entry + 8, 2);
            return value >= 1 && value <= 8 ? (int)value : 1;
        }
    }
    return 1;
}

int picture_orientation(struct str jpeg)
{
    struct tiff file = {jpeg, true};
    size_t at = 2;
    while (at + 4 <= jpeg.size && number(&file, at, 1) == 0xff) {
        unsigned marker = number(&file, at + 1, 1), size = number(&file, at + 2, 2);
        if (marker == 0xda || size < 2 || size > jpeg.size - at - 2)
            return 1;
        struct str segment = {jpeg.at + at + 4, size - 2};
        if (marker == 0xe1 && str_starts(segment, (struct str){"Exif\0\0", 6}))
            return orientation_of((struct str){segment.at + 6, segment.size - 6});
        at += 2 + size;
    }
    return 1;
}

/* Where the pixel that is shown at (x, y) lies in the picture as it is stored. */
static void source_of(int orientation, const struct picture *picture, int x, int y, int *ret_x, int *ret_y)
{
    int right = picture->width - 1, bottom = picture->height - 1;
    bool swapped = orientation >= 5;
    int across = swapped ? y : x, down = swapped ? x : y;
    bool mirror = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    bool flip = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    *ret_x = mirror ? right - across : across;
    *ret_y = flip ? bottom - down : down;
}

enum err picture_turn(const struct picture *picture, int orientation, struct picture *ret_turned)
{
    bool swapped = orientation >= 5;
    struct picture turned = {swapped ? picture->height : picture->width, swapped ? picture->width : picture->height, NULL};
    if (orientation == 1) {
        *ret_turned = *picture;
        return ERR_OK;
    }
    turned.pixels = room(turned.width, turned.height);
    if (!turned.pixels)
        return ERR_MEMORY;
    for (int y = 0; y < turned.height; y++)
        for (int x = 0; x < turned.width; x++) {
            int from_x = 0, from_y = 0;
            source_of(orientation, picture, x, y, &from_x, &from_y);
            memcpy(turned.pixels + ((size_t)y * (size_t)turned.width + (size_t)x) * 3,
                   picture->pixels + ((size_t)from_y * (size_t)picture->width + (size_t)from_x) * 3, 3);
        }
    *ret_turned = turned;
    return ERR_OK;
}

/* ── Size ── */

struct span {
    int from, to;
};

static struct span span_of(int index, int count, int of)
{
    struct span span = {(int)((int64_t)index * of / count), (int)((int64_t)(index + 1) * of / count)};
    if (span.to <= span.from)
        span.to = span.from + 1;
    return span;
}

static void average(const struct picture *picture, struct span across, struct span down, uint8_t ret_pixel[3])
{
    uint32_t sum[3] = {0}, count = 0;
    for (int y = down.from; y < down.to; y++) {
        const uint8_t *pixel = picture->pixels + ((size_t)y * (size_t)picture->width + (size_t)across.from) * 3;
        for (int x = across.from; x < across.to; x++, pixel += 3, count++) {
            sum[0] += pixel[0];
            sum[1] += pixel[1];
            sum[2] += pixel[2];
        }
    }
    for (int i = 0; i < 3; i++)
        ret_pixel[i] = (uint8_t)(sum[i] / count);
}

enum err picture_shrink(const struct picture *picture, int side, struct picture *ret_small)
{
    int longer = picture->width > picture->height ? picture->width : picture->height;
    if (longer <= side) {
        *ret_small = *picture;
        return ERR_OK;
    }
    struct picture small = {(int)((int64_t)picture->width * side / longer), (int)((int64_t)picture->height * side / longer), NULL};
    small.width = small.width > 0 ? small.width : 1;
    small.height = small.height > 0 ? small.height : 1;
    small.pixels = room(small.width, small.height);
    if (!small.pixels)
        return ERR_MEMORY;
    for (int y = 0; y < small.height; y++)
        for (int x = 0; x < small.width; x++)
            average(picture, span_of(x, small.width, picture->width), span_of(y, small.height, picture->height),
                    small.pixels + ((size_t)y * (size_t)small.width + (size_t)x) * 3);
    *ret_small = small;
    return ERR_OK;
}
