/* A file's columns and cells against a call: what becomes of a line before it is judged. */
#include "services/intake/imports/import.h"
#include "services/intake/imports/import_form.h"
#include "services/intake/imports/import_report.h"
#include "services/intake/imports/import_seen.h"
#include "support/check.h"

#include "json/wire.h"

static const struct str PROVINCES[] = {{"MA-TAO", 6}};
static const struct consent_terms CONSENTS[] = {{{"processing", 10}, {"2026-1", 6}, true}, {{"partner-referral", 16}, {"2026-1", 6}, false}};
static const struct field_terms FIELDS[] = {{.id = {"diploma", 7}, .type = FIELD_YES_NO, .kinds = {true, true}},
                                            {.id = {"statutes", 8}, .type = FIELD_TEXT, .kinds = {false, true}}};

static struct call the_call(void)
{
    return (struct call){
        .terms = {.id = STR("c"),
                  .region = STR("MA-03"),
                  .takes_applications = true,
                  .kinds = {true, true},
                  .provinces = PROVINCES,
                  .province_count = 1,
                  .consents = CONSENTS,
                  .consent_count = 2,
                  .fields = FIELDS,
                  .field_count = 2},
        .json = STR("{\"quotas\":[{\"province\":\"MA-TAO\",\"name\":{\"ar\":\"تاونات\",\"fr\":\"Province de Taounate\",\"en\":\"Taounate\"}}]}")};
}

#define WHOLE "nom;cnie;date de naissance;téléphone;province;projet;secteur;stade;montant demandé;consents.processing"

static const struct {
    const char *why, *header, *violations; /* "pointer code, …" */
} HEADERS[] = {
    {"French", WHOLE, ""},
    {"Arabic", "الاسم بالعربية;رقم البطاقة الوطنية;تاريخ الازدياد;الهاتف;الإقليم;المشروع;القطاع;المرحلة;المبلغ المطلوب;الموافقة على المعالجة", ""},
    {"English, in any case",
     "APPLICANT.NAME.LATIN;applicant.identity.number;applicant.birth-date;applicant.phone;applicant.address.province;"
     "project.title;project.sector;project.stage;project.requested_centimes;consents.processing",
     ""},
    {"what the call adds", WHOLE ";extra.diploma;reference;consents.language", ""},
    {"what it asks cooperatives only: a file may have both", WHOLE ";coopérative;ice;fonction;représentante;extra.statutes", ""},
    {"a column that nobody knows", WHOLE ";couleur", "/columns/11 unknown-field"},
    {"a column without a name", WHOLE ";", "/columns/11 required"},
    {"a column twice", WHOLE ";CNIE", "/columns/11 duplicate"},
    {"one amount in two units", WHOLE ";project.requested_centimes", "/columns/11 duplicate"},
    {"columns that are missing", "nom;cnie",
     "/columns format, /columns format, /columns format, /columns format, /columns format, /columns format, "
     "/columns format, /columns format"},
    {"a purpose that the call does not ask for", WHOLE ";consents.marketing", "/columns/11 unknown-field"},
};

static struct str listed(struct arena *arena, const struct violations *violations)
{
    struct buf out;
    struct str text;
    buf_init(&out, arena, 8192);
    for (size_t i = 0; i < violations->count; i++)
        buf_format(&out, "%s%.*s %s", i ? ", " : "", (int)violations->items[i].pointer.size, violations->items[i].pointer.at,
                   violation_slug(violations->items[i].code));
    assert_int_equal(buf_done(&out, &text), ERR_OK);
    return text;
}

static void read_header(const char *text, const struct call *call, struct arena *arena, struct violations *violations, struct import_header *header)
{
    static struct csv_record record;
    assert_int_equal(csv_read(str_from(text), ';', arena, &record), ERR_OK);
    violations_init(violations, arena);
    import_header_read(&record, &call->terms, violations, header);
}

static void a_header_is_known_in_three_languages_or_refused_by_its_column(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct call call = the_call();
    static struct violations violations;
    static struct import_header header;
    for (size_t i = 0; i < ROWS(HEADERS); i++) {
        read_header(HEADERS[i].header, &call, arena, &violations, &header);
        check_text(listed(arena, &violations), HEADERS[i].violations, HEADERS[i].why);
    }
    arena_free(arena);
}

/* The texts of a header can be a woman's data: they are never repeated. */
static void what_a_file_says_in_its_header_is_not_repeated(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct call call = the_call();
    static struct violations violations;
    static struct import_header header;
    struct str json;
    read_header("Fatima El Alaoui;CD123456", &call, arena, &violations, &header);
    assert_true(violations.count >= 2);
    assert_int_equal(import_errors_text(&violations, NULL, &call.terms, arena, &json), ERR_OK);
    assert_null(memmem(json.at, json.size, "Fatima", 6));
    assert_null(memmem(json.at, json.size, "CD123456", 8));
    arena_free(arena);
}

#define EXTRA WHOLE ";extra.diploma;reference;apport;revenu mensuel;indice rsu;milieu;consents.partner-referral;cheffe de ménage"
#define BEGIN                                                                                                                                 \
    "{\"call\":\"c\",\"kind\":\"person\",\"applicant\":{\"name\":{\"latin\":\"Fatima\"},\"identity\":{\"type\":\"cnie\",\"number\":\"CD1\"}," \
    "\"birth_date\":"

static const struct {
    const char *why, *line, *body, *violations;
} LINES[] = {
    {"a line", "Fatima;CD1;12/04/1991;0661;Taounate;Huile;agrifood;idea;45 000,50;oui",
     BEGIN "\"1991-04-12\",\"phone\":\"0661\",\"address\":{\"province\":\"MA-TAO\"}},\"project\":{\"title\":\"Huile\",\"sector\":\"agrifood\","
           "\"stage\":\"idea\","
           "\"requested_centimes\":4500050},\"consents\":[{\"purpose\":\"processing\",\"version\":\"2026-1\",\"given\":true,\"language\":\"ar\"},"
           "{\"purpose\":\"partner-referral\",\"version\":\"2026-1\",\"given\":false,\"language\":\"ar\"}]}",
     ""},
    {"all kinds of cells", "Fatima;CD1;1991-04-12;0661;تاونات;Huile;agrifood;idea;٤٥٠٠٠;نعم;non;EN-1;100;1 800;9,12;Rural;x;لا",
     BEGIN
     "\"1991-04-12\",\"phone\":\"0661\",\"address\":{\"province\":\"MA-TAO\",\"milieu\":\"rural\"}},\"project\":{\"title\":\"Huile\",\"sector\":"
     "\"agrifood\","
     "\"stage\":\"idea\",\"requested_centimes\":4500000,\"own_contribution_centimes\":10000},\"situation\":{\"monthly_income_centimes\":180000,"
     "\"head_of_household\":false,\"rsu_index\":9.12},\"extra\":{\"diploma\":false},\"consents\":[{\"purpose\":\"processing\",\"version\":\"2026-1\","
     "\"given\":true,\"language\":\"ar\"},{\"purpose\":\"partner-referral\",\"version\":\"2026-1\",\"given\":true,\"language\":\"ar\"}]}",
     ""},
    {"what is no number, and no answer", "Fatima;CD1;1991-04-12;0661;MA-TAO;Huile;agrifood;idea;beaucoup;peut-être", NULL,
     "/project/requested_centimes type, /consents/0 choice"},
    {"centimes of a thousandth", "Fatima;CD1;1991-04-12;0661;MA-TAO;Huile;agrifood;idea;1,005;oui", NULL, "/project/requested_centimes type"},
    {"bytes that are not UTF-8", "F\xe8s;CD1;1991-04-12;0661;MA-TAO;Huile;agrifood;idea;1;oui", NULL, "/applicant/name/latin text"},
};

static void a_line_becomes_the_body_of_a_form(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct call call = the_call();
    static struct violations violations;
    static struct import_header header;
    static struct csv_record record;
    struct import_province *provinces = NULL;
    struct import_form_source source = {.header = &header, .call = &call, .language = STR("ar")};
    read_header(EXTRA, &call, arena, &violations, &header);
    assert_int_equal(violations.count, 0);
    assert_int_equal(import_provinces(&call, arena, &provinces, &source.province_count), ERR_OK);
    source.provinces = provinces;
    for (size_t i = 0; i < ROWS(LINES); i++) {
        struct import_form form;
        violations_init(&violations, arena);
        assert_int_equal(csv_read(str_from(LINES[i].line), ';', arena, &record), ERR_OK);
        assert_int_equal(import_cells_decode(&source, &record, arena, &violations), ERR_OK);
        assert_int_equal(import_form_make(&source, &record, NULL, arena, &violations, &form), ERR_OK);
        check_text(listed(arena, &violations), LINES[i].violations, LINES[i].why);
        if (LINES[i].body)
            check_text(form.body, LINES[i].body, LINES[i].why);
    }
    arena_free(arena);
}

static void an_error_names_the_column_it_is_in(void **state)
{
    (void)state;
    static const struct {
        const char *pointer;
        size_t column;
    } PLACES[] = {{"/applicant/phone", 4}, {"/applicant/name", 0}, {"/consents", 10}, {"/consents/1/version", 17},
                  {"/extra/diploma", 11},  {"/reference", 12},     {"/call", 0},      {"", 0}};
    struct arena *arena = arena_new(1 << 20);
    struct call call = the_call();
    static struct violations violations;
    static struct import_header header;
    read_header(EXTRA, &call, arena, &violations, &header);
    for (size_t i = 0; i < ROWS(PLACES); i++)
        check_int(import_column_of(&header, str_from(PLACES[i].pointer), &call.terms, arena), PLACES[i].column, PLACES[i].pointer);
    arena_free(arena);
}

static void an_error_is_told_in_the_language_of_whoever_asks(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct call call = the_call();
    static struct violations violations;
    static struct import_header header;
    struct import_errors errors;
    struct str json;
    read_header(EXTRA, &call, arena, &violations, &header);
    violations_add(&violations, STR("/applicant/phone"), VIOLATION_TOO_LONG, "40");
    assert_int_equal(import_errors_text(&violations, &header, &call.terms, arena, &json), ERR_OK);
    assert_int_equal(import_errors_read(json, LANGUAGE_FR, arena, &errors), ERR_OK);
    assert_int_equal(errors.items.count, 1);
    const struct import_error *error = errors.items.items;
    assert_int_equal(error->column, 4);
    check_text(error->key, "applicant.phone", "key");
    check_text(error->message, "Trop long : au plus 40.", "message");
    arena_free(arena);
}

static void windows_letters_become_utf_8(void **state)
{
    (void)state;
    static const struct {
        const char *encoding, *bytes, *text;
    } TEXTS[] = {{"WINDOWS-1256", "\xdd\xc7\xd8\xe3\xc9", "فاطمة"},
                 {"WINDOWS-1252",
                  "\xc9"
                  "cole",
                  "École"},
                 {"WINDOWS-1256", "Fatima", "Fatima"}};
    struct arena *arena = arena_new(1 << 16);
    for (size_t i = 0; i < ROWS(TEXTS); i++) {
        struct charset *charset = NULL;
        struct str text;
        assert_int_equal(charset_open(TEXTS[i].encoding, &charset), ERR_OK);
        assert_int_equal(charset_text(charset, str_from(TEXTS[i].bytes), arena, &text), ERR_OK);
        check_text(text, TEXTS[i].text, TEXTS[i].encoding);
        charset_close(charset);
    }
    struct charset *charset = NULL;
    struct str text;
    assert_int_equal(charset_open("WINDOWS-1252", &charset), ERR_OK);
    assert_int_equal(charset_text(charset, STR("\x81"), arena, &text), ERR_MALFORMED); /* no letter there */
    charset_close(charset);
    arena_free(arena);
}

static void a_dry_run_knows_the_lines_it_has_come_by(void **state)
{
    (void)state;
    struct arena *arena = arena_new((size_t)8 << 20);
    struct import_seen *seen = import_seen_new(arena);
    assert_non_null(seen);
    for (uint32_t i = 0; i < IMPORT_LINES_MAX; i++) {
        uint8_t hash[16] = {0}, other[16] = {1, 1, 1, 1, 1, 1, 1, 1};
        bool same = true;
        memcpy(hash, &i, sizeof(i));
        struct id key = id_from_hash(hash), said = key, unlike = id_from_hash(other);
        if (import_seen_before(seen, key, said, &same) || same)
            fail_msg("line %u was not there before", i);
        if (i % 1000 == 0)
            assert_true(import_seen_before(seen, key, said, &same) && same && import_seen_before(seen, key, unlike, &same) && !same);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_is_known_in_three_languages_or_refused_by_its_column),
        cmocka_unit_test(what_a_file_says_in_its_header_is_not_repeated),
        cmocka_unit_test(a_line_becomes_the_body_of_a_form),
        cmocka_unit_test(an_error_names_the_column_it_is_in),
        cmocka_unit_test(an_error_is_told_in_the_language_of_whoever_asks),
        cmocka_unit_test(windows_letters_become_utf_8),
        cmocka_unit_test(a_dry_run_knows_the_lines_it_has_come_by),
    };
    json_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
