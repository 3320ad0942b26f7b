#include <stdlib.h>

#include "picture/picture.h"
#include "support/check.h"

/* Six pixels, told apart by their first byte:  1 2 3
 *                                              4 5 6 */
static uint8_t six[18] = {1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0, 5, 0, 0, 6, 0, 0};
static const struct picture SIX = {3, 2, six};

/* What a viewer shows for each value of the Exif tag, row by row (Exif 2.32, table 6). */
static const struct {
    int orientation, width;
    const char *shown;
} TURNS[] = {
    {1, 3, "123456"}, {2, 3, "321654"}, {3, 3, "654321"}, {4, 3, "456123"}, {5, 2, "142536"}, {6, 2, "415263"}, {7, 2, "635241"}, {8, 2, "362514"},
};

static void a_photo_stands_upright_whatever_way_the_phone_was_held(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(TURNS) / sizeof(TURNS[0]); i++) {
        struct picture turned;
        assert_int_equal(picture_turn(&SIX, TURNS[i].orientation, &turned), ERR_OK);
        assert_int_equal(turned.width, TURNS[i].width);
        for (int pixel = 0; pixel < 6; pixel++)
            assert_int_equal(turned.pixels[pixel * 3], TURNS[i].shown[pixel] - '0');
        if (turned.pixels != six)
            free(turned.pixels);
    }
}

static const struct {
    const char *why;
    struct str jpeg;
    int orientation;
} HEADS[] = {
    {"big-endian",
     {"\xff\xd8\xff\xe1\x00\x22"
      "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
      38},
     6},
    {"little-endian",
     {"\xff\xd8\xff\xe1\x00\x22"
      "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x03\0\0\0\0\0\0\0",
      38},
     3},
    {"a value that is none",
     {"\xff\xd8\xff\xe1\x00\x22"
      "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x09\0\0\0\0\0\0",
      38},
     1},
    {"a directory beyond the end",
     {"\xff\xd8\xff\xe1\x00\x22"
      "Exif\0\0MM\0*\xff\xff\xff\xff\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
      38},
     1},
    {"a segment longer than the file",
     {"\xff\xd8\xff\xe1\xff\xff"
      "Exif\0\0MM",
      14},
     1},
    {"no Exif", {"\xff\xd8\xff\xda\0\x02", 6}, 1},
    {"nothing", {"", 0}, 1},
};

static void the_way_it_was_held_is_read_and_never_believed_blindly(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(HEADS) / sizeof(HEADS[0]); i++)
        if (picture_orientation(HEADS[i].jpeg) != HEADS[i].orientation)
            fail_msg("%s: %d", HEADS[i].why, picture_orientation(HEADS[i].jpeg));
}

static void a_smaller_picture_is_the_average_of_the_larger(void **state)
{
    (void)state;
    uint8_t pixels[4 * 2 * 3] = {0};
    struct picture wide = {4, 2, pixels}, small;
    for (int i = 0; i < 8; i++)
        pixels[i * 3] = (uint8_t)(i * 10);
    assert_int_equal(picture_shrink(&wide, 2, &small), ERR_OK);
    assert_int_equal(small.width, 2);
    assert_int_equal(small.height, 1);
    assert_int_equal(small.pixels[0], (0 + 10 + 40 + 50) / 4);
    assert_int_equal(small.pixels[3], (20 + 30 + 60 + 70) / 4);
    free(small.pixels);
    assert_int_equal(picture_shrink(&wide, 100, &small), ERR_OK);
    assert_ptr_equal(small.pixels, pixels);
}

static void what_is_written_as_jpeg_is_read_again(void **state)
{
    (void)state;
    uint8_t pixels[16 * 16 * 3];
    struct picture grey = {16, 16, pixels}, again;
    struct str file;
    memset(pixels, 128, sizeof(pixels));
    assert_int_equal(picture_to_jpeg(&grey, 90, &file), ERR_OK);
    assert_int_equal(picture_from_jpeg(file, 16, &again), ERR_OK);
    assert_int_equal(again.width, 16);
    assert_in_range(again.pixels[0], 126, 130);
    free(again.pixels);
    file.size /= 2;
    assert_int_equal(picture_from_jpeg(file, 16, &again), ERR_INVALID);
    free((void *)(uintptr_t)file.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_photo_stands_upright_whatever_way_the_phone_was_held),
        cmocka_unit_test(the_way_it_was_held_is_read_and_never_believed_blindly),
        cmocka_unit_test(a_smaller_picture_is_the_average_of_the_larger),
        cmocka_unit_test(what_is_written_as_jpeg_is_read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
