#include "receipt_page.h"

static const struct wire_field FIELDS[] = {
    WIRE_TEXT(receipt_page, language, WIRE_REQUIRED, 2, 2),   WIRE_TEXT(receipt_page, receipt_number, WIRE_REQUIRED, 1, 20),
    WIRE_TEXT(receipt_page, kind, WIRE_REQUIRED, 1, 20),      WIRE_TEXT(receipt_page, call_ar, WIRE_NULLABLE, 0, 0),
    WIRE_TEXT(receipt_page, call_other, WIRE_NULLABLE, 0, 0), WIRE_TEXT(receipt_page, name_ar, WIRE_NULLABLE, 0, 0),
    WIRE_TEXT(receipt_page, name_other, WIRE_NULLABLE, 0, 0), WIRE_DATE(receipt_page, submitted_on, WIRE_REQUIRED),
    WIRE_DATE(receipt_page, due_on, WIRE_REQUIRED),           WIRE_INT(receipt_page, days, WIRE_REQUIRED, 0, 10000),
    WIRE_TEXT(receipt_page, address, WIRE_REQUIRED, 1, 500),  WIRE_INSTANT(receipt_page, submitted_at, WIRE_REQUIRED),
};
WIRE_TABLE(RECEIPT_PAGE, receipt_page, FIELDS);
