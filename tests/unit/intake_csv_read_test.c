/* Files as spreadsheets write them, and as somebody writes them who means harm. */
#include "services/intake/imports/csv_read.h"
#include "support/check.h"

/* "cell|cell" of one record; "!" and the fault's number after the cells before it. */
static struct str shown(struct arena *arena, const struct csv_record *record)
{
    struct buf out;
    struct str text;
    buf_init(&out, arena, 1 << 20);
    for (size_t i = 0; i < record->count; i++) {
        if (i > 0)
            buf_byte(&out, '|');
        buf_add(&out, record->cells[i]);
    }
    if (record->fault != CSV_FINE)
        buf_format(&out, "!%d", record->fault);
    assert_int_equal(buf_done(&out, &text), ERR_OK);
    return text;
}

static const struct {
    const char *why;
    struct str text;
    char separator;
    const char *cells;
    size_t used;
    int64_t lines;
} RECORDS[] = {
    {"cells", {"a,b,c\r\nd", 8}, ',', "a|b|c", 7, 1},
    {"LF alone", {"a,b\nc", 5}, ',', "a|b", 4, 1},
    {"CR alone", {"a,b\rc", 5}, ',', "a|b", 4, 1},
    {"no line end at the end of the file", {"a,b", 3}, ',', "a|b", 3, 1},
    {"an empty cell at the end", {"a,\n", 3}, ',', "a|", 3, 1},
    {"nothing", {"\n", 1}, ',', "", 1, 1},
    {"semicolons", {"a;b,c\n", 6}, ';', "a|b,c", 6, 1},
    {"tabs", {"a\tb\n", 4}, '\t', "a|b", 4, 1},
    {"quotes", {"\"a,b\",c\n", 8}, ',', "a,b|c", 8, 1},
    {"doubled quotes", {"\"a \"\"b\"\"\"\n", 10}, ',', "a \"b\"", 10, 1},
    {"an empty quoted cell", {"\"\",b\n", 5}, ',', "|b", 5, 1},
    {"a line end in quotes", {"\"a\r\nb\",c\nd", 10}, ',', "a\r\nb|c", 9, 2},
    {"quotes at the end of the file", {"\"a\"", 3}, ',', "a", 3, 1},
    {"a quote in a cell that has none before it", {"a\"b,c\nd", 7}, ',', "!1", 6, 1},
    {"something behind a closing quote", {"\"a\"b,c\nd", 8}, ',', "!1", 7, 1},
    {"a quote that is never closed costs its line", {"x,\"a\nb,c\n", 9}, ',', "x!2", 5, 1},
    {"NUL", {"a,b\0c\nd", 7}, ',', "a!5", 6, 1},
    {"NUL in quotes", {"\"b\0c\"\nd", 7}, ',', "!5", 6, 1},
    {"bytes of another encoding", {"\xc7\xe1,\xe9\n", 5}, ',', "\xc7\xe1|\xe9", 5, 1},
};

static void a_record_is_read_as_rfc_4180_says(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    static struct csv_record record;
    for (size_t i = 0; i < ROWS(RECORDS); i++) {
        assert_int_equal(csv_read(RECORDS[i].text, RECORDS[i].separator, arena, &record), ERR_OK);
        check_text(shown(arena, &record), RECORDS[i].cells, RECORDS[i].why);
        check_int(record.text.size, RECORDS[i].used, RECORDS[i].why);
        check_int(record.lines, RECORDS[i].lines, RECORDS[i].why);
    }
    arena_free(arena);
}

static void a_record_has_a_ceiling(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    static struct csv_record record;
    static char text[2 * CSV_RECORD_BYTES_MAX];
    memset(text, 'a', sizeof(text));
    text[sizeof(text) - 1] = '\n';
    assert_int_equal(csv_read((struct str){text, sizeof(text)}, ',', arena, &record), ERR_OK);
    assert_int_equal(record.fault, CSV_TOO_LONG);
    assert_int_equal(record.lines, 1);
    assert_int_equal(csv_read((struct str){text, sizeof(text) - 1}, ',', arena, &record), ERR_OK);
    assert_int_equal(record.lines, 0); /* its line goes on */
    memset(text, ',', sizeof(text));
    assert_int_equal(csv_read((struct str){text, sizeof(text)}, ',', arena, &record), ERR_OK);
    assert_int_equal(record.fault, CSV_TOO_MANY_CELLS);
    assert_int_equal(record.count, CSV_CELLS_MAX);
    arena_free(arena);
}

/* Pieces of a file come as they come: what a record is must not depend on how many of them are there. */
static void what_a_record_is_does_not_depend_on_how_much_is_seen_of_the_file(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        size_t line_bytes; /* with its LF */
        char filler;
        enum csv_fault fault;
    } LINES[] = {
        {"the longest", CSV_RECORD_BYTES_MAX - 1, 'a', CSV_FINE},
        {"one byte longer", CSV_RECORD_BYTES_MAX, 'a', CSV_TOO_LONG},
        {"its end just not seen", CSV_RECORD_BYTES_MAX + 1, 'a', CSV_TOO_LONG},
        {"much longer", CSV_RECORD_BYTES_MAX + 5000, 'a', CSV_TOO_LONG},
        {"quotes that seem to be closed", CSV_RECORD_BYTES_MAX + 5000, '"', CSV_TOO_LONG},
    };
    struct arena *arena = arena_new(1 << 20);
    static struct csv_record record;
    static char text[2 * CSV_RECORD_BYTES_MAX];
    for (size_t i = 0; i < ROWS(LINES); i++) {
        memset(text, LINES[i].filler, sizeof(text));
        text[LINES[i].line_bytes - 1] = '\n';
        for (size_t seen = CSV_RECORD_BYTES_MAX; seen <= sizeof(text); seen += CSV_RECORD_BYTES_MAX / 2) {
            assert_int_equal(csv_read((struct str){text, seen}, ',', arena, &record), ERR_OK);
            check_int(record.fault, LINES[i].fault, LINES[i].why);
            check_int(record.count, LINES[i].fault == CSV_FINE, LINES[i].why);
        }
    }
    arena_free(arena);
}

static void a_line_end_that_is_cut_in_two_is_one_line_end(void **state)
{
    (void)state;
    static char text[CSV_RECORD_BYTES_MAX + 1];
    bool ended = true;
    memset(text, 'a', sizeof(text));
    text[CSV_RECORD_BYTES_MAX - 1] = '\r';
    text[CSV_RECORD_BYTES_MAX] = '\n';
    size_t size = csv_line_end((struct str){text, CSV_RECORD_BYTES_MAX}, &ended);
    assert_int_equal(size, CSV_RECORD_BYTES_MAX - 1);
    assert_false(ended);
    assert_int_equal(csv_line_end((struct str){text + size, 2}, &ended), 2);
    assert_true(ended);
    assert_int_equal(csv_line_end(STR("a\r"), &ended), 2); /* the end of the file */
    assert_true(ended);
}

/* Whatever the bytes are, a record takes at least one of them, and never more than there are. */
static void any_bytes_are_read_to_their_end(void **state)
{
    (void)state;
    static const char ALPHABET[] = "a,\"\n\r\0;\xd9\x85";
    struct arena *arena = arena_new(1 << 20);
    static struct csv_record record;
    uint32_t seed = 7;
    for (int round = 0; round < 2000; round++) {
        char text[64];
        arena_reset(arena);
        for (size_t i = 0; i < sizeof(text); i++) {
            seed = seed * 1664525 + 1013904223;
            text[i] = ALPHABET[(seed >> 16) % (sizeof(ALPHABET) - 1)];
        }
        for (size_t at = 0; at < sizeof(text); at += record.text.size) {
            assert_int_equal(csv_read((struct str){text + at, sizeof(text) - at}, ',', arena, &record), ERR_OK);
            assert_true(record.text.size > 0 && record.text.size <= sizeof(text) - at);
        }
    }
    arena_free(arena);
}

static const struct {
    const char *why, *line;
    char separator;
} SEPARATORS[] = {
    {"commas", "a,b,c", ','},    {"semicolons of a spreadsheet in French", "nom;prénom, ou autre;cnie", ';'},
    {"tabs", "a\tb\tc,d", '\t'}, {"commas in quotes do not count", "\"a,b,c,d\";b", ';'},
    {"one column", "a", ','},
};

static void the_separator_is_told_from_the_header(void **state)
{
    (void)state;
    char separator = '\0';
    for (size_t i = 0; i < ROWS(SEPARATORS); i++)
        check_int(csv_separator(str_from(SEPARATORS[i].line)), SEPARATORS[i].separator, SEPARATORS[i].why);
    assert_true(csv_names_separator(STR("sep=;\r\n"), &separator));
    assert_int_equal(separator, ';');
    assert_false(csv_names_separator(STR("sep=x"), &separator));
    assert_false(csv_names_separator(STR("sep"), &separator));
}

static const struct {
    const char *why;
    const char *records[3];
    bool marked;
    enum csv_encoding encoding;
} ENCODINGS[] = {
    {"ASCII", {"a,b"}, false, CSV_UTF_8},
    {"Arabic in UTF-8", {"فاطمة,Fatima"}, false, CSV_UTF_8},
    {"French in UTF-8", {"Fès,Meknès"}, false, CSV_UTF_8},
    {"one broken record in UTF-8", {"فاطمة", "عائشة", "F\xe8s"}, false, CSV_UTF_8},
    {"the mark of UTF-8, whatever follows", {"F\xe8s"}, true, CSV_UTF_8},
    {"Arabic in Windows-1256", {"\xdd\xc7\xd8\xe3\xc9 \xc7\xe1\xd2\xe5\xd1\xc7\xc1,CD1"}, false, CSV_WINDOWS_1256},
    {"Arabic beside French in Windows-1256",
     {"\xdd\xc7\xd8\xe3\xc9,F\xe8s,Mekn\xe8s", "\xda\xc7\xc6\xd4\xc9,Taza", "\xe3\xd1\xed\xe3,Ifrane"},
     false,
     CSV_WINDOWS_1256},
    {"French in Windows-1252",
     {"F\xe8s,n\xe9"
      "e \xe0 Mekn\xe8s"},
     false,
     CSV_WINDOWS_1252},
    {"capitals of French in Windows-1252",
     {"F\xc8S,\xc9"
      "COLE,\xc0 LA MA\xceTRESSE"},
     false,
     CSV_WINDOWS_1252},
};

static void the_encoding_is_told_from_the_letters(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(ENCODINGS); i++) {
        struct csv_evidence evidence = {.marked = ENCODINGS[i].marked};
        for (size_t record = 0; record < 3 && ENCODINGS[i].records[record]; record++)
            csv_look(&evidence, str_from(ENCODINGS[i].records[record]));
        check_int(csv_encoding(&evidence), ENCODINGS[i].encoding, ENCODINGS[i].why);
    }
    assert_true(csv_is_utf_16((struct str){"\xff\xfe"
                                           "a\0",
                                           4}));
    assert_false(csv_is_utf_16(STR("a")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_read_as_rfc_4180_says),
        cmocka_unit_test(a_record_has_a_ceiling),
        cmocka_unit_test(any_bytes_are_read_to_their_end),
        cmocka_unit_test(the_separator_is_told_from_the_header),
        cmocka_unit_test(the_encoding_is_told_from_the_letters),
        cmocka_unit_test(what_a_record_is_does_not_depend_on_how_much_is_seen_of_the_file),
        cmocka_unit_test(a_line_end_that_is_cut_in_two_is_one_line_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
