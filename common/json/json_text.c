#include "json/number.h"
#include "json/wire.h"

void json_close(struct buf *out, char bracket)
{
    if (!out->failed && out->size && out->at[out->size - 1] == ',')
        out->at[out->size - 1] = bracket;
    else
        buf_byte(out, bracket);
}

/* How many bytes from the start need no escape: printable ASCII. */
static size_t plain_run(struct str text)
{
    size_t run = 0;
    while (run < text.size) {
        unsigned char c = (unsigned char)text.at[run];
        if (c < 0x20 || c == '"' || c == '\\' || c >= 0x80)
            break;
        run++;
    }
    return run;
}

static void add_escape(struct buf *out, unsigned char c)
{
    static const char SHORT[0x20] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    char text[6] = {'\\', (char)c, '0', '0', 0, 0};
    size_t size = 2;
    if (c < 0x20 && SHORT[c]) {
        text[1] = SHORT[c];
    } else if (c < 0x20) {
        text[1] = 'u';
        text[2] = '0';
        text[3] = '0';
        text[4] = "0123456789abcdef"[c >> 4];
        text[5] = "0123456789abcdef"[c & 15];
        size = 6;
    }
    buf_add(out, (struct str){text, size});
}

void json_add_string(struct buf *out, struct str text)
{
    buf_byte(out, '"');
    while (text.size) {
        size_t step = plain_run(text);
        if (step) {
            buf_add(out, (struct str){text.at, step});
        } else if ((unsigned char)text.at[0] < 0x80) {
            step = 1;
            add_escape(out, (unsigned char)text.at[0]);
        } else {
            step = str_utf8_step(text);
            buf_add(out, step ? (struct str){text.at, step} : STR("\xef\xbf\xbd"));
            step = step ? step : 1;
        }
        text = (struct str){text.at + step, text.size - step};
    }
    buf_byte(out, '"');
}

void json_add_number(struct buf *out, double number)
{
    char text[NUMBER_TEXT_SIZE];
    size_t size = number_format(number, text);
    buf_add(out, (struct str){text, size});
}

static void add_items(struct buf *out, const struct json_value *value)
{
    bool object = value->kind == JSON_KIND_OBJECT;
    buf_byte(out, object ? '{' : '[');
    for (size_t i = 0; i < value->count; i++) {
        if (object) {
            json_add_string(out, value->names[i]);
            buf_byte(out, ':');
        }
        json_add_value(out, &value->items[i]);
        buf_byte(out, ',');
    }
    json_close(out, object ? '}' : ']');
}

/* Recursion as deep as the value, and json_parse lets none be deeper than 32. */
void json_add_value(struct buf *out, const struct json_value *value)
{
    switch (value->kind) {
    case JSON_KIND_NULL:
        buf_add(out, STR("null"));
        break;
    case JSON_KIND_BOOL:
        buf_add(out, value->boolean ? STR("true") : STR("false"));
        break;
    case JSON_KIND_NUMBER:
        json_add_number(out, value->number);
        break;
    case JSON_KIND_STRING:
        json_add_string(out, value->string);
        break;
    case JSON_KIND_ARRAY:
    case JSON_KIND_OBJECT:
        add_items(out, value);
        break;
    }
}
