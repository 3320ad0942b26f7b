#include "preview/preview.h"

#include <cairo.h>
#include <poppler.h>
#include <stdlib.h>
#include <string.h>

/* A page with a letter in a font that every reader has. It has no table of objects: poppler looks for them. */
static const char LETTER[] = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
                             "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
                             "4 0 obj<</Length 20>>stream\nBT /F 9 Tf(a)Tj ET \nendstream endobj\n"
                             "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n";

/* What poppler finds wrong quotes the file, and a file's words belong into no log. */
static GLogWriterOutput say_nothing(GLogLevelFlags level, const GLogField *fields, gsize count, gpointer context)
{
    (void)level, (void)fields, (void)count, (void)context;
    return G_LOG_WRITER_HANDLED;
}

static enum err take_pixels(cairo_surface_t *surface, struct picture *ret_picture)
{
    struct picture picture = {cairo_image_surface_get_width(surface), cairo_image_surface_get_height(surface), NULL};
    const unsigned char *row = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    picture.pixels = row ? malloc((size_t)picture.width * (size_t)picture.height * 3) : NULL;
    if (!picture.pixels)
        return ERR_MEMORY;
    uint8_t *out = picture.pixels;
    for (int y = 0; y < picture.height; y++, row += stride)
        for (int x = 0; x < picture.width; x++) {
            uint32_t pixel; /* CAIRO_FORMAT_RGB24: red, green and blue from bit 16 down, in the machine's order */
            memcpy(&pixel, row + (size_t)x * sizeof(pixel), sizeof(pixel));
            *out++ = (uint8_t)(pixel >> 16);
            *out++ = (uint8_t)(pixel >> 8);
            *out++ = (uint8_t)pixel;
        }
    *ret_picture = picture;
    return ERR_OK;
}

static int pixels_of(double length, int most)
{
    return length < 1 ? 1 : length > most ? most : (int)(length + 0.5);
}

static enum err draw_page(PopplerPage *page, int side, struct picture *ret_picture)
{
    double width = 0, height = 0;
    poppler_page_get_size(page, &width, &height);
    double scale = side / (width > height ? width : height);
    if (!(width > 0 && height > 0 && scale > 0)) /* false for what is no number, too */
        return ERR_INVALID;
    int across = pixels_of(width * scale, side), down = pixels_of(height * scale, side);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, across, down);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_scale(cairo, scale, scale);
    poppler_page_render(page, cairo);
    cairo_surface_flush(surface);
    enum err err = cairo_status(cairo) == CAIRO_STATUS_SUCCESS ? take_pixels(surface, ret_picture) : ERR_INVALID;
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return err;
}

/* The document stays open: what it has loaded stays loaded. */
static enum err draw(struct str pdf, int side, struct picture *ret_picture)
{
    GBytes *bytes = g_bytes_new_static(pdf.at, pdf.size);
    PopplerDocument *document = poppler_document_new_from_bytes(bytes, NULL, NULL);
    PopplerPage *page = document ? poppler_document_get_page(document, 0) : NULL;
    return page ? draw_page(page, side, ret_picture) : ERR_INVALID;
}

void preview_warm_up(void)
{
    struct picture ignored;
    g_log_set_writer_func(say_nothing, NULL, NULL);
    if (draw((struct str){LETTER, sizeof(LETTER) - 1}, 9, &ignored) == ERR_OK)
        free(ignored.pixels);
}

enum err preview_draw(struct str pdf, int side, struct picture *ret_picture)
{
    return draw(pdf, side, ret_picture);
}
