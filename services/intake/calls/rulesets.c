#include "rulesets.h"

#include "base/embedded.h"
#include "json/wire.h"

extern const struct embedded_file CALL_RULESET_FILES[];

bool ruleset_is_known(struct str id, struct arena *arena)
{
    for (const struct embedded_file *file = CALL_RULESET_FILES; file->path; file++) {
        const struct json_value *ruleset = NULL;
        if (json_parse((struct str){(const char *)file->bytes, file->size}, arena, &ruleset) != ERR_OK)
            continue; /* eligibility does not start with it */
        const struct json_value *named = json_member(ruleset, STR("id"));
        if (named && named->kind == JSON_KIND_STRING && str_equal(named->string, id))
            return true;
    }
    return false;
}
