#include "paper/paper.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

#define PDF_BYTES_MAX ((size_t)2 << 20)

struct paper {
    cairo_surface_t *surface;
    cairo_t *cairo;
    struct arena *arena;
    struct buf out;
};

/* Families in the order in which they are tried; the first is what deploy/packages names. */
static const struct {
    const char *code, *families;
    PangoDirection direction;
} SCRIPTS[LANGUAGE_COUNT] = {
    [LANGUAGE_AR] = {"ar", "Noto Naskh Arabic, Noto Sans Arabic, DejaVu Sans", PANGO_DIRECTION_RTL},
    [LANGUAGE_FR] = {"fr", "Noto Sans, DejaVu Sans", PANGO_DIRECTION_LTR},
    [LANGUAGE_EN] = {"en", "Noto Sans, DejaVu Sans", PANGO_DIRECTION_LTR},
};

static cairo_status_t take_bytes(void *context, const unsigned char *bytes, unsigned size)
{
    struct paper *paper = context;
    buf_add(&paper->out, (struct str){(const char *)bytes, size});
    return paper->out.failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void release(void *context)
{
    struct paper *paper = context;
    cairo_destroy(paper->cairo);
    cairo_surface_destroy(paper->surface);
}

enum err paper_open(struct str title, struct str created, struct arena *arena, struct paper **ret_paper)
{
    struct paper *paper = arena_take(arena, sizeof(*paper));
    struct str title_text = str_copy(arena, title), created_text = str_copy(arena, created);
    if (!paper || !title_text.at || !created_text.at)
        return ERR_LIMIT;
    paper->arena = arena;
    buf_init(&paper->out, arena, PDF_BYTES_MAX);
    paper->surface = cairo_pdf_surface_create_for_stream(take_bytes, paper, PAPER_WIDTH, PAPER_HEIGHT);
    cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_TITLE, title_text.at);
    cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_CREATE_DATE, created_text.at);
    paper->cairo = cairo_create(paper->surface);
    if (!arena_defer(arena, release, paper)) {
        release(paper);
        return ERR_LIMIT;
    }
    *ret_paper = paper;
    return ERR_OK;
}

static PangoLayout *layout_of(struct paper *paper, const struct paper_text *text)
{
    PangoLayout *layout = pango_cairo_create_layout(paper->cairo);
    PangoContext *context = pango_layout_get_context(layout);
    PangoFontDescription *font = pango_font_description_from_string(SCRIPTS[text->language].families);
    pango_font_description_set_absolute_size(font, text->size * PANGO_SCALE);
    pango_font_description_set_weight(font, text->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_context_set_language(context, pango_language_from_string(SCRIPTS[text->language].code));
    pango_context_set_base_dir(context, SCRIPTS[text->language].direction);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_width(layout, (int)(text->width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_line_spacing(layout, 1.15F);
    PangoAlignment beginning = SCRIPTS[text->language].direction == PANGO_DIRECTION_RTL ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT;
    pango_layout_set_alignment(layout, text->centred ? PANGO_ALIGN_CENTER : beginning);
    pango_layout_set_text(layout, text->text.at, (int)text->text.size);
    pango_font_description_free(font);
    return layout;
}

double paper_write(struct paper *paper, const struct paper_text *text)
{
    int height = 0;
    if (str_empty(text->text))
        return 0;
    PangoLayout *layout = layout_of(paper, text);
    cairo_move_to(paper->cairo, text->x, text->y);
    pango_cairo_show_layout(paper->cairo, layout);
    pango_layout_get_size(layout, NULL, &height);
    g_object_unref(layout);
    return (double)height / PANGO_SCALE;
}

void paper_rule(struct paper *paper, double x, double y, double width)
{
    cairo_set_line_width(paper->cairo, 0.75);
    cairo_move_to(paper->cairo, x, y);
    cairo_line_to(paper->cairo, x + width, y);
    cairo_stroke(paper->cairo);
}

enum err paper_qr(struct paper *paper, double x, double y, double side, struct str text)
{
    struct str ended = str_copy(paper->arena, text);
    QRcode *code = ended.at ? QRcode_encodeString(ended.at, 0, QR_ECLEVEL_M, QR_MODE_8, 1) : NULL;
    if (!code)
        return ERR_LIMIT;
    double module = side / code->width;
    for (int row = 0; row < code->width; row++)
        for (int column = 0; column < code->width; column++)
            if (code->data[row * code->width + column] & 1)
                cairo_rectangle(paper->cairo, x + column * module, y + row * module, module, module);
    cairo_fill(paper->cairo);
    QRcode_free(code);
    return ERR_OK;
}

enum err paper_close(struct paper *paper, struct str *ret_pdf)
{
    cairo_show_page(paper->cairo);
    cairo_surface_finish(paper->surface);
    if (paper->out.failed)
        return ERR_LIMIT;
    if (cairo_surface_status(paper->surface) != CAIRO_STATUS_SUCCESS || cairo_status(paper->cairo) != CAIRO_STATUS_SUCCESS)
        return ERR_INTERNAL;
    return buf_done(&paper->out, ret_pdf);
}
