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

/* A weight (RFC 9110 §12.4.2) that is zero in all its forms: 0, 0., 0.000. */
bool media_weight_is_zero(struct str parameters)
{
    while (!str_empty(parameters)) {
        struct str value = str_cut(&parameters, ';');
        struct str name = str_trim(str_cut(&value, '='));
        if (!str_equal_nocase(name, STR("q")))
            continue;
        value = str_trim(value);
        for (size_t i = 0; i < value.size; i++)
            if (value.at[i] != '0' && value.at[i] != '.')
                return false;
        return true;
    }
    return false;
}

bool media_accepts(struct str accept, struct str type)
{
    if (str_empty(str_trim(accept)))
        return true;
    int best = 0;
    bool accepted = false;
    while (!str_empty(accept)) {
        struct str parameters = str_cut(&accept, ',');
        struct str range = str_trim(str_cut(&parameters, ';'));
        int here = specificity(range, type);
        if (here > best) {
            best = here;
            accepted = !media_weight_is_zero(parameters);
        }
    }
    return accepted;
}
