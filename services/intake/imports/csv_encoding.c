/* Which encoding a file is in, by what its letters would be in each. Pure. */
#include "csv_read.h"

static const char *const NAMES[CSV_ENCODING_COUNT] = {
    [CSV_UTF_8] = "UTF-8",
    [CSV_WINDOWS_1256] = "WINDOWS-1256",
    [CSV_WINDOWS_1252] = "WINDOWS-1252",
};

const char *csv_encoding_name(enum csv_encoding encoding)
{
    return NAMES[encoding];
}

bool csv_encoding_parse(struct str name, enum csv_encoding *ret_encoding)
{
    for (int encoding = 0; encoding < CSV_ENCODING_COUNT; encoding++)
        if (str_equal(name, str_from(NAMES[encoding]))) {
            *ret_encoding = (enum csv_encoding)encoding;
            return true;
        }
    return false;
}

/* Letters of the Arabic alphabet and its vowel signs, by Microsoft's table of code page 1256; those that French has at the same place are not among
 * them, though Windows-1256 has no Arabic letter there either. */
static bool is_arabic_1256(unsigned char byte)
{
    static const unsigned char OTHERS[] = {0x81, 0x8A, 0x8D, 0x8E, 0x8F, 0x90, 0x98, 0x9A, 0x9F, 0xAA, 0xE1, 0xE3, 0xE4,
                                           0xE5, 0xE6, 0xEC, 0xED, 0xF0, 0xF1, 0xF2, 0xF3, 0xF5, 0xF6, 0xF8, 0xFA, 0xFF};
    if (byte >= 0xC0 && byte <= 0xDF && byte != 0xD7)
        return true;
    for (size_t i = 0; i < sizeof(OTHERS); i++)
        if (OTHERS[i] == byte)
            return true;
    return false;
}

static bool is_ascii_letter(unsigned char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

struct word {
    int64_t ascii, arabic, others; /* letters; the others are the same in both encodings, and say nothing */
};

static void settle(struct csv_evidence *evidence, const struct word *word)
{
    if (word->arabic >= 2 && word->ascii == 0 && word->others == 0)
        evidence->arabic++;
    else if (word->arabic > 0 && word->ascii > 0)
        evidence->latin++;
}

static void look_at_words(struct csv_evidence *evidence, struct str lines)
{
    struct word word = {0};
    for (size_t i = 0; i < lines.size; i++) {
        unsigned char byte = (unsigned char)lines.at[i];
        bool arabic = is_arabic_1256(byte), ascii = is_ascii_letter(byte);
        if (!arabic && !ascii && byte < 0xC0) {
            settle(evidence, &word);
            word = (struct word){0};
            continue;
        }
        word.ascii += ascii;
        word.arabic += arabic;
        word.others += !arabic && !ascii;
    }
    settle(evidence, &word);
}

void csv_look(struct csv_evidence *evidence, struct str record)
{
    bool ascii = true;
    for (size_t i = 0; ascii && i < record.size; i++)
        ascii = (unsigned char)record.at[i] < 0x80;
    if (ascii)
        return;
    bool utf_8 = str_is_utf8(record);
    evidence->utf_8 += utf_8;
    evidence->other += !utf_8;
    if (!utf_8)
        look_at_words(evidence, record);
}

enum csv_encoding csv_encoding(const struct csv_evidence *evidence)
{
    if (evidence->marked || evidence->other == 0 || evidence->utf_8 > evidence->other)
        return CSV_UTF_8;
    return evidence->arabic > evidence->latin ? CSV_WINDOWS_1256 : CSV_WINDOWS_1252;
}

bool csv_is_utf_16(struct str file)
{
    return str_starts(file, (struct str){"\xff\xfe", 2}) || str_starts(file, (struct str){"\xfe\xff", 2});
}
