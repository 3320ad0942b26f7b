/* One A4 page as a PDF: text shaped by Pango (Arabic joins and runs from right to left), rules, a QR code. The only folder that includes Pango, cairo
 * and libqrencode. Measures are points from the top left corner. One thread at a time; the libraries keep caches for the life of the process, so a
 * program that draws is a short-lived one. The same calls give the same page: no clock, no randomness. */
#ifndef JISR_PAPER_PAPER_H
#define JISR_PAPER_PAPER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/violation.h"

#define PAPER_WIDTH 595.28 /* ISO 216 A4 at 72 points an inch */
#define PAPER_HEIGHT 841.89

struct paper;

/* Closed with the arena at the latest. `created`: RFC 3339, for the document's properties. */
enum err paper_open(struct str title, struct str created, struct arena *arena, struct paper **ret_paper) MUST_CHECK;

struct paper_text {
    double x, y, width; /* of the block; lines are broken to fit */
    double size;        /* of the letters */
    bool bold, centred;
    enum language language;
    struct str text; /* UTF-8 */
};
/* The height of what was written. */
double paper_write(struct paper *paper, const struct paper_text *text);
void paper_rule(struct paper *paper, double x, double y, double width);
/* ERR_LIMIT: more than a QR code holds. */
enum err paper_qr(struct paper *paper, double x, double y, double side, struct str text) MUST_CHECK;
/* The file's bytes, in the arena. ERR_LIMIT past its ceiling, ERR_INTERNAL when cairo failed. */
enum err paper_close(struct paper *paper, struct str *ret_pdf) MUST_CHECK;

#endif
