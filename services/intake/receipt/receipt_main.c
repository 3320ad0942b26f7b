/* jisr-receipt: a receipt as JSON on standard input, the PDF on standard output. Started by the service for one receipt, so that fonts, caches and
 * whatever the drawing libraries keep are gone with it. Exit status: 0 drawn, 1 not. */
#include <unistd.h>

#include "receipt_page.h"

#define ARENA_BYTES ((size_t)16 << 20)
#define INPUT_BYTES_MAX ((size_t)64 << 10)

static bool read_all(struct arena *arena, struct str *ret_text)
{
    char *text = arena_take(arena, INPUT_BYTES_MAX);
    size_t size = 0;
    ssize_t got = 0;
    while (text && size < INPUT_BYTES_MAX && (got = read(STDIN_FILENO, text + size, INPUT_BYTES_MAX - size)) > 0)
        size += (size_t)got;
    *ret_text = (struct str){text, size};
    return text && got == 0;
}

static bool write_all(struct str bytes)
{
    while (bytes.size > 0) {
        ssize_t put = write(STDOUT_FILENO, bytes.at, bytes.size);
        if (put <= 0)
            return false;
        bytes = (struct str){bytes.at + put, bytes.size - (size_t)put};
    }
    return true;
}

int main(void)
{
    static struct violations violations;
    struct receipt_page page;
    struct str text, pdf;
    struct arena *arena = arena_new(ARENA_BYTES);
    if (!arena)
        return 1;
    json_setup();
    violations_init(&violations, arena);
    bool done = read_all(arena, &text) && wire_decode(&RECEIPT_PAGE, text, WIRE_REFUSE_UNKNOWN, arena, &page, &violations) == ERR_OK &&
                receipt_page_draw(&page, arena, &pdf) == ERR_OK && write_all(pdf);
    _exit(done ? 0 : 1); /* the libraries' caches are not worth freeing */
}
