#include <stdlib.h>
#include <webp/decode.h>

#include "picture/picture.h"

enum err picture_from_webp(struct str file, struct picture *ret_picture)
{
    WebPBitstreamFeatures features;
    struct picture picture = {0};
    const uint8_t *bytes = (const uint8_t *)file.at;
    if (WebPGetFeatures(bytes, file.size, &features) != VP8_STATUS_OK || features.has_animation)
        return ERR_INVALID;
    if (features.width <= 0 || features.height <= 0 || (int64_t)features.width * features.height > PICTURE_POINTS_MAX)
        return ERR_LIMIT;
    picture.pixels = WebPDecodeRGB(bytes, file.size, &picture.width, &picture.height);
    if (!picture.pixels)
        return ERR_INVALID;
    *ret_picture = picture;
    return ERR_OK;
}
