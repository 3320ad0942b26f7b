#include "export_page.h"

#include "base/wording.h"
#include "export_words.h"
#include "json/wire.h"

#define PAGE_BYTES_MAX ((size_t)4 << 20)
#define DEPTH_MAX 12

static const char HEAD[] =
    "<!doctype html><html lang=\"%s\" dir=\"%s\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
    "content=\"width=device-width\"><title>%s</title>"
    "<style>body{font:16px/1.5 "
    "system-ui,sans-serif;max-width:48rem;margin:auto;padding:1rem}h1{font-size:1.5rem}h2{font-size:1.2rem;border-bottom:1px solid}"
    "dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.2rem 1rem;margin:.3rem 0}dt{color:#444}dd{margin:0;overflow-wrap:anywhere}"
    "dd dl{border-inline-start:2px solid #bbb;padding-inline-start:.6rem}ol{margin:.2rem 0;padding-inline-start:1.4rem}"
    "@media(max-width:30rem){dl{grid-template-columns:1fr}}</style></head><body>";

struct page {
    struct buf out;
    struct arena *arena;
    enum language language;
    int depth;
};

static void add_text(struct page *page, struct str text)
{
    static const struct {
        char byte;
        const char *entity;
    } ENTITIES[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
    for (size_t i = 0; i < text.size; i++) {
        size_t entity = 0;
        while (entity < 5 && ENTITIES[entity].byte != text.at[i])
            entity++;
        if (entity < 5)
            buf_add(&page->out, str_from(ENTITIES[entity].entity));
        else
            buf_byte(&page->out, text.at[i]);
    }
}

static struct str word_or(struct str code, enum language language)
{
    struct str word = export_word(code, language);
    return str_empty(word) ? code : word;
}

static bool is_nothing(const struct json_value *value)
{
    return value->kind == JSON_KIND_NULL || ((value->kind == JSON_KIND_ARRAY || value->kind == JSON_KIND_OBJECT) && value->count == 0) ||
           (value->kind == JSON_KIND_STRING && str_empty(value->string));
}

/* {"ar","fr","en"}: the text in her language, or whichever there is. */
static const struct json_value *in_her_language(const struct json_value *object, enum language language)
{
    const struct json_value *found = json_member(object, str_from(language_code(language)));
    for (int other = 0; (!found || is_nothing(found)) && other < LANGUAGE_COUNT; other++)
        found = json_member(object, str_from(language_code((enum language)other)));
    return found && !is_nothing(found) && json_member(object, STR("fr")) ? found : NULL;
}

/* Days, and times to the minute, as she reads them where she lives; everything else as it is. */
static struct str readable(struct str text, const struct page *page)
{
    struct date date;
    instant_us at;
    if (date_parse(text, &date))
        return wording_day(page->arena, date, page->language);
    if (text.size < 20 || !instant_parse(text, &at))
        return text;
    int64_t minute = (at / INSTANT_SECOND + instant_casablanca_offset_s(at)) / 60 % INT64_C(1440);
    struct str day = wording_day(page->arena, instant_casablanca_date(at), page->language);
    return str_format(page->arena, "%.*s%s %02d:%02d", (int)day.size, day.at, page->language == LANGUAGE_AR ? "،" : ",", (int)(minute / 60),
                      (int)(minute % 60));
}

static void add_value(struct page *page, struct str name, const struct json_value *value);

static void add_members(struct page *page, const struct json_value *object)
{
    buf_add(&page->out, STR("<dl>"));
    for (size_t i = 0; i < object->count; i++) {
        if (is_nothing(&object->items[i]))
            continue;
        buf_add(&page->out, STR("<dt>"));
        add_text(page, word_or(object->names[i], page->language));
        buf_add(&page->out, STR("</dt><dd>"));
        add_value(page, object->names[i], &object->items[i]);
        buf_add(&page->out, STR("</dd>"));
    }
    buf_add(&page->out, STR("</dl>"));
}

static void add_object(struct page *page, const struct json_value *object)
{
    const struct json_value *text = in_her_language(object, page->language);
    const struct json_value *ar = json_member(object, STR("ar")), *latin = json_member(object, STR("latin"));
    if (text) {
        add_value(page, (struct str){0}, text);
    } else if (ar || latin) { /* a name in both scripts */
        if (ar)
            add_value(page, (struct str){0}, ar);
        buf_add(&page->out, ar && latin ? STR(" — ") : STR(""));
        if (latin)
            add_value(page, (struct str){0}, latin);
    } else {
        add_members(page, object);
    }
}

static void add_list(struct page *page, struct str name, const struct json_value *list)
{
    buf_add(&page->out, STR("<ol>"));
    for (size_t i = 0; i < list->count; i++) {
        buf_add(&page->out, STR("<li>"));
        add_value(page, name, &list->items[i]);
        buf_add(&page->out, STR("</li>"));
    }
    buf_add(&page->out, STR("</ol>"));
}

static void add_number(struct page *page, struct str name, double number)
{
    if (str_ends(name, STR("_centimes")))
        buf_format(&page->out, "%.2f MAD", number / 100);
    else
        json_add_number(&page->out, number);
}

static void add_value(struct page *page, struct str name, const struct json_value *value)
{
    if (page->depth == DEPTH_MAX)
        return;
    page->depth++;
    switch (value->kind) {
    case JSON_KIND_NULL:
        break;
    case JSON_KIND_BOOL:
        add_text(page, export_word(value->boolean ? STR("true") : STR("false"), page->language));
        break;
    case JSON_KIND_NUMBER:
        add_number(page, name, value->number);
        break;
    case JSON_KIND_STRING:
        buf_add(&page->out, STR("<bdi>"));
        add_text(page, word_or(readable(value->string, page), page->language));
        buf_add(&page->out, STR("</bdi>"));
        break;
    case JSON_KIND_ARRAY:
        add_list(page, name, value);
        break;
    case JSON_KIND_OBJECT:
        add_object(page, value);
        break;
    }
    page->depth--;
}

static enum err add_part(struct page *page, const char *name, struct str json)
{
    const struct json_value *value;
    if (json_parse(json, page->arena, &value) != ERR_OK)
        return ERR_INTERNAL;
    const struct json_value *items = json_member(value, STR("items"));
    buf_add(&page->out, STR("<h2>"));
    add_text(page, word_or(str_from(name), page->language));
    buf_add(&page->out, STR("</h2>"));
    if (!items)
        add_value(page, str_from(name), value);
    else if (items->count > 0)
        add_value(page, str_from(name), items);
    else
        buf_add(&page->out, STR("<p>—</p>"));
    return ERR_OK;
}

enum err export_page(const struct export_parts *parts, enum language language, struct arena *arena, struct str *ret_html)
{
    const struct {
        const char *name;
        struct str json;
    } PARTS[] = {{"application", parts->application},
                 {"form", parts->form},
                 {"consents", parts->consents},
                 {"documents", parts->documents},
                 {"reads", parts->reads}};
    struct page page = {.arena = arena, .language = language};
    const char *title = export_word(STR("title"), language).at;
    buf_init(&page.out, arena, PAGE_BYTES_MAX);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* HEAD, above: three texts of ours */
    buf_format(&page.out, HEAD, language_code(language), language == LANGUAGE_AR ? "rtl" : "ltr", title);
#pragma GCC diagnostic pop
    buf_format(&page.out, "<h1>%s</h1><p>", title);
    add_text(&page, parts->notice);
    buf_add(&page.out, STR("</p>"));
    for (size_t i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]); i++) {
        enum err err = add_part(&page, PARTS[i].name, PARTS[i].json);
        if (err != ERR_OK)
            return err;
    }
    buf_add(&page.out, STR("</body></html>\n"));
    return buf_done(&page.out, ret_html);
}
