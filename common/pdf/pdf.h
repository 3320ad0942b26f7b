/* A PDF that a stranger sent, written anew: only what its pages reach is left, nothing before or behind it, no author and no device. The only folder
 * that includes qpdf. What could act (scripts, launching, forms that send, files inside) is not taken out but refused: such a file is not what it
 * seems. Meant for a caged process (app/cage.h): memory is malloc's, freed with the process. */
#ifndef JISR_PDF_PDF_H
#define JISR_PDF_PDF_H

#include "base/err.h"
#include "base/str.h"

#define PDF_PAGES_MAX 60

enum pdf_verdict { PDF_CLEAN, PDF_DAMAGED, PDF_ENCRYPTED, PDF_ACTIVE, PDF_EMBEDS, PDF_TOO_LONG };

/* Before a cage: the first error of the library makes its runtime look for what it needs, and that must not happen inside. */
void pdf_warm_up(void);
/* PDF_CLEAN: *ret_file is what was written. */
enum pdf_verdict pdf_clean(struct str file, struct str *ret_file);

#endif
