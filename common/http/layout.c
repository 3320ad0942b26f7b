#include "http/layout.h"

#include <microhttpd.h>

#define VERSION_SIZE 8 /* HTTP/1.1 */

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
    layout->next = value.at + value.size + 2;
}
