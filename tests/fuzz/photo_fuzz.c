/* How a photo says that it is to be turned (Exif, which we read ourselves), the turning, and whether it hides another file. */
#include "fuzz.h"
#include "picture/picture.h"
#include "services/intake/documents/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const int BACK[] = {0, 1, 2, 3, 4, 5, 8, 7, 6}; /* what turns each back */
    struct picture turned, back, small;
    int orientation = picture_orientation(fuzz_text(bytes, size));
    HOLD(orientation >= 1 && orientation <= 8, "one of eight");
    HOLD(!document_is_two_files(fuzz_text(bytes, size), true) || size >= 5, "two files have room for two beginnings");
    if (size < 6)
        return 0;
    int width = bytes[size - 1] % 8 + 1, height = (int)((size / 3) / (size_t)width);
    if (height < 1 || height > 4000)
        return 0;
    size_t used = (size_t)width * (size_t)height * 3;
    uint8_t *pixels = malloc(used);
    HOLD(pixels, "there is memory");
    memcpy(pixels, bytes, used);
    struct picture picture = {width, height, pixels};
    HOLD(picture_turn(&picture, orientation, &turned) == ERR_OK && picture_turn(&turned, BACK[orientation], &back) == ERR_OK, "there is memory");
    HOLD(back.width == width && back.height == height && memcmp(back.pixels, pixels, used) == 0, "turned back it is the same");
    HOLD(picture_shrink(&picture, 5, &small) == ERR_OK && small.width >= 1 && small.height >= 1 && small.width <= 8, "a smaller one is a picture");
    HOLD(small.width <= 5 && small.height <= 5, "as small as it was to be");
    if (small.pixels != pixels)
        free(small.pixels);
    if (back.pixels != turned.pixels)
        free(back.pixels);
    if (turned.pixels != pixels)
        free(turned.pixels);
    free(pixels);
    return 0;
}
