/* The first page of a PDF as a small picture. The only folder that includes poppler; cairo comes along, poppler draws on it. Meant for a caged
 * process (app/cage.h): memory is malloc's, freed with the process, and nothing bounds the time here: a page may draw for hours. */
#ifndef JISR_PREVIEW_PREVIEW_H
#define JISR_PREVIEW_PREVIEW_H

#include "base/err.h"
#include "base/str.h"
#include "picture/picture.h"

/* Before a cage: the tables of poppler and the list of fonts are read. A font that a PDF names and does not bring (PDF 32000-1 §9.6.2.2 allows that
 * for fourteen) can't be opened inside: its text stays away from the picture, the rest is there. */
void preview_warm_up(void);
/* `side`: pixels of the longer side, whatever size the page has. ERR_INVALID: poppler can't read it, or the page has no size. */
enum err preview_draw(struct str pdf, int side, struct picture *ret_picture) MUST_CHECK;

#endif
