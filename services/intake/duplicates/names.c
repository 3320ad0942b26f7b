#include "names.h"

/* What a letter of Arabic script is folded to, and its consonant. Vowels and what transliterations leave out have none. */
static const struct arabic_letter {
    uint32_t point;
    const char *folded, *consonant;
} ARABIC[] = {
    {0x0621, "", ""},   {0x0622, "ا", ""},  {0x0623, "ا", ""},  {0x0624, "و", ""},  {0x0625, "ا", ""},  {0x0626, "ي", ""},  {0x0627, "ا", ""},
    {0x0628, "ب", "b"}, {0x0629, "ه", ""},  {0x062a, "ت", "t"}, {0x062b, "ث", "t"}, {0x062c, "ج", "j"}, {0x062d, "ح", "h"}, {0x062e, "خ", "x"},
    {0x062f, "د", "d"}, {0x0630, "ذ", "d"}, {0x0631, "ر", "r"}, {0x0632, "ز", "z"}, {0x0633, "س", "s"}, {0x0634, "ش", "c"}, {0x0635, "ص", "s"},
    {0x0636, "ض", "d"}, {0x0637, "ط", "t"}, {0x0638, "ظ", "d"}, {0x0639, "ع", ""},  {0x063a, "غ", "g"}, {0x0641, "ف", "f"}, {0x0642, "ق", "k"},
    {0x0643, "ك", "k"}, {0x0644, "ل", "l"}, {0x0645, "م", "m"}, {0x0646, "ن", "n"}, {0x0647, "ه", "h"}, {0x0648, "و", ""},  {0x0649, "ي", ""},
    {0x064a, "ي", ""},  {0x067e, "ب", "b"}, {0x06a4, "ف", "f"}, {0x06a9, "ك", "k"}, {0x06af, "گ", "g"}, {0x06ad, "گ", "g"}, {0x0763, "گ", "g"},
    {0x0671, "ا", ""},  {0x06cc, "ي", ""},
};

/* Latin-1 and Latin Extended-A by their base letter; the row of U+00C0 begins at À. */
static const char LATIN_BASE[] = "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty"
                                 "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
                                 "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* What two letters say in one: the transliterations of Arabic by French and by English ears. Longer ones first. */
static const struct digraph {
    const char *letters, *consonant;
} DIGRAPHS[] = {
    {"tch", "c"}, {"ch", "c"}, {"sh", "c"}, {"kh", "x"}, {"gh", "g"}, {"rh", "g"}, {"th", "t"}, {"dh", "d"},
    {"ph", "f"},  {"dj", "j"}, {"gu", "g"}, {"qu", "k"}, {"ce", "s"}, {"ci", "s"}, {"ge", "j"}, {"gi", "j"},
};

/* A single Latin letter's consonant, a to z; '-' has none. */
static const char LETTER_KEYS[] = "-bkd-fgh-jklmn-bkrst-f-x-z";

static const char *const ARTICLES[] = {"el", "al", "l", "ez", "az", "es", "as", "ech", "ach", "er", "ar", "en", "an", "ed", "ad", "et", "at", "ال"};

static uint32_t take_point(struct str *rest)
{
    size_t size = str_utf8_step(*rest);
    if (size == 0) {
        rest->size = 0;
        return 0;
    }
    uint32_t point = size == 1 ? (unsigned char)rest->at[0] : (unsigned char)rest->at[0] & (0x7fu >> size);
    for (size_t i = 1; i < size; i++)
        point = point << 6 | ((unsigned char)rest->at[i] & 0x3fu);
    *rest = (struct str){rest->at + size, rest->size - size};
    return point;
}

static void append(char text[NAME_TOKEN_SIZE], const char *more)
{
    size_t size = strlen(text), added = strlen(more);
    if (size + added < NAME_TOKEN_SIZE)
        memcpy(text + size, more, added + 1);
}

/* A consonant said twice in a row is written once, with or without a vowel between: Latin doubles what Arabic marks by a shadda. */
static void append_key(struct name_token *token, const char *consonant)
{
    size_t size = strlen(token->key);
    if (consonant[0] != '\0' && (size == 0 || token->key[size - 1] != consonant[0]))
        append(token->key, consonant);
}

static const struct arabic_letter *find_arabic(uint32_t point)
{
    for (size_t i = 0; i < sizeof(ARABIC) / sizeof(ARABIC[0]); i++)
        if (ARABIC[i].point == point)
            return &ARABIC[i];
    return NULL;
}

static char latin_letter(uint32_t point)
{
    if (point >= 'A' && point <= 'Z')
        return (char)(point - 'A' + 'a');
    if (point >= 'a' && point <= 'z')
        return (char)point;
    if (point >= 0xc0 && point - 0xc0 < sizeof(LATIN_BASE) - 1 && LATIN_BASE[point - 0xc0] != ' ')
        return LATIN_BASE[point - 0xc0];
    return '\0';
}

static bool is_break(uint32_t point)
{
    return point == ' ' || point == '-' || point == '\'' || point == '.' || point == 0x2019 || point == 0x00a0;
}

/* Marks, tatweel and letters that this table doesn't know leave nothing behind. */
static void fold_point(struct name_token *token, uint32_t point)
{
    const struct arabic_letter *arabic = find_arabic(point);
    char latin = latin_letter(point);
    if (arabic)
        append(token->folded, arabic->folded);
    else if (latin != '\0')
        append(token->folded, (char[]){latin, '\0'});
}

/* A last ه is mostly a ta marbuta, which has no consonant; Latin's last h is dropped for the same reason. */
static void key_arabic(struct name_token *token)
{
    struct str rest = str_from(token->folded);
    while (rest.size > 0) {
        uint32_t point = take_point(&rest);
        const struct arabic_letter *letter = find_arabic(point);
        if (letter && !(point == 0x0647 && rest.size == 0))
            append_key(token, letter->consonant);
    }
}

static void key_latin(struct name_token *token)
{
    const char *at = token->folded;
    while (*at != '\0') {
        size_t i = 0, count = sizeof(DIGRAPHS) / sizeof(DIGRAPHS[0]);
        while (i < count && strncmp(at, DIGRAPHS[i].letters, strlen(DIGRAPHS[i].letters)) != 0)
            i++;
        if (i < count) {
            append_key(token, DIGRAPHS[i].consonant);
            at += strlen(DIGRAPHS[i].letters);
            continue;
        }
        bool last_h = at[0] == 'h' && at[1] == '\0';                              /* Fatimah: the ta marbuta's, which has no consonant */
        char key = at[0] >= 'a' && at[0] <= 'z' ? LETTER_KEYS[at[0] - 'a'] : '-'; /* a word may go on in another script */
        if (key != '-' && !last_h)
            append_key(token, (char[]){key, '\0'});
        at++;
    }
}

static bool is_article(const char *word)
{
    for (size_t i = 0; i < sizeof(ARTICLES) / sizeof(ARTICLES[0]); i++)
        if (strcmp(word, ARTICLES[i]) == 0)
            return true;
    return false;
}

/* The article written into the word: العلوي, Elalaoui. Only where enough is left to be a name. */
static size_t article_bytes(const char *word)
{
    const char *const attached[] = {"ال", "el"};
    for (size_t i = 0; i < 2; i++)
        if (strncmp(word, attached[i], strlen(attached[i])) == 0 && strlen(word) > strlen(attached[i]) + 3)
            return strlen(attached[i]);
    return 0;
}

/* True when the word counts. */
static bool finish(struct name_token *token)
{
    size_t article = article_bytes(token->folded);
    if (token->folded[0] == '\0' || is_article(token->folded))
        return false;
    memmove(token->folded, token->folded + article, strlen(token->folded) - article + 1);
    if ((unsigned char)token->folded[0] >= 0x80)
        key_arabic(token);
    else
        key_latin(token);
    return true;
}

size_t name_tokens(struct str name, struct name_token ret_tokens[NAME_TOKENS_MAX])
{
    size_t count = 0;
    while (name.size > 0 && count < NAME_TOKENS_MAX) {
        struct name_token *token = &ret_tokens[count];
        *token = (struct name_token){{0}, {0}};
        while (name.size > 0) {
            uint32_t point = take_point(&name);
            if (is_break(point))
                break;
            fold_point(token, point);
        }
        count += finish(token);
    }
    return count;
}

static void join(const struct name_token *tokens, size_t count, char ret_word[NAME_TOKENS_MAX * NAME_TOKEN_SIZE])
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        for (const char *at = tokens[i].folded; *at != '\0'; at++)
            ret_word[size++] = *at;
    ret_word[size] = '\0';
}

static bool has_all(const struct name_token *tokens, size_t count, const struct name_token *wanted, size_t wanted_count)
{
    for (size_t i = 0; i < wanted_count; i++) {
        size_t at = 0;
        while (at < count && strcmp(tokens[at].folded, wanted[i].folded) != 0)
            at++;
        if (at == count)
            return false;
    }
    return true;
}

bool names_agree(struct str a, struct str b)
{
    struct name_token left[NAME_TOKENS_MAX], right[NAME_TOKENS_MAX];
    char left_word[NAME_TOKENS_MAX * NAME_TOKEN_SIZE], right_word[NAME_TOKENS_MAX * NAME_TOKEN_SIZE];
    size_t left_count = name_tokens(a, left), right_count = name_tokens(b, right);
    join(left, left_count, left_word);
    join(right, right_count, right_word);
    return has_all(left, left_count, right, right_count) || has_all(right, right_count, left, left_count) || strcmp(left_word, right_word) == 0;
}

void name_grams(const char *word, unsigned characters, struct name_grams *ret_grams)
{
    size_t starts[NAME_TOKEN_SIZE + 4], count = 0, at = 0;
    ret_grams->count = 0;
    ret_grams->padded[0] = '^';
    size_t size = strlen(word);
    memcpy(ret_grams->padded + 1, word, size);
    memcpy(ret_grams->padded + 1 + size, "$", 2);
    struct str rest = {ret_grams->padded, size + 2};
    while (rest.size > 0) {
        starts[count++] = at;
        (void)take_point(&rest);
        at = size + 2 - rest.size;
    }
    starts[count] = size + 2;
    for (size_t i = 0; i + characters <= count && ret_grams->count < NAME_GRAMS_MAX; i++)
        ret_grams->grams[ret_grams->count++] = (struct str){ret_grams->padded + starts[i], starts[i + characters] - starts[i]};
}
