#include "receipt_page.h"

#include "base/wording.h"
#include "paper/paper.h"

#define MARGIN 48.0
#define INNER (PAPER_WIDTH - 2 * MARGIN)
#define LABEL 130.0
#define QR_SIDE 96.0
#define FOREIGN_SIZE 10.5
#define ARABIC_SIZE 12.0 /* Naskh letters are smaller than Latin ones of the same size */

enum word { WORD_PLATFORM, WORD_TITLE, WORD_NUMBER, WORD_CALL, WORD_KIND, WORD_NAME, WORD_SUBMITTED, WORD_DUE, WORD_SCAN, WORD_LAW, WORD_COUNT };

static const char *const WORDS[WORD_COUNT][LANGUAGE_COUNT] = {
    [WORD_PLATFORM] = {"جسر التمكين والريادة", "Jisr pour l'autonomisation et le leadership", "Jisr for empowerment and leadership"},
    [WORD_TITLE] = {"وصل إيداع طلب", "Récépissé de dépôt", "Receipt of submission"},
    [WORD_NUMBER] = {"رقم الوصل", "Numéro de récépissé", "Receipt number"},
    [WORD_CALL] = {"النداء", "Appel", "Call"},
    [WORD_KIND] = {"صفة مقدمة الطلب", "Type de demande", "Kind of application"},
    [WORD_NAME] = {"الاسم", "Nom", "Name"},
    [WORD_SUBMITTED] = {"تاريخ الإيداع", "Date du dépôt", "Submitted on"},
    [WORD_DUE] = {"الجواب قبل نهاية", "Réponse au plus tard le", "Answer due by"},
    [WORD_SCAN] =
        {"لتتبع الطلب: امسحي الرمز أو افتحي العنوان أسفله، ثم أدخلي الرمز السري. لا يوجد الرمز السري في هذه الوثيقة.",
         "Pour suivre la demande : scannez le code ou ouvrez l'adresse ci-dessous, puis saisissez le code secret. Il ne figure pas sur ce document.",
         "To follow the application: scan the code or open the address below, then enter the secret code. It is not on this document."},
    [WORD_LAW] =
        {"يشهد هذا الوصل على إيداع الطلب طبقا للقانون رقم 55.19 المتعلق بتبسيط المساطر والإجراءات الإدارية. تجيب الإدارة داخل أجل %lld يوما من تاريخ "
         "الإيداع، "
         "أي قبل نهاية يوم %s. يمكن طلب وثائق أو معلومات تكميلية مرة واحدة فقط، ويتوقف الأجل إلى حين التوصل بها. كل رفض يكون معللا وتبين فيه طرق "
         "التظلم. "
         "إذا رفض الطلب أو لم يصل أي جواب داخل الأجل، يمكن تقديم تظلم لدى مندوبية التعاون الوطني. هذا الوصل لا يعني قبول "
         "الطلب.",
         "Ce récépissé atteste le dépôt de la demande, conformément à la loi n° 55-19 relative à la simplification des procédures et des formalités "
         "administratives. L'administration répond dans un délai de %lld jours à compter du dépôt, soit au plus tard le %s. Des compléments ne "
         "peuvent être "
         "demandés qu'une seule fois ; le délai est alors suspendu jusqu'à leur réception. Tout refus est motivé et indique les voies de recours. En "
         "cas de "
         "refus, ou sans réponse dans le délai, un recours peut être formé auprès de la délégation de l'Entraide "
         "nationale. Ce "
         "récépissé ne vaut pas acceptation de la demande.",
         "This receipt certifies that the application was submitted, under law 55-19 on the simplification of administrative procedures and "
         "formalities. The "
         "administration answers within %lld days of submission, that is by %s at the latest. Complements may be requested once only; the time then "
         "stops "
         "until they are received. A refusal gives its reasons and the ways to appeal. If the application is refused, or no answer comes in time, an "
         "appeal "
         "may be filed at the delegation of Entraide nationale. This receipt does not mean that the application is accepted."},
};

static const char *const KINDS[][LANGUAGE_COUNT] = {
    {"شخص ذاتي (مقاولة ذاتية)", "Personne physique (auto-entrepreneuse)", "Natural person (auto-entrepreneur)"},
    {"تعاونية", "Coopérative", "Cooperative"},
};

struct sheet {
    struct paper *paper;
    struct arena *arena;
    enum language other;
    double y;
};

static struct str word(enum word word, enum language language)
{
    return str_from(WORDS[word][language]);
}

static double size_of(enum language language)
{
    return language == LANGUAGE_AR ? ARABIC_SIZE : FOREIGN_SIZE;
}

static double write(const struct sheet *sheet, double x, double width, enum language language, struct str text)
{
    struct paper_text block = {.x = x, .y = sheet->y, .width = width, .size = size_of(language), .language = language, .text = text};
    return paper_write(sheet->paper, &block);
}

static double write_large(const struct sheet *sheet, double x, double width, enum language language, double size, struct str text)
{
    struct paper_text block = {.x = x, .y = sheet->y, .width = width, .size = size, .bold = true, .language = language, .text = text};
    return paper_write(sheet->paper, &block);
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* One fact: its label and value in the other language from the left, in Arabic from the right. */
static void draw_row(struct sheet *sheet, enum word label, struct str other, struct str arabic)
{
    double middle = MARGIN + INNER / 2, half = INNER / 2 - LABEL * 0.75;
    double height = write(sheet, MARGIN, LABEL * 0.75 - 6, sheet->other, word(label, sheet->other));
    height = larger(height, write(sheet, MARGIN + LABEL * 0.75, half - 8, sheet->other, other));
    height = larger(height, write(sheet, middle + 8, half - 8, LANGUAGE_AR, arabic));
    height = larger(height, write(sheet, MARGIN + INNER - LABEL * 0.75 + 6, LABEL * 0.75 - 6, LANGUAGE_AR, word(label, LANGUAGE_AR)));
    sheet->y += height + 5;
    paper_rule(sheet->paper, MARGIN, sheet->y, INNER);
    sheet->y += 5;
}

static void draw_head(struct sheet *sheet)
{
    double half = INNER / 2 - 10;
    double height = write(sheet, MARGIN, half, sheet->other, word(WORD_PLATFORM, sheet->other));
    height = larger(height, write(sheet, MARGIN + INNER - half, half, LANGUAGE_AR, word(WORD_PLATFORM, LANGUAGE_AR)));
    sheet->y += height + 18;
    height = write_large(sheet, MARGIN, half, sheet->other, 15, word(WORD_TITLE, sheet->other));
    height = larger(height, write_large(sheet, MARGIN + INNER - half, half, LANGUAGE_AR, 18, word(WORD_TITLE, LANGUAGE_AR)));
    sheet->y += height + 14;
}

static enum err draw_number(struct sheet *sheet, const struct receipt_page *page)
{
    double top = sheet->y, beside = INNER - QR_SIDE - 16;
    enum err err = paper_qr(sheet->paper, MARGIN, top, QR_SIDE, page->address);
    struct paper_text number = {.x = MARGIN + QR_SIDE + 16,
                                .y = top + 2,
                                .width = beside,
                                .size = 22,
                                .bold = true,
                                .language = LANGUAGE_EN,
                                .centred = true,
                                .text = page->receipt_number};
    sheet->y = top + paper_write(sheet->paper, &number) + 4;
    sheet->y += write(sheet, MARGIN + QR_SIDE + 16, beside, LANGUAGE_AR, word(WORD_SCAN, LANGUAGE_AR)) + 2;
    sheet->y += write(sheet, MARGIN + QR_SIDE + 16, beside, sheet->other, word(WORD_SCAN, sheet->other));
    sheet->y = larger(sheet->y, top + QR_SIDE) + 14;
    return err;
}

static void draw_facts(struct sheet *sheet, const struct receipt_page *page)
{
    bool cooperative = str_equal(page->kind, STR("cooperative"));
    enum language other = sheet->other;
    paper_rule(sheet->paper, MARGIN, sheet->y, INNER);
    sheet->y += 5;
    draw_row(sheet, WORD_NUMBER, page->receipt_number, page->receipt_number);
    draw_row(sheet, WORD_NAME, str_empty(page->name_other) ? page->name_ar : page->name_other,
             str_empty(page->name_ar) ? page->name_other : page->name_ar);
    draw_row(sheet, WORD_KIND, str_from(KINDS[cooperative][other]), str_from(KINDS[cooperative][LANGUAGE_AR]));
    draw_row(sheet, WORD_CALL, page->call_other, page->call_ar);
    draw_row(sheet, WORD_SUBMITTED, wording_day(sheet->arena, page->submitted_on, other), wording_day(sheet->arena, page->submitted_on, LANGUAGE_AR));
    draw_row(sheet, WORD_DUE, wording_day(sheet->arena, page->due_on, other), wording_day(sheet->arena, page->due_on, LANGUAGE_AR));
    sheet->y += 10;
}

static void draw_law(struct sheet *sheet, const struct receipt_page *page, enum language language)
{
    const char *form = WORDS[WORD_LAW][language];
    struct str due = wording_day(sheet->arena, page->due_on, language);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* one of the three of the table above, each with %lld and %s */
    struct str text = str_format(sheet->arena, form, (long long)page->days, due.at);
#pragma GCC diagnostic pop
    sheet->y += write(sheet, MARGIN, INNER, language, text) + 12;
}

enum err receipt_page_draw(const struct receipt_page *page, struct arena *arena, struct str *ret_pdf)
{
    struct sheet sheet = {.arena = arena, .y = MARGIN, .other = str_equal(page->language, STR("en")) ? LANGUAGE_EN : LANGUAGE_FR};
    struct str title = str_format(arena, "%s %.*s", WORDS[WORD_TITLE][sheet.other], (int)page->receipt_number.size, page->receipt_number.at);
    enum err err = paper_open(title, instant_text(arena, page->submitted_at), arena, &sheet.paper);
    if (err != ERR_OK)
        return err;
    draw_head(&sheet);
    err = draw_number(&sheet, page);
    if (err != ERR_OK)
        return err;
    draw_facts(&sheet, page);
    draw_law(&sheet, page, LANGUAGE_AR);
    draw_law(&sheet, page, sheet.other);
    sheet.y = PAPER_HEIGHT - MARGIN - 12;
    write(&sheet, MARGIN, INNER, LANGUAGE_EN, page->address);
    return paper_close(sheet.paper, ret_pdf);
}
