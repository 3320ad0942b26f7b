/* A document that an application asks for: a photo or a PDF, page by page. Its states, why one is refused, and when one may still be sent. Pure. */
#ifndef JISR_INTAKE_DOCUMENT_H
#define JISR_INTAKE_DOCUMENT_H

#include "services/intake/application/application.h"

#define DOCUMENT_BYTES_MAX INT64_C(10485760) /* 10 MB */
#define DOCUMENT_PAGES_MAX 8
#define DOCUMENT_SIDE 2400 /* pixels on the longer side of what is kept: an A4 page at 200 dots an inch */
#define THUMBNAIL_SIDE 320

enum document_state { DOCUMENT_UPLOADING, DOCUMENT_PROCESSING, DOCUMENT_READY, DOCUMENT_REFUSED, DOCUMENT_STATE_COUNT };

/* X(NAME, slug, ar, fr, en) */
#define REFUSAL_LIST(X)                                                                                                                              \
    X(TYPE, "type", "يقبل هنا ملف PDF أو صورة JPEG أو PNG أو WebP فقط.", "Seuls un PDF ou une photo JPEG, PNG ou WebP sont acceptés.",               \
      "Only a PDF, or a photo in JPEG, PNG or WebP, is taken.")                                                                                      \
    X(HEIC, "heic", "صيغة HEIC غير مقبولة: اختاري «الأكثر توافقا» (JPEG) في إعدادات الكاميرا.",                                                      \
      "Le format HEIC n'est pas accepté : choisissez « Le plus compatible » (JPEG) dans les réglages de l'appareil photo.",                          \
      "HEIC is not taken: choose \"Most Compatible\" (JPEG) in the settings of the camera.")                                                         \
    X(DAMAGED, "damaged", "الملف تالف أو غير كامل. أعيدي إرساله.", "Le fichier est abîmé ou incomplet. Envoyez-le à nouveau.",                       \
      "The file is damaged or not complete. Send it again.")                                                                                         \
    X(TOO_MANY_PIXELS, "too-many-pixels", "أبعاد الصورة كبيرة جدا.", "L'image a trop de pixels.", "The picture has too many pixels.")                \
    X(TWO_FILES, "two-files", "يحتوي الملف على أكثر من نوع واحد.", "Ce fichier en cache un autre.", "This file hides another one.")                  \
    X(ENCRYPTED, "encrypted", "ملف PDF محمي بكلمة سر.", "Ce PDF est protégé par un mot de passe.", "This PDF is protected by a password.")           \
    X(ACTIVE, "active", "يحتوي ملف PDF على برنامج أو أوامر.", "Ce PDF contient un script ou des actions.", "This PDF contains a script or actions.") \
    X(EMBEDS, "embeds", "يحتوي ملف PDF على ملفات أخرى.", "Ce PDF contient d'autres fichiers.", "This PDF contains other files.")                     \
    X(TOO_LONG, "too-long", "عدد صفحات ملف PDF كبير جدا.", "Ce PDF a trop de pages.", "This PDF has too many pages.")                                \
    X(VIRUS, "virus", "يحتوي الملف على برنامج ضار.", "Un logiciel malveillant a été trouvé dans ce fichier.",                                        \
      "Malicious software was found in this file.")                                                                                                  \
    X(UNREADABLE, "unreadable", "تعذرت قراءة الملف. جربي صورة أخرى.", "Le fichier n'a pas pu être lu. Essayez une autre photo.",                     \
      "The file could not be read. Try another photo.")

enum refusal {
    REFUSAL_NONE,
#define X(name, slug, ar, fr, en) REFUSAL_##name,
    REFUSAL_LIST(X)
#undef X
        REFUSAL_COUNT
};

struct refusal_info {
    const char *slug, *ar, *fr, *en;
};

/* Never NULL; what is no refusal gives that of UNREADABLE. */
const struct refusal_info *refusal_info(enum refusal refusal);
enum refusal refusal_parse(struct str slug); /* REFUSAL_UNREADABLE for one that isn't known */

const char *document_state_name(enum document_state state);
enum document_state document_state_parse(struct str name);
/* Whether an application in this state still takes documents: until it is decided for good. */
bool document_is_taken(enum application_state state);
int document_piece_count(int64_t bytes, int64_t piece_bytes);

/* A file that another reader would open as something else: a picture that begins like a page or a program, anything that ends like an archive. */
bool document_is_two_files(struct str file, bool is_pdf);

#endif
