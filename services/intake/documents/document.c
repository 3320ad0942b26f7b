#include "document.h"

#define HEAD_BYTES ((size_t)1024)      /* where readers of PDF look for its beginning */
#define TAIL_BYTES ((size_t)64 * 1024) /* where readers of ZIP look for its end: a comment may follow it */

static const struct refusal_info REFUSALS[REFUSAL_COUNT] = {
#define X(name, slug, ar, fr, en) [REFUSAL_##name] = {slug, ar, fr, en},
    REFUSAL_LIST(X)
#undef X
};

const struct refusal_info *refusal_info(enum refusal refusal)
{
    return refusal > REFUSAL_NONE && refusal < REFUSAL_COUNT ? &REFUSALS[refusal] : &REFUSALS[REFUSAL_UNREADABLE];
}

enum refusal refusal_parse(struct str slug)
{
    for (int refusal = REFUSAL_NONE + 1; refusal < REFUSAL_COUNT; refusal++)
        if (str_equal(slug, str_from(REFUSALS[refusal].slug)))
            return (enum refusal)refusal;
    return REFUSAL_UNREADABLE;
}

static const char *const STATES[DOCUMENT_STATE_COUNT] = {
    [DOCUMENT_UPLOADING] = "UPLOADING",
    [DOCUMENT_PROCESSING] = "PROCESSING",
    [DOCUMENT_READY] = "READY",
    [DOCUMENT_REFUSED] = "REFUSED",
};

const char *document_state_name(enum document_state state)
{
    return STATES[state];
}

enum document_state document_state_parse(struct str name)
{
    for (int state = 0; state < DOCUMENT_STATE_COUNT; state++)
        if (str_equal(name, str_from(STATES[state])))
            return (enum document_state)state;
    return DOCUMENT_REFUSED;
}

bool document_is_taken(enum application_state state)
{
    static const bool TAKEN[STATE_COUNT] = {
        [STATE_DRAFT] = true,      [STATE_SUBMITTED] = true,      [STATE_DUPLICATE_REVIEW] = true,
        [STATE_SCREENING] = true,  [STATE_INFO_REQUESTED] = true, [STATE_INELIGIBLE] = true, /* she may appeal */
        [STATE_ELIGIBLE] = true,   [STATE_IN_REVIEW] = true,      [STATE_SHORTLISTED] = true,
        [STATE_WAITLISTED] = true, [STATE_APPROVED] = true,       [STATE_REJECTED] = true, /* she may appeal */
        [STATE_FUNDED] = true,     [STATE_FOLLOW_UP] = true,
    };
    return TAKEN[state];
}

int document_piece_count(int64_t bytes, int64_t piece_bytes)
{
    return (int)((bytes + piece_bytes - 1) / piece_bytes);
}

static bool contains(struct str text, struct str word)
{
    for (size_t at = 0; at + word.size <= text.size; at++)
        if (text.at[at] == word.at[0] && memcmp(text.at + at, word.at, word.size) == 0)
            return true;
    return false;
}

static bool contains_nocase(struct str text, struct str word)
{
    for (size_t at = 0; at + word.size <= text.size; at++)
        if (str_equal_nocase((struct str){text.at + at, word.size}, word))
            return true;
    return false;
}

bool document_is_two_files(struct str file, bool is_pdf)
{
    struct str head = {file.at, file.size < HEAD_BYTES ? file.size : HEAD_BYTES};
    size_t tail_size = file.size < TAIL_BYTES ? file.size : TAIL_BYTES;
    struct str tail = {file.at + file.size - tail_size, tail_size};
    /* End of central directory, APPNOTE.TXT §4.3.16; its first two counts are disk numbers, 0 in any archive of one file. */
    if (contains(tail, (struct str){"PK\5\6\0\0\0\0", 8}))
        return true;
    return contains_nocase(head, STR("<script")) || contains_nocase(head, STR("<html")) || (!is_pdf && contains(head, STR("%PDF-")));
}
