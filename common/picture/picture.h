/* A picture out of a file that a stranger sent (JPEG, PNG, WebP), as plain pixels, and back into a JPEG that holds nothing else. The only folder that
 * includes libjpeg-turbo, libpng and libwebp. Meant for a caged process (app/cage.h): memory is malloc's, freed with the process.
 * Dimensions are checked before anything is decoded, so a small file can't become a large picture. */
#ifndef JISR_PICTURE_PICTURE_H
#define JISR_PICTURE_PICTURE_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define PICTURE_JPEG_POINTS_MAX INT64_C(120000000) /* decoded at a fraction of its size */
#define PICTURE_POINTS_MAX INT64_C(40000000)       /* decoded whole */

struct picture {
    int width, height;
    uint8_t *pixels; /* rows of red, green, blue */
};

/* `wanted`: a JPEG may be decoded smaller, but not below so many pixels on its longer side. ERR_INVALID: damaged; ERR_LIMIT: too many pixels. */
enum err picture_from_jpeg(struct str file, int wanted, struct picture *ret_picture) MUST_CHECK;
enum err picture_from_png(struct str file, struct picture *ret_picture) MUST_CHECK;
enum err picture_from_webp(struct str file, struct picture *ret_picture) MUST_CHECK;

/* How a JPEG's Exif says that it is to be turned: 1 (as it is) to 8. Exif 2.32, tag 0x0112. */
int picture_orientation(struct str jpeg);
enum err picture_turn(const struct picture *picture, int orientation, struct picture *ret_turned) MUST_CHECK;
/* Down to `side` on its longer side, each pixel the average of those it stands for; never larger. */
enum err picture_shrink(const struct picture *picture, int side, struct picture *ret_small) MUST_CHECK;
/* The file is malloced: the caller frees it. */
enum err picture_to_jpeg(const struct picture *picture, int quality, struct str *ret_file) MUST_CHECK;

#endif
