#include "rulesets.h"

#include "base/embedded.h"
#include "json/wire.h"

extern const struct embedded_file CALL_RULESET_FILES[];

static struct str text_of(const struct json_value *ruleset, const char *name)
{
    const struct json_value *value = json_member(ruleset, str_from(name));
    return value && value->kind == JSON_KIND_STRING ? value->string : (struct str){0};
}

/* False: another ruleset's file, or one that eligibility does not start with. */
static bool read_version(const struct embedded_file *file, struct str id, struct arena *arena, struct date *ret_from, struct date *ret_to)
{
    const struct json_value *ruleset = NULL;
    return json_parse((struct str){(const char *)file->bytes, file->size}, arena, &ruleset) == ERR_OK && str_equal(text_of(ruleset, "id"), id) &&
           date_parse(text_of(ruleset, "valid_from"), ret_from) && date_parse(text_of(ruleset, "valid_to"), ret_to);
}

bool ruleset_is_known(struct str id, struct arena *arena)
{
    struct date from, to;
    for (const struct embedded_file *file = CALL_RULESET_FILES; file->path; file++)
        if (read_version(file, id, arena, &from, &to))
            return true;
    return false;
}

/* The last day up to which its versions follow one another from `day` on; the day before where there is none. */
static int64_t valid_until(struct str id, int64_t day, struct arena *arena)
{
    int64_t until = day - 1;
    struct date from, to;
    for (const struct embedded_file *file = CALL_RULESET_FILES; file->path;) {
        bool goes_on = read_version(file, id, arena, &from, &to) && date_to_days(from) <= until + 1 && date_to_days(to) > until;
        until = goes_on ? date_to_days(to) : until;
        file = goes_on ? CALL_RULESET_FILES : file + 1;
    }
    return until;
}

bool ruleset_covers(struct str id, struct date first, struct date last, struct arena *arena)
{
    return valid_until(id, date_to_days(first), arena) >= date_to_days(last);
}

void ruleset_check(const struct call_document *document, struct arena *arena, struct violations *violations)
{
    if (str_empty(str_trim(document->ruleset)))
        return;
    if (!ruleset_is_known(document->ruleset, arena))
        violations_add(violations, STR("/ruleset"), VIOLATION_UNKNOWN, "a ruleset that eligibility has");
    else if (document->opens_at != INSTANT_NEVER && document->opens_at < document->closes_at &&
             !ruleset_covers(document->ruleset, instant_casablanca_date(document->opens_at), instant_casablanca_date(document->closes_at - 1), arena))
        violations_add(violations, STR("/ruleset"), VIOLATION_NOT_ALLOWED, "a ruleset that is not valid on each day of the call");
}
