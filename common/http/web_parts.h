/* Pages made of parts: a line `<!-- part: top -->` of an HTML file stands for the file parts/top.html below the folder of the pages.
 * Done once, when the pages are read, so that what all pages share is written once and still arrives with the page itself. */
#ifndef JISR_HTTP_WEB_PARTS_H
#define JISR_HTTP_WEB_PARTS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* `folder`: descriptor of the pages' folder. ERR_NOT_FOUND names a part that isn't there in *ret_missing. Parts hold no parts. */
enum err web_parts_expand(int folder, struct str page, struct arena *arena, struct str *ret_page, struct str *ret_missing) MUST_CHECK;

#endif
