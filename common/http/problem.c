#include "http/problem.h"

#include "json/wire.h"

#define PROBLEM_MAX_BYTES ((size_t)64 * 1024)

struct titles {
    const char *in[LANGUAGE_COUNT];
};

#define TITLES(ar, fr, en)                                             \
    {                                                                  \
        {                                                              \
            [LANGUAGE_AR] = ar, [LANGUAGE_FR] = fr, [LANGUAGE_EN] = en \
        }                                                              \
    }

/* What the client reads. One row an error; tests/unit/http_problem proves that none is missing. */
static const struct titles TITLES[ERR_COUNT] = {
    [ERR_OK] = TITLES("تم", "Effectué", "Done"),
    [ERR_MALFORMED] = TITLES("تعذرت قراءة الطلب", "Requête illisible", "The request can't be read"),
    [ERR_BAD_REQUEST] = TITLES("طلب غير مقبول", "Requête non acceptable", "Not an acceptable request"),
    [ERR_KEY_MISSING] = TITLES("ينقص مفتاح Idempotency-Key", "Il manque Idempotency-Key", "Idempotency-Key is missing"),
    [ERR_UNAUTHENTICATED] = TITLES("يلزم تسجيل دخول صحيح", "Identification requise", "A good credential is needed"),
    [ERR_FORBIDDEN] = TITLES("غير مسموح لكم بهذا", "Action non autorisée", "Not allowed with this credential"),
    [ERR_NOT_FOUND] = TITLES("غير موجود", "Introuvable", "Not found"),
    [ERR_METHOD] = TITLES("طريقة غير مقبولة هنا", "Méthode non admise ici", "Method not allowed here"),
    [ERR_NOT_ACCEPTABLE] = TITLES("لا جواب بالصيغة المطلوبة", "Aucune réponse dans le format demandé", "No answer in the accepted media types"),
    [ERR_TIMEOUT] = TITLES("استغرق وصول الطلب وقتا طويلا", "La requête a mis trop de temps à arriver", "The request took too long to arrive"),
    [ERR_CONFLICT] = TITLES("الحالة الراهنة لا تسمح بهذا", "L'état actuel ne le permet pas", "The present state does not allow this"),
    [ERR_IN_FLIGHT] =
        TITLES("طلب بنفس المفتاح قيد المعالجة", "Une requête avec cette clé est en cours", "A request with this key is being worked on"),
    [ERR_LENGTH] = TITLES("يلزم طول المحتوى Content-Length", "Longueur requise (Content-Length)", "Content-Length is needed"),
    [ERR_STALE] = TITLES("تغير المحتوى منذ آخر قراءة", "Modifié depuis la dernière lecture", "Changed since it was last read"),
    [ERR_LIMIT] = TITLES("أكبر من الحجم المقبول", "Trop volumineux", "Too large"),
    [ERR_MEDIA_TYPE] = TITLES("نوع المحتوى غير مقبول", "Type de contenu non admis", "Content type not taken here"),
    [ERR_EXPECTATION] = TITLES("لا يمكن تلبية Expect", "Expect ne peut être satisfait", "The expectation can't be met"),
    [ERR_INVALID] = TITLES("معلومات تحتاج إلى تصحيح", "Des informations sont à corriger", "Some of it needs correcting"),
    [ERR_KEY_REUSED] = TITLES("استعمل هذا المفتاح لطلب آخر", "Cette clé a servi à une autre requête", "This key was used for another request"),
    [ERR_PRECONDITION] = TITLES("يلزم If-Match", "If-Match est requis", "If-Match is needed"),
    [ERR_RATE_LIMITED] = TITLES("طلبات كثيرة؛ أعيدوا المحاولة لاحقا", "Trop de requêtes ; réessayez plus tard", "Too many requests; try again later"),
    [ERR_INTERNAL] = TITLES("عطل من جهتنا", "Une défaillance de notre côté", "A fault of ours"),
    [ERR_UNAVAILABLE] = TITLES("الخدمة غير متاحة حاليا؛ أعيدوا المحاولة", "Service indisponible ; réessayez", "Not available now; try again"),
    [ERR_OVERLOADED] = TITLES("ضغط كبير حاليا؛ أعيدوا المحاولة", "Forte affluence ; réessayez", "Too busy now; try again"),
    [ERR_DRAINING] = TITLES("إعادة تشغيل جارية؛ أعيدوا المحاولة", "Redémarrage en cours ; réessayez", "Restarting; try again"),
    [ERR_COMMIT_UNKNOWN] =
        TITLES("لم تتأكد النتيجة؛ أعيدوا نفس الطلب", "Résultat incertain ; renvoyez la même requête", "Outcome unknown; send the same request again"),
    [ERR_SERIALIZATION] = TITLES("انشغال مؤقت؛ أعيدوا المحاولة", "Occupé un instant ; réessayez", "Busy for a moment; try again"),
    [ERR_MEMORY] = TITLES("الموارد غير كافية؛ أعيدوا المحاولة", "Ressources insuffisantes ; réessayez", "Short of resources; try again"),
    [ERR_FENCED] =
        TITLES("تكفلت نسخة أخرى؛ أعيدوا المحاولة", "Une autre copie a pris le relais ; réessayez", "Another copy has taken over; try again"),
    [ERR_NO_CAUSE] = TITLES("لم يحن الوقت بعد؛ أعيدوا المحاولة", "Trop tôt ; réessayez", "Too early; try again"),
    [ERR_ERASED] = TITLES("حذفت هذه المعطيات", "Ces données ont été effacées", "This data has been erased"),
};

static void add_member(struct buf *out, const char *name, struct str value)
{
    buf_add(out, STR(",\""));
    buf_add(out, str_from(name));
    buf_add(out, STR("\":"));
    json_add_string(out, value);
}

static void add_violations(struct buf *out, const struct violations *violations, enum language language)
{
    buf_add(out, STR(",\"errors\":["));
    for (size_t i = 0; i < violations->count; i++) {
        const struct violation *violation = &violations->items[i];
        buf_add(out, i > 0 ? STR(",{\"pointer\":") : STR("{\"pointer\":"));
        json_add_string(out, violation->pointer);
        add_member(out, "code", str_from(violation_slug(violation->code)));
        add_member(out, "message", violation_text(out->arena, violation, language));
        buf_byte(out, '}');
    }
    buf_byte(out, ']');
}

/* Every 422 says what is wrong with which part: this one is about the whole. */
static void add_whole(struct buf *out, enum err row, enum language language)
{
    buf_add(out, STR(",\"errors\":[{\"pointer\":\"\""));
    add_member(out, "code", str_from(err_info(row)->slug));
    add_member(out, "message", str_from(TITLES[row].in[language]));
    buf_add(out, STR("}]"));
}

struct str problem_text(struct arena *arena, enum err err, enum language language, struct str detail, const struct violations *violations)
{
    const struct err_info *info = err_info(err);
    enum err row = (unsigned)err < ERR_COUNT ? err : ERR_INTERNAL;
    struct buf out;
    struct str text;
    buf_init(&out, arena, PROBLEM_MAX_BYTES);
    buf_format(&out, "{\"type\":\"urn:jisr:problem:%s\"", info->slug);
    add_member(&out, "title", str_from(TITLES[row].in[language]));
    buf_format(&out, ",\"status\":%d", info->http_status);
    if (!str_empty(detail))
        add_member(&out, "detail", detail);
    if (violations && violations->count > 0)
        add_violations(&out, violations, language);
    else if (info->http_status == 422)
        add_whole(&out, row, language);
    buf_byte(&out, '}');
    if (buf_done(&out, &text) != ERR_OK)
        return STR("{\"type\":\"urn:jisr:problem:out-of-memory\",\"title\":\"Short of resources; try again\",\"status\":503}");
    return text;
}
