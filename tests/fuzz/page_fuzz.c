/* Her data as a page: whatever she, or anybody, wrote in it is text. */
#include "fuzz.h"
#include "services/intake/personal/export_page.h"

static bool is_ours(struct str tag)
{
    static const char *const TAGS[] = {
        "!doctype html", "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "dl", "dt", "dd", "ol", "li", "bdi", NULL};
    for (size_t i = 0; TAGS[i]; i++) {
        struct str name = str_from(TAGS[i]);
        if (str_starts(tag, name) && tag.size > name.size && (tag.at[name.size] == '>' || tag.at[name.size] == ' '))
            return true;
    }
    return false;
}

static void hold_has_only_our_tags(struct str html)
{
    int64_t open = 0;
    for (size_t i = 0; i < html.size; i++) {
        if (html.at[i] != '<')
            continue;
        bool closes = i + 1 < html.size && html.at[i + 1] == '/';
        struct str tag = {html.at + i + 1 + closes, html.size - i - 1 - closes};
        HOLD(is_ours(tag), "a tag is one of ours");
        bool is_empty = str_starts(tag, STR("!doctype")) || str_starts(tag, STR("meta"));
        open += is_empty ? 0 : closes ? -1 : 1;
    }
    HOLD(open == 0, "and is closed");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = fuzz_arena();
    struct str rest = fuzz_text(bytes, size), html;
    struct export_parts parts = {.notice = str_cut(&rest, '\n'), .consents = STR("[]"), .documents = STR("[]"), .reads = STR("[]")};
    parts.form = str_cut(&rest, '\n');
    parts.application = rest.size ? rest : STR("{}");
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        if (export_page(&parts, (enum language)language, arena, &html) == ERR_OK)
            hold_has_only_our_tags(html);
    return 0;
}
