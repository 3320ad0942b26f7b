#include "http/media.h"

static bool charset_is_other(struct str parameter)
{
    struct str value = parameter;
    struct str name = str_trim(str_cut(&value, '='));
    value = str_trim(value);
    if (value.size >= 2 && value.at[0] == '"' && value.at[value.size - 1] == '"')
        value = (struct str){value.at + 1, value.size - 2};
    return str_equal_nocase(name, STR("charset")) && !str_equal_nocase(value, STR("utf-8"));
}

bool media_is_json(struct str content_type)
{
    struct str parameters = content_type;
    if (!str_equal_nocase(str_trim(str_cut(&parameters, ';')), STR("application/json")))
        return false;
    while (!str_empty(parameters))
        if (charset_is_other(str_cut(&parameters, ';')))
            return false;
    return true;
}

/* 3: the type itself, 2: its group, 1: anything, 0: something else. */
static int specificity(struct str range, struct str type)
{
    if (str_equal_nocase(range, type))
        return 3;
    if (str_equal(range, STR("*/*")))
        return 1;
    struct str group = type;
    group = str_cut(&group, '/');
    bool same_group = range.size == group.size + 2 && str_ends(range, STR("/*")) && str_equal_nocase((struct str){range.at, group.size}, group);
    return same_group ? 2 : 0;
}

/* 0, 0., 0.5, 0.123, 1.000 (RFC 9110 §12.4.2). */
static int thousandths(struct str text)
{
    struct str rest = text;
    struct str whole = str_cut(&rest, '.');
    int64_t fraction = 0;
    if (rest.size > 3 || (rest.size > 0 && (!str_parse_int64(rest, &fraction) || fraction < 0)) || !str_equal(whole, STR("0")))
        return 1000;
    for (size_t i = rest.size; i < 3; i++)
        fraction *= 10;
    return (int)fraction;
}

int media_weight(struct str parameters)
{
    while (!str_empty(parameters)) {
        struct str value = str_cut(&parameters, ';');
        struct str name = str_trim(str_cut(&value, '='));
        if (str_equal_nocase(name, STR("q")))
            return thousandths(str_trim(value));
    }
    return 1000;
}

struct range {
    int specificity, weight; /* 0, 0: no range has the type in it */
};

/* The most specific range that has the type in it; of two, the first. */
static struct range range_of(struct str accept, struct str type)
{
    struct range best = {0};
    while (!str_empty(accept)) {
        struct str parameters = str_cut(&accept, ',');
        struct str name = str_trim(str_cut(&parameters, ';'));
        int here = specificity(name, type);
        if (here > best.specificity)
            best = (struct range){here, media_weight(parameters)};
    }
    return best;
}

bool media_accepts(struct str accept, struct str type)
{
    return str_empty(str_trim(accept)) || range_of(accept, type).weight > 0;
}

bool media_prefers(struct str accept, struct str type, struct str other)
{
    struct range wanted = range_of(accept, type), beside = range_of(accept, other);
    if (wanted.specificity < 3 || wanted.weight == 0)
        return false;
    return beside.specificity == 3 ? wanted.weight > beside.weight : wanted.weight >= beside.weight;
}
