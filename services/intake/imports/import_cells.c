/* What is written in the cells of a file, as the form has it. People write numbers with spaces and commas, in both kinds of digits, and dates the
 * other way round. Pure. */
#include "import_columns.h"

#define DIGITS_MAX 20

/* Digits folded; white space (also the narrow and unbreakable kinds that spreadsheets put between thousands) left out. */
static struct str tighten(struct arena *arena, struct str cell)
{
    static const char *const GAPS[] = {" ", "\t", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89", "'"};
    struct str folded = str_fold_digits(arena, str_trim(cell)), tight;
    struct buf out;
    buf_init(&out, arena, 256);
    for (size_t i = 0; i < folded.size;) {
        struct str rest = {folded.at + i, folded.size - i};
        size_t gap = 0;
        for (size_t g = 0; gap == 0 && g < sizeof(GAPS) / sizeof(GAPS[0]); g++)
            gap = str_starts(rest, str_from(GAPS[g])) ? strlen(GAPS[g]) : 0;
        if (gap == 0)
            buf_byte(&out, folded.at[i]);
        i += gap ? gap : 1;
    }
    return buf_done(&out, &tight) == ERR_OK ? tight : (struct str){0};
}

static bool are_digits(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return text.size > 0 && text.size <= DIGITS_MAX;
}

bool cell_integer(struct arena *arena, struct str cell, int64_t *ret_number)
{
    return str_parse_int64(tighten(arena, cell), ret_number);
}

/* Cuts at the decimal mark: a comma, a point, or the Arabic one (U+066B). */
static struct str cut_decimals(struct str *rest)
{
    struct str whole = *rest;
    for (size_t i = 0; i < whole.size; i++) {
        size_t mark = whole.at[i] == ',' || whole.at[i] == '.' ? 1 : str_starts((struct str){whole.at + i, whole.size - i}, STR("\xd9\xab")) ? 2 : 0;
        if (mark == 0)
            continue;
        *rest = (struct str){whole.at + i + mark, whole.size - i - mark};
        return (struct str){whole.at, i};
    }
    *rest = (struct str){0};
    return whole;
}

bool cell_centimes(struct arena *arena, struct str cell, int64_t *ret_centimes)
{
    struct str text = tighten(arena, cell), decimals = text, whole = cut_decimals(&decimals);
    bool has_mark = whole.size < text.size, negative = str_starts(whole, STR("-"));
    int64_t dirhams = 0, centimes = 0;
    if (!str_parse_int64(whole, &dirhams) || dirhams > INT64_MAX / 1000 || dirhams < INT64_MIN / 1000)
        return false;
    if (has_mark && (!are_digits(decimals) || decimals.size > 2))
        return false;
    if (has_mark)
        (void)str_parse_int64(decimals, &centimes);
    centimes *= decimals.size == 1 ? 10 : 1;
    *ret_centimes = dirhams * 100 + (negative ? -centimes : centimes);
    return true;
}

bool cell_number(struct arena *arena, struct str cell, struct str *ret_number)
{
    struct str text = tighten(arena, cell), decimals = text, whole = cut_decimals(&decimals);
    int64_t number = 0;
    if (!str_parse_int64(whole, &number) || (whole.size < text.size && !are_digits(decimals)))
        return false;
    const char *sign = number == 0 && str_starts(whole, STR("-")) ? "-" : "";
    *ret_number = str_format(arena, "%s%lld%s%.*s", sign, (long long)number, str_empty(decimals) ? "" : ".", (int)decimals.size,
                             str_empty(decimals) ? "" : decimals.at);
    return ret_number->at != NULL;
}

struct word {
    const char *word, *meaning;
};

static struct str meaning_of(struct str cell, const struct word *words)
{
    for (size_t i = 0; words[i].word; i++)
        if (str_equal_nocase(cell, str_from(words[i].word)))
            return str_from(words[i].meaning);
    return cell;
}

bool cell_yes_no(struct str cell, bool *ret_yes)
{
    static const struct word WORDS[] = {
        {"yes", "1"}, {"oui", "1"}, {"نعم", "1"}, {"true", "1"},  {"vrai", "1"}, {"x", "1"}, {"1", "1"},   {"no", "0"},
        {"non", "0"}, {"لا", "0"},  {"كلا", "0"}, {"false", "0"}, {"faux", "0"}, {"0", "0"}, {NULL, NULL},
    };
    struct str meaning = meaning_of(cell, WORDS);
    *ret_yes = str_equal(meaning, STR("1"));
    return *ret_yes || str_equal(meaning, STR("0"));
}

struct str cell_identity(struct str cell)
{
    static const struct word WORDS[] = {
        {"", "cnie"},
        {"cin", "cnie"},
        {"cnie", "cnie"},
        {"البطاقة الوطنية", "cnie"},
        {"carte de séjour", "residence-permit"},
        {"titre de séjour", "residence-permit"},
        {"بطاقة الإقامة", "residence-permit"},
        {"passeport", "passport"},
        {"جواز السفر", "passport"},
        {NULL, NULL},
    };
    return meaning_of(cell, WORDS);
}

struct str cell_milieu(struct str cell)
{
    static const struct word WORDS[] = {
        {"urbain", "urban"}, {"urban", "urban"}, {"حضري", "urban"}, {"rural", "rural"}, {"قروي", "rural"}, {NULL, NULL},
    };
    return meaning_of(cell, WORDS);
}

struct str cell_role(struct str cell)
{
    static const struct word WORDS[] = {
        {"", "member"},         {"membre", "member"},     {"adhérente", "member"},     {"عضوة", "member"},           {"présidente", "president"},
        {"رئيسة", "president"}, {"الرئيسة", "president"}, {"trésorière", "treasurer"}, {"أمينة المال", "treasurer"}, {NULL, NULL},
    };
    return meaning_of(cell, WORDS);
}

/* DD/MM/YYYY, with slashes, points or hyphens. */
struct str cell_date(struct arena *arena, struct str cell)
{
    struct str text = tighten(arena, cell);
    if (!text.at)
        return cell;
    char mark = text.size == 10 ? text.at[2] : '\0';
    if ((mark != '/' && mark != '.' && mark != '-') || text.at[5] != mark)
        return text;
    return str_format(arena, "%.4s-%.2s-%.2s", text.at + 6, text.at + 3, text.at);
}
