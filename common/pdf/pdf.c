#include "pdf/pdf.h"

#include <qpdf/qpdf-c.h>

/* Names that no scan of a card needs: PDF 32000-1 §12.6 (actions), §7.11.4 (embedded files), §12.7.8 (XFA), §13 (multimedia). */
static const struct {
    struct str name;
    enum pdf_verdict verdict;
} FORBIDDEN[] = {
    {{"/JavaScript", 11}, PDF_ACTIVE}, {{"/JS", 3}, PDF_ACTIVE},          {{"/Launch", 7}, PDF_ACTIVE},        {{"/XFA", 4}, PDF_ACTIVE},
    {{"/ImportData", 11}, PDF_ACTIVE}, {{"/SubmitForm", 11}, PDF_ACTIVE}, {{"/Rendition", 10}, PDF_ACTIVE},    {{"/GoToE", 6}, PDF_ACTIVE},
    {{"/GoToR", 6}, PDF_ACTIVE},       {{"/RichMedia", 10}, PDF_EMBEDS},  {{"/EmbeddedFile", 13}, PDF_EMBEDS}, {{"/EmbeddedFiles", 14}, PDF_EMBEDS},
    {{"/Movie", 6}, PDF_EMBEDS},       {{"/Sound", 6}, PDF_EMBEDS},
};

static bool ends_name(struct str text, size_t at)
{
    return at >= text.size || strchr(" \t\r\n\f/<>[](){}%", text.at[at]) != NULL; /* NUL ends the list of these, and a name */
}

static struct str next_of(struct str text, struct str word)
{
    const char *at = text.size > 0 ? memmem(text.at, text.size, word.at, word.size) : NULL;
    return at ? (struct str){at + word.size, text.size - (size_t)(at + word.size - text.at)} : (struct str){0};
}

static enum pdf_verdict judge_objects(struct str text)
{
    for (size_t at = 0; at < text.size; at++) {
        if (text.at[at] != '/')
            continue;
        struct str rest = {text.at + at, text.size - at};
        for (size_t i = 0; i < sizeof(FORBIDDEN) / sizeof(FORBIDDEN[0]); i++)
            if (str_starts(rest, FORBIDDEN[i].name) && ends_name(rest, FORBIDDEN[i].name.size))
                return FORBIDDEN[i].verdict;
    }
    return PDF_CLEAN;
}

/* Of what qpdf has written: names are in their plain form, no object is hidden in a stream, and the data of streams is left out of the search. (Data
 * that says "endstream" is looked at as well, up to the real one: too much, never too little.) */
static enum pdf_verdict judge(struct str written)
{
    enum pdf_verdict verdict = PDF_CLEAN;
    while (verdict == PDF_CLEAN && written.size > 0) {
        struct str data = next_of(written, STR("\nstream\n"));
        size_t size = data.at ? (size_t)(data.at - written.at) : written.size;
        verdict = judge_objects((struct str){written.at, size});
        written = data.at ? next_of(data, STR("\nendstream")) : (struct str){0};
    }
    return verdict;
}

static void forget_origin(qpdf_data pdf)
{
    qpdf_oh_remove_key(pdf, qpdf_get_trailer(pdf), "/Info");
    qpdf_oh_remove_key(pdf, qpdf_get_root(pdf), "/Metadata");
}

static bool write_anew(qpdf_data pdf, struct str *ret_file)
{
    if (qpdf_init_write_memory(pdf) & QPDF_ERRORS)
        return false;
    qpdf_set_object_stream_mode(pdf, qpdf_o_disable);
    qpdf_set_stream_data_mode(pdf, qpdf_s_preserve);
    qpdf_set_static_ID(pdf, QPDF_TRUE);
    qpdf_set_suppress_original_object_IDs(pdf, QPDF_TRUE);
    if (qpdf_write(pdf) & QPDF_ERRORS)
        return false;
    *ret_file = (struct str){(const char *)qpdf_get_buffer(pdf), qpdf_get_buffer_length(pdf)};
    return ret_file->size > 0;
}

enum pdf_verdict pdf_clean(struct str file, struct str *ret_file)
{
    struct str written;
    qpdf_data pdf = qpdf_init();
    qpdf_silence_errors(pdf);
    qpdf_set_suppress_warnings(pdf, QPDF_TRUE);
    if (qpdf_read_memory(pdf, "upload", file.at, file.size, NULL) & QPDF_ERRORS)
        return qpdf_has_error(pdf) && qpdf_get_error_code(pdf, qpdf_get_error(pdf)) == qpdf_e_password ? PDF_ENCRYPTED : PDF_DAMAGED;
    if (qpdf_is_encrypted(pdf))
        return PDF_ENCRYPTED;
    int pages = qpdf_get_num_pages(pdf);
    if (pages <= 0)
        return PDF_DAMAGED;
    if (pages > PDF_PAGES_MAX)
        return PDF_TOO_LONG;
    forget_origin(pdf);
    if (!write_anew(pdf, &written))
        return PDF_DAMAGED;
    enum pdf_verdict verdict = judge(written);
    if (verdict == PDF_CLEAN)
        *ret_file = written;
    return verdict;
}

void pdf_warm_up(void)
{
    struct str ignored;
    (void)pdf_clean(STR("no PDF"), &ignored);
}
