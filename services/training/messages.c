#include "messages.h"

#define CODE_MAX 64
#define COUNT_MAX 1000000000

static const struct wire_field placed_fields[] = {
    WIRE_ID(placed_message, application, WIRE_REQUIRED),
    WIRE_TEXT(placed_message, call, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(placed_message, kind, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(placed_message, region, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(placed_message, province, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(placed_message, outcome, WIRE_NULLABLE, 0, CODE_MAX),
    WIRE_BOOL(placed_message, unlisted, WIRE_NULLABLE),
};
WIRE_TABLE(PLACED_MESSAGE, placed_message, placed_fields);

static const struct wire_field transition_fields[] = {
    WIRE_TEXT(transition_message, from, WIRE_NULLABLE, 0, CODE_MAX),
    WIRE_TEXT(transition_message, to, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_INSTANT(transition_message, at, WIRE_REQUIRED),
};
static WIRE_TABLE(TRANSITION_MESSAGE, transition_message, transition_fields);

static const struct wire_field enrolment_fields[] = {
    WIRE_ID(enrolment_message, application, WIRE_REQUIRED),
    WIRE_INT(enrolment_message, version, WIRE_REQUIRED, 1, COUNT_MAX),
    WIRE_TEXT(enrolment_message, call, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(enrolment_message, kind, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(enrolment_message, region, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(enrolment_message, province, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(enrolment_message, state, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_LIST(enrolment_message, transitions, WIRE_REQUIRED, 1, 16, &TRANSITION_MESSAGE),
    WIRE_ID(enrolment_message, enrolment, WIRE_REQUIRED),
    WIRE_ID(enrolment_message, session, WIRE_NULLABLE),
    WIRE_TEXT(enrolment_message, course, WIRE_NULLABLE, 0, 200),
    WIRE_RAW(enrolment_message, title, WIRE_NULLABLE),
    WIRE_TEXT(enrolment_message, place, WIRE_NULLABLE, 0, 200),
    WIRE_INSTANT(enrolment_message, starts_at, WIRE_NULLABLE),
};
WIRE_TABLE(ENROLMENT_MESSAGE, enrolment_message, enrolment_fields);

static const struct wire_field session_fields[] = {
    WIRE_ID(session_item, id, WIRE_REQUIRED),
    WIRE_TEXT(session_item, course, WIRE_REQUIRED, 1, 200),
    WIRE_RAW(session_item, title, WIRE_REQUIRED),
    WIRE_TEXT(session_item, call, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_TEXT(session_item, place, WIRE_REQUIRED, 1, 200),
    WIRE_TEXT(session_item, province, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_INSTANT(session_item, starts_at, WIRE_REQUIRED),
    WIRE_INT(session_item, capacity, WIRE_REQUIRED, 0, COUNT_MAX),
    WIRE_INT(session_item, enrolled, WIRE_REQUIRED, 0, COUNT_MAX),
    WIRE_INT(session_item, waitlisted, WIRE_REQUIRED, 0, COUNT_MAX),
    WIRE_TEXT(session_item, state, WIRE_REQUIRED, 1, CODE_MAX),
};
WIRE_TABLE(SESSION_ITEM, session_item, session_fields);

static const struct wire_field page_fields[] = {
    WIRE_LIST(session_page, items, WIRE_REQUIRED, 0, 1000, &SESSION_ITEM),
};
WIRE_TABLE(SESSION_PAGE, session_page, page_fields);

static const struct wire_field item_fields[] = {
    WIRE_ID(enrolment_item, id, WIRE_REQUIRED),
    WIRE_TEXT(enrolment_item, state, WIRE_REQUIRED, 1, CODE_MAX),
    WIRE_INT(enrolment_item, version, WIRE_REQUIRED, 1, COUNT_MAX),
    WIRE_ID(enrolment_item, session, WIRE_NULLABLE),
    WIRE_TEXT(enrolment_item, course, WIRE_NULLABLE, 0, 200),
    WIRE_RAW(enrolment_item, title, WIRE_NULLABLE),
    WIRE_TEXT(enrolment_item, place, WIRE_NULLABLE, 0, 200),
    WIRE_INSTANT(enrolment_item, starts_at, WIRE_NULLABLE),
};
WIRE_TABLE(ENROLMENT_ITEM, enrolment_item, item_fields);
