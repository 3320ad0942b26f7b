#include <stdlib.h>
#include <turbojpeg.h>

#include "picture/picture.h"

static bool is_within(int width, int height, int64_t points)
{
    return width > 0 && height > 0 && (int64_t)width * height <= points;
}

/* The smallest of the whole, half, quarter and eighth that still has `wanted` pixels on its longer side. */
static int divisor_of(int longer, int wanted)
{
    int divisor = 8;
    while (divisor > 1 && longer / divisor < wanted)
        divisor /= 2;
    return divisor;
}

static enum err decode(tjhandle decoder, struct str file, int wanted, struct picture *picture)
{
    int width = 0, height = 0, sampling = 0, colours = 0;
    const unsigned char *bytes = (const unsigned char *)file.at;
    if (tjDecompressHeader3(decoder, bytes, file.size, &width, &height, &sampling, &colours) != 0)
        return ERR_INVALID;
    if (!is_within(width, height, PICTURE_JPEG_POINTS_MAX))
        return ERR_LIMIT;
    tjscalingfactor scale = {1, divisor_of(width > height ? width : height, wanted)};
    picture->width = TJSCALED(width, scale);
    picture->height = TJSCALED(height, scale);
    if (!is_within(picture->width, picture->height, PICTURE_POINTS_MAX))
        return ERR_LIMIT;
    picture->pixels = malloc((size_t)picture->width * (size_t)picture->height * 3);
    if (!picture->pixels)
        return ERR_MEMORY;
    int flags = TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS; /* what ends too early is damaged, not grey below */
    return tjDecompress2(decoder, bytes, file.size, picture->pixels, picture->width, 0, picture->height, TJPF_RGB, flags) == 0 ? ERR_OK : ERR_INVALID;
}

enum err picture_from_jpeg(struct str file, int wanted, struct picture *ret_picture)
{
    struct picture picture = {0};
    tjhandle decoder = tjInitDecompress();
    if (!decoder)
        return ERR_MEMORY;
    enum err err = decode(decoder, file, wanted, &picture);
    tjDestroy(decoder);
    if (err == ERR_OK)
        *ret_picture = picture;
    else
        free(picture.pixels);
    return err;
}

enum err picture_to_jpeg(const struct picture *picture, int quality, struct str *ret_file)
{
    unsigned char *file = NULL;
    unsigned long size = 0;
    tjhandle encoder = tjInitCompress();
    if (!encoder)
        return ERR_MEMORY;
    int failed = tjCompress2(encoder, picture->pixels, picture->width, 0, picture->height, TJPF_RGB, &file, &size, TJSAMP_420, quality, 0);
    tjDestroy(encoder);
    if (failed) {
        tjFree(file);
        return ERR_MEMORY;
    }
    *ret_file = (struct str){(const char *)file, size};
    return ERR_OK;
}
