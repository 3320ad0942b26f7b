#include <png.h>
#include <stdlib.h>

#include "picture/picture.h"

/* What is transparent becomes white, as paper is. */
enum err picture_from_png(struct str file, struct picture *ret_picture)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    const png_color white = {255, 255, 255};
    if (!png_image_begin_read_from_memory(&image, file.at, file.size))
        return ERR_INVALID;
    if (image.width == 0 || image.height == 0 || (int64_t)image.width * image.height > PICTURE_POINTS_MAX)
        return ERR_LIMIT;
    image.format = PNG_FORMAT_RGB;
    struct picture picture = {(int)image.width, (int)image.height, malloc(PNG_IMAGE_SIZE(image))};
    if (!picture.pixels)
        return ERR_MEMORY;
    if (!png_image_finish_read(&image, &white, picture.pixels, 0, NULL))
        return ERR_INVALID;
    *ret_picture = picture;
    return ERR_OK;
}
