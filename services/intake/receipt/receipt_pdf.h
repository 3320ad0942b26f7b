/* GET …/receipt.pdf. The page's QR code holds the address of her status page with the receipt number in its fragment, which browsers keep to
 * themselves. The secret code is never on it: a receipt is copied, shown and left lying about, and the code alone opens the file. */
#ifndef JISR_INTAKE_RECEIPT_PDF_H
#define JISR_INTAKE_RECEIPT_PDF_H

#include "services/intake/application/opening.h"

enum err receipt_pdf_get(struct http_request *request, void *context) MUST_CHECK;

#endif
