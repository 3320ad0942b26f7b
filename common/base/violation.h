/* What is wrong with a document: a list of (RFC 6901 pointer, code, what was expected). Pure.
 * The domain names the code; the text in ar, fr and en is made at the edge (http/problem.h). */
#ifndef JISR_BASE_VIOLATION_H
#define JISR_BASE_VIOLATION_H

#include <stddef.h>

#include "base/str.h"

/* X(NAME, slug, en, fr, ar). %s in a text is the violation's `detail` (a bound, a list of choices …). */
#define VIOLATION_LIST(X)                                                                                                                           \
    X(REQUIRED, "required", "This field is required.", "Ce champ est obligatoire.", "هذا الحقل إلزامي.")                                            \
    X(TYPE, "type", "Expected %s.", "Attendu : %s.", "المطلوب: %s.")                                                                                \
    X(UNKNOWN_FIELD, "unknown-field", "This field is not known.", "Ce champ n'est pas connu.", "هذا الحقل غير معروف.")                              \
    X(TOO_SHORT, "too-short", "Too short: at least %s.", "Trop court : au moins %s.", "قصير جدا: على الأقل %s.")                                    \
    X(TOO_LONG, "too-long", "Too long: at most %s.", "Trop long : au plus %s.", "طويل جدا: على الأكثر %s.")                                         \
    X(TOO_SMALL, "too-small", "Too small: at least %s.", "Trop petit : au moins %s.", "صغير جدا: على الأقل %s.")                                    \
    X(TOO_LARGE, "too-large", "Too large: at most %s.", "Trop grand : au plus %s.", "كبير جدا: على الأكثر %s.")                                     \
    X(TOO_FEW, "too-few", "Too few: at least %s.", "Pas assez : au moins %s.", "عدد غير كاف: على الأقل %s.")                                        \
    X(TOO_MANY, "too-many", "Too many: at most %s.", "Trop : au plus %s.", "عدد أكثر من اللازم: على الأكثر %s.")                                    \
    X(CHOICE, "choice", "Expected one of: %s.", "Attendu l'un de : %s.", "المطلوب واحد من: %s.")                                                    \
    X(FORMAT, "format", "Not in the expected form: %s.", "Forme inattendue ; attendu : %s.", "صيغة غير صحيحة؛ المطلوب: %s.")                        \
    X(TEXT, "text", "Contains characters that are not allowed.", "Contient des caractères non admis.", "يحتوي على رموز غير مقبولة.")                \
    X(FUTURE, "future", "This date is in the future.", "Cette date est dans le futur.", "هذا التاريخ في المستقبل.")                                 \
    X(DATE, "date", "Not a date that exists (YYYY-MM-DD).", "Cette date n'existe pas (AAAA-MM-JJ).", "تاريخ غير موجود.")                            \
    X(TOO_EARLY, "too-early", "This date is too early: not before %s.", "Cette date est trop ancienne : pas avant le %s.",                          \
      "هذا التاريخ قديم جدا: ليس قبل %s.")                                                                                                          \
    X(UNKNOWN, "unknown", "Not known here: %s.", "Inconnu ici : %s.", "غير معروف هنا: %s.")                                                         \
    X(CLOSED, "closed", "This call does not take applications now.", "Cet appel ne reçoit pas de demandes en ce moment.",                           \
      "هذا النداء لا يستقبل الطلبات حاليا.")                                                                                                        \
    X(CONSENT, "consent", "Without this consent the application can't be processed.", "Sans ce consentement, la demande ne peut pas être traitée.", \
      "بدون هذه الموافقة لا يمكن معالجة الطلب.")                                                                                                    \
    X(NOT_ALLOWED, "not-allowed", "Not allowed here: %s.", "Non admis ici : %s.", "غير مسموح هنا: %s.")                                             \
    X(DUPLICATE, "duplicate", "Given twice.", "Indiqué deux fois.", "مكرر.")                                                                        \
    X(CHECKSUM, "checksum", "The number does not pass its check.", "Le numéro ne passe pas son contrôle.", "الرقم لا يجتاز التحقق.")

enum violation_code {
#define X(name, slug, en, fr, ar) VIOLATION_##name,
    VIOLATION_LIST(X)
#undef X
        VIOLATION_COUNT
};

enum language { LANGUAGE_AR, LANGUAGE_FR, LANGUAGE_EN, LANGUAGE_COUNT };

struct violation {
    struct str pointer; /* RFC 6901, "" = the whole document */
    enum violation_code code;
    struct str detail; /* goes into the text; never personal data: bounds and names, not values */
};

#define VIOLATIONS_MAX 64

struct violations {
    struct arena *arena;
    struct violation items[VIOLATIONS_MAX];
    size_t count; /* those past VIOLATIONS_MAX are counted in `more` only */
    size_t more;
};

void violations_init(struct violations *violations, struct arena *arena);
/* There is no room for another: it is counted in `more`, and nothing has to be made for it. */
bool violations_overflow(struct violations *violations);
/* `pointer` and `detail` are copied. */
void violations_add(struct violations *violations, struct str pointer, enum violation_code code, const char *detail);
/* Appends one step to a pointer: "/" and the name as RFC 6901 §3 writes it. */
void violation_step(struct buf *pointer, struct str name);
/* The detail in that language, in the arena; as it is when it has no words of its own. */
struct str violation_detail(struct str detail, enum language language, struct arena *arena);
const char *violation_slug(enum violation_code code);
/* The text with its detail, in the arena. */
struct str violation_text(struct arena *arena, const struct violation *violation, enum language language);
/* The best of ar, fr, en for an Accept-Language header (RFC 9110 §12.5.4); Arabic when nothing fits. */
enum language language_choose(struct str accept_language);
const char *language_code(enum language language); /* "ar" */

#endif
