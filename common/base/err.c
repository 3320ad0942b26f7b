#include "base/err.h"

static const struct err_info INFOS[] = {
#define X(name, status, verdict, slug, text) {#name, status, VERDICT_##verdict, slug, text},
    ERR_LIST(X)
#undef X
};

const struct err_info *err_info(enum err err)
{
    if ((unsigned)err >= ERR_COUNT)
        return &INFOS[ERR_INTERNAL];
    return &INFOS[err];
}
