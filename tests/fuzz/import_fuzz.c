/* A file of women, a line an application: header, cells in whatever encoding, the form that a line becomes. That form is JSON whatever the cells say,
 * and goes the way of a form that somebody filled in. 'b': the lines of a file whose header is right. */
#include "charset/charset.h"
#include "fuzz.h"
#include "services/intake/application/messages.h"
#include "services/intake/imports/import_form.h"
#include "services/intake/imports/import_report.h"
#include "terms.h"

#define GOOD_HEADER                                                                                                                                        \
    "référence;nom arabe;nom;type de pièce;cnie;date de naissance;téléphone;province;commune;milieu;projet;secteur;stade;montant demandé;apport en " \
    "centimes;emplois;taille du ménage;revenu mensuel;cheffe de ménage;indice rsu;consentement traitement;consents.language;coopérative;ice;"           \
    "fonction;représentante;extra.about;extra.trees;extra.debts;extra.since;extra.which;extra.diploma\n"

static struct charset *charset_of(enum csv_encoding encoding)
{
    static struct charset *charsets[CSV_ENCODING_COUNT];
    if (encoding != CSV_UTF_8 && !charsets[encoding])
        HOLD(charset_open(csv_encoding_name(encoding), &charsets[encoding]) == ERR_OK, "the C library has its tables");
    return charsets[encoding];
}

static enum csv_encoding encoding_of(struct str file)
{
    struct csv_evidence evidence = {.marked = str_starts(file, CSV_BOM)};
    csv_look(&evidence, file);
    return csv_encoding(&evidence);
}

/* What is wrong with a line is told by its columns. */
static void hold_errors_are_told(const struct violations *violations, const struct import_header *header, const struct call_terms *terms,
                                 struct arena *arena)
{
    struct str json;
    struct import_errors errors;
    HOLD(import_errors_text(violations, header, terms, arena, &json) == ERR_OK, "errors can be kept");
    HOLD(import_errors_read(json, LANGUAGE_AR, arena, &errors) == ERR_OK && errors.items.count == violations->count, "and read again");
    for (size_t i = 0; i < violations->count; i++)
        HOLD(!header || import_column_of(header, violations->items[i].pointer, terms, arena) <= header->count, "by a column that is there");
}

static void hold_a_line_is_a_form(const struct import_form_source *source, struct csv_record *record, struct violations *violations,
                                  struct arena *arena)
{
    const struct csv_record *const records[] = {record};
    const struct import_members members = {records, 1};
    struct import_form line;
    struct form form;
    record->count = record->count < source->header->count ? record->count : source->header->count;
    HOLD(import_cells_decode(source, record, arena, violations) == ERR_OK, "cells that can't be read are emptied");
    bool cooperative = import_names_cooperative(source->header, record);
    HOLD(import_form_make(source, record, cooperative ? &members : NULL, arena, violations, &line) == ERR_OK, "the line fits a body");
    HOLD(str_starts(line.line, STR("{\"call\":")), "what is the line's own begins as its body does");
    enum err err = form_decode(line.body, arena, &form, violations);
    HOLD(err == ERR_OK || err == ERR_INVALID, "whatever the cells say, the body is JSON");
    HOLD(str_is_utf8(import_known_by(source->header, record, arena)), "a cooperative is known by text");
    hold_errors_are_told(violations, source->header, &source->call->terms, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct csv_record record;
    static struct import_header header;
    struct arena *arena = fuzz_arena();
    struct str rest = fuzz_text(bytes, size);
    bool has_header = fuzz_choice(&rest, 2) == 0;
    struct violations *violations = arena_take(arena, sizeof(*violations));
    struct call call = {.terms = fuzz_terms(),
                        .json = STR("{\"quotas\":[{\"province\":\"MA-TAO\",\"name\":{\"ar\":\"تاونات\",\"fr\":\"Taounate\"}}]}")};
    struct import_form_source source = {.header = &header, .call = &call, .language = STR("ar"), .charset = charset_of(encoding_of(rest))};
    struct import_province *provinces;
    HOLD(import_provinces(&call, arena, &provinces, &source.province_count) == ERR_OK, "the call has its provinces");
    source.provinces = provinces;
    char separator = has_header ? csv_separator(rest) : ';';
    for (bool first = true; rest.size > 0 || (first && !has_header); first = false) {
        bool is_ours = first && !has_header;
        struct str window = is_ours ? STR(GOOD_HEADER) : rest;
        violations_init(violations, arena);
        HOLD(csv_read(window, separator, arena, &record) == ERR_OK, "there is memory");
        if (first) {
            import_header_read(&record, &call.terms, violations, &header);
            hold_errors_are_told(violations, NULL, &call.terms, arena);
            if (violations->count > 0)
                return 0;
        } else if (record.fault == CSV_FINE) {
            hold_a_line_is_a_form(&source, &record, violations, arena);
        }
        if (!is_ours)
            rest = (struct str){rest.at + record.text.size, rest.size - record.text.size};
    }
    return 0;
}
