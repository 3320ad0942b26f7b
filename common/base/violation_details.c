/* What a violation expects, where it is said in words. Numbers, codes and formats are the same in all languages and are not here. */
#include "base/violation.h"

/* By the English text, which is what the code gives. */
static const struct {
    const char *en, *fr, *ar;
} DETAILS[] = {
    {"1 or 2 letters, then 4 to 8 digits", "1 ou 2 lettres, puis 4 à 8 chiffres", "حرف أو حرفان ثم 4 إلى 8 أرقام"},
    {"15 digits", "15 chiffres", "15 رقما"},
    {"5 to 16 letters and digits", "5 à 16 lettres et chiffres", "من 5 إلى 16 حرفا ورقما"},
    {"a call of the programme", "un appel du programme", "نداء من نداءات البرنامج"},
    {"a code such as agrifood", "un code comme agrifood", "رمز مثل agrifood"},
    {"a cooperative has no situation", "une coopérative n'a pas de situation personnelle", "ليست للتعاونية وضعية شخصية"},
    {"a day before what it follows", "un jour avant ce qu'il suit", "يوم يسبق ما قبله"},
    {"a cursor of this list", "un curseur de cette liste", "مؤشر من هذه القائمة"},
    {"a file of persons", "un fichier de personnes", "ملف أشخاص"},
    {"a member of a cooperative that is refused for another line", "une adhérente d'une coopérative refusée pour une autre ligne",
     "عضوة في تعاونية رفضت بسبب سطر آخر"},
    {"a paper beside her code", "un papier en plus de son code", "وثيقة ورقية مع رمزها السري"},
    {"a person has no cooperative", "une personne n'a pas de coopérative", "ليست للشخص تعاونية"},
    {"a pointer into the form, as /applicant/phone", "un pointeur dans le formulaire, comme /applicant/phone",
     "مؤشر داخل الاستمارة، مثل /applicant/phone"},
    {"a province of a call", "une province d'un appel", "إقليم من نداء"},
    {"a province that is another region's", "une province d'une autre région", "إقليم من جهة أخرى"},
    {"a province with a quota in this call", "une province qui a des places dans cet appel", "إقليم له حصة في هذا النداء"},
    {"a purpose that this call asks for", "une finalité que cet appel demande", "غرض يطلبه هذا النداء"},
    {"a ruleset that eligibility has", "un barème que l'éligibilité connaît", "سلم تنقيط تعرفه خدمة الأهلية"},
    {"a ruleset that is not valid on each day of the call", "un barème qui n'est pas valable chaque jour de l'appel",
     "سلم تنقيط غير ساري طيلة أيام النداء"},
    {"a state of an application", "un état de demande", "حالة من حالات الطلب"},
    {"a value", "une valeur", "قيمة"},
    {"a whole receipt number", "un numéro de récépissé complet", "رقم وصل كامل"},
    {"a working calendar", "un calendrier de jours ouvrés", "تقويم أيام العمل"},
    {"a-z, 0-9 and -, from 3 characters on", "a-z, 0-9 et -, à partir de 3 caractères", "a-z و0-9 و-، ابتداء من 3 رموز"},
    {"after opens_at", "après opens_at", "بعد opens_at"},
    {"another application of the territory", "une autre demande du territoire", "طلب آخر من المنطقة"},
    {"another calendar than was published", "un autre calendrier que celui publié", "تقويم غير المنشور"},
    {"another birth date than the applicant's, who she is", "une autre date de naissance que celle de la demandeuse, qu'elle est",
     "تاريخ ازدياد غير تاريخ صاحبة الطلب، وهي نفسها"},
    {"another call than before", "un autre appel qu'avant", "نداء غير السابق"},
    {"another call than the address names", "un autre appel que celui de l'adresse", "نداء غير المذكور في العنوان"},
    {"another counting than was published", "un autre décompte que celui publié", "طريقة حساب غير المنشورة"},
    {"another kind than before", "un autre genre qu'avant", "نوع غير السابق"},
    {"another name than the applicant's, who she is", "un autre nom que celui de la demandeuse, qu'elle est", "اسم غير اسم صاحبة الطلب، وهي نفسها"},
    {"another region than was published", "une autre région que celle publiée", "جهة غير المنشورة"},
    {"another time than was published", "un autre délai que celui publié", "أجل غير المنشور"},
    {"another value than in the other lines of the cooperative", "une autre valeur que dans les autres lignes de la coopérative",
     "قيمة غير التي في الأسطر الأخرى للتعاونية"},
    {"application", "demande", "طلب"},
    {"array", "liste", "قائمة"},
    {"boolean", "vrai ou faux", "صحيح أو خطأ"},
    {"choices belong to the type choice, which needs them", "les choix vont avec le type choice, qui en a besoin",
     "الخيارات خاصة بالنوع choice وهو يحتاجها"},
    {"how an agent helped, from others than an agent", "l'aide d'un agent, de la part de quelqu'un d'autre", "مساعدة عون، من غير عون"},
    {"in the future", "dans le futur", "في المستقبل"},
    {"integer", "nombre entier", "عدد صحيح"},
    {"ISO 3166-2, as MA-03", "ISO 3166-2, comme MA-03", "ISO 3166-2، مثل MA-03"},
    {"ISO 3166-2, of the region's country", "ISO 3166-2, du pays de la région", "ISO 3166-2، من بلد الجهة"},
    {"its likely double has been paid: a reviewer has to tell them apart first",
     "son double probable est financé : un instructeur doit d'abord les distinguer", "النسخة المحتملة منه ممولة: يجب أن يميز بينهما دارس الملف أولا"},
    {"legal hold: an administrator has to lift it first", "conservation légale : un administrateur doit d'abord la lever",
     "حفظ قانوني: يجب أن يرفعه مسؤول أولا"},
    {"legal hold: her project was financed (public accounts)", "conservation légale : son projet a été financé (comptes publics)",
     "حفظ قانوني: تم تمويل مشروعها (الحسابات العمومية)"},
    {"not below min", "pas moins que min", "لا يقل عن min"},
    {"number", "nombre", "عدد"},
    {"object", "objet", "كائن"},
    {"outside of your territory", "hors de votre territoire", "خارج منطقتكم"},
    {"she objects to the use of her data: nobody can tell whether she has a double",
     "elle s'oppose à l'usage de ses données : nul ne peut dire si elle a un double",
     "تعترض على استعمال معطياتها: لا يمكن التأكد من عدم وجود ملف مكرر"},
    {"string", "texte", "نص"},
    {"the amount that she asked for", "le montant qu'elle a demandé", "المبلغ الذي طلبته"},
    {"the applicant is one of the members", "la demandeuse est l'une des membres", "صاحبة الطلب من بين الأعضاء"},
    {"the id of an application", "l'identifiant d'une demande", "معرف طلب"},
    {"the version that this call shows", "la version que montre cet appel", "الصيغة التي يعرضها هذا النداء"},
    {"this call does not ask for it", "cet appel ne le demande pas", "هذا النداء لا يطلبه"},
    {"this kind in this call", "ce genre dans cet appel", "هذا النوع في هذا النداء"},
    {"to leave out a province that was published", "laisser de côté une province publiée", "حذف إقليم منشور"},
    /* net/ssrf.c: the registries' names of addresses, of which a reader needs the kind; the RFC stays beside it */
    {"the host is not readable", "l'hôte est illisible", "اسم المضيف غير مقروء"},
    {"the port must be 1 to 65535", "le port va de 1 à 65535", "المنفذ من 1 إلى 65535"},
    {"the URL needs a host", "l'adresse doit avoir un hôte", "يلزم العنوان اسم مضيف"},
    {"the URL is longer than 2048 bytes", "l'adresse dépasse 2048 octets", "العنوان يتجاوز 2048 بايت"},
    {"a webhook's URL has no fragment", "une adresse de webhook n'a pas de fragment (#)", "لا جزء بعد # في هذا العنوان"},
    {"the URL has a character that must be percent-encoded", "l'adresse a un caractère à coder avec %", "في العنوان رمز يجب ترميزه بعلامة %"},
    {"the URL must not carry a user name", "l'adresse ne doit pas porter de nom d'utilisateur", "يجب ألا يحمل العنوان اسم مستخدم"},
    {"the URL must begin with https:// or http://", "l'adresse doit commencer par https:// ou http://", "يجب أن يبدأ العنوان بـ https:// أو http://"},
    {"the URL must begin with https://", "l'adresse doit commencer par https://", "يجب أن يبدأ العنوان بـ https://"},
    {"neither IPv4 nor IPv6", "ni IPv4 ni IPv6", "لا IPv4 ولا IPv6"},
    {"not Global Unicast", "adresse non publique", "عنوان غير عمومي"},
    {"\"This network\"", "adresse de ce réseau", "عنوان من هذه الشبكة"},
    {"Private-Use", "adresse privée", "عنوان خاص"},
    {"Shared Address Space", "adresse privée", "عنوان خاص"},
    {"Loopback", "adresse de la machine elle-même", "عنوان الجهاز نفسه"},
    {"Link Local", "adresse de lien local", "عنوان محلي للرابط"},
    {"IETF Protocol Assignments", "adresse réservée", "عنوان محجوز"},
    {"Documentation, TEST-NET-1", "adresse de documentation", "عنوان مخصص للوثائق"},
    {"Deprecated 6to4 Relay Anycast", "adresse réservée", "عنوان محجوز"},
    {"Benchmarking", "adresse réservée", "عنوان محجوز"},
    {"Documentation, TEST-NET-2", "adresse de documentation", "عنوان مخصص للوثائق"},
    {"Documentation, TEST-NET-3", "adresse de documentation", "عنوان مخصص للوثائق"},
    {"Multicast", "adresse de multidiffusion", "عنوان بث متعدد"},
    {"Reserved, and Limited Broadcast", "adresse réservée", "عنوان محجوز"},
    {"Loopback Address", "adresse de la machine elle-même", "عنوان الجهاز نفسه"},
    {"Unspecified Address", "adresse réservée", "عنوان محجوز"},
    {"IPv4-mapped Address", "adresse IPv4 traduite", "عنوان IPv4 محول"},
    {"IPv4-compatible Address, deprecated", "adresse IPv4 traduite", "عنوان IPv4 محول"},
    {"IPv4-IPv6 Translation, NAT64", "adresse IPv4 traduite", "عنوان IPv4 محول"},
    {"IPv4-IPv6 Translation, local use", "adresse IPv4 traduite", "عنوان IPv4 محول"},
    {"Documentation", "adresse de documentation", "عنوان مخصص للوثائق"},
    {"IETF Protocol Assignments: Teredo, Benchmarking, ORCHID …", "adresse réservée", "عنوان محجوز"},
    {"6to4", "adresse IPv4 traduite", "عنوان IPv4 محول"},
    {"Unique-Local", "adresse privée", "عنوان خاص"},
    {"Link-Local Unicast", "adresse de lien local", "عنوان محلي للرابط"},
    {"Site-Local, deprecated", "adresse privée", "عنوان خاص"},
    {"not UTF-8", "pas en UTF-8", "ليس بترميز UTF-8"},
    {"the end is missing", "il manque la fin", "النهاية ناقصة"},
    {"more after the end", "du texte après la fin", "نص بعد النهاية"},
    {"a NUL character", "un caractère NUL", "رمز NUL"},
    {"a NUL byte", "un octet NUL", "بايت NUL"},
    {"a member given twice", "un membre donné deux fois", "عنصر مكرر"},
    {"a number beyond all bounds", "un nombre hors de toute borne", "عدد يتجاوز كل الحدود"},
    {"nested too deep", "imbriqué trop profondément", "تداخل أعمق من اللازم"},
    {"not JSON", "ce n'est pas du JSON", "ليس JSON"},
    {"line", "ligne", "السطر"},
    {"column", "colonne", "العمود"},
};

/* False when it has no words of its own: it stays as it is. */
static bool translate(struct str *text, enum language language)
{
    for (size_t i = 0; language != LANGUAGE_EN && i < sizeof(DETAILS) / sizeof(DETAILS[0]); i++)
        if (str_equal(*text, str_from(DETAILS[i].en))) {
            *text = str_from(language == LANGUAGE_FR ? DETAILS[i].fr : DETAILS[i].ar);
            return true;
        }
    return false;
}

/* "line 2": the word, then what is the same in all languages. */
static struct str translate_part(struct str part, enum language language, struct arena *arena)
{
    struct str rest = part, word = str_cut(&rest, ' ');
    if (translate(&part, language) || !translate(&word, language))
        return part;
    return str_format(arena, "%.*s %.*s", (int)word.size, word.at, (int)rest.size, rest.at);
}

/* "Private-Use (RFC 1918)", "JSON (the end is missing, line 1, column 1)": part by part. */
static struct str translate_parts(struct str detail, enum language language, struct arena *arena)
{
    const char *open = detail.size > 0 ? memmem(detail.at, detail.size, " (", 2) : NULL;
    if (!open || detail.at[detail.size - 1] != ')')
        return detail;
    struct str head = {detail.at, (size_t)(open - detail.at)}, rest = {open + 2, detail.size - head.size - 3}, text;
    struct buf out;
    (void)translate(&head, language);
    buf_init(&out, arena, 4096);
    buf_add(&out, head);
    buf_add(&out, STR(" ("));
    for (bool first = true; rest.size > 0; first = false) {
        if (!first)
            buf_add(&out, language == LANGUAGE_AR ? STR("، ") : STR(", "));
        buf_add(&out, translate_part(str_trim(str_cut(&rest, ',')), language, arena));
    }
    buf_byte(&out, ')');
    return buf_done(&out, &text) == ERR_OK ? text : detail;
}

struct str violation_detail(struct str detail, enum language language, struct arena *arena)
{
    struct str text = detail;
    return language == LANGUAGE_EN || translate(&text, language) ? text : translate_parts(detail, language, arena);
}
