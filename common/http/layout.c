#include "http/layout.h"

#include <microhttpd.h>

#define VERSION_SIZE 8 /* HTTP/1.1 */

/* The library writes a NUL over each byte of a line's end. */
static bool was_line_end(const char *at)
{
    return at[0] == 0 && at[1] == 0;
}

void layout_begin(struct layout *layout, struct str target, const char *version)
{
    *layout = (struct layout){0};
    if (strcmp(MHD_get_version(), "0.9.75") != 0)
        return;
    layout->torn = version != target.at + target.size + 1;
    layout->next = version + VERSION_SIZE + 2;
}

void layout_header(struct layout *layout, struct str name, struct str value)
{
    if (!layout->next || layout->torn)
        return;
    if (name.at != layout->next || value.at <= name.at + name.size) {
        layout->torn = true;
        return;
    }
    for (const char *gap = name.at + name.size + 1; gap < value.at; gap++)
        if (*gap != ' ' && *gap != '\t')
            layout->torn = true;
    if (!was_line_end(value.at + value.size))
        layout->torn = true;
    layout->next = value.at + value.size + 2;
}

void layout_end(struct layout *layout)
{
    if (layout->next && !layout->torn && !was_line_end(layout->next))
        layout->torn = true;
}
