#include "import_columns.h"

#define EITHER_NAME 1
#define EITHER_AMOUNT 2

const struct import_column IMPORT_COLUMNS[] = {
    {"applicant.name.ar", "/applicant/name/ar", "nom arabe", "الاسم بالعربية", CELL_TEXT, true, EITHER_NAME},
    {"applicant.name.latin", "/applicant/name/latin", "nom", "الاسم باللاتينية", CELL_TEXT, true, EITHER_NAME},
    {"applicant.identity.type", "/applicant/identity/type", "type de pièce", "نوع الوثيقة", CELL_IDENTITY, false, 0},
    {"applicant.identity.number", "/applicant/identity/number", "cnie", "رقم البطاقة الوطنية", CELL_TEXT, true, 0},
    {"applicant.birth_date", "/applicant/birth_date", "date de naissance", "تاريخ الازدياد", CELL_DATE, true, 0},
    {"applicant.phone", "/applicant/phone", "téléphone", "الهاتف", CELL_TEXT, true, 0},
    {"applicant.address.province", "/applicant/address/province", "province", "الإقليم", CELL_PROVINCE, true, 0},
    {"applicant.address.commune", "/applicant/address/commune", "commune", "الجماعة", CELL_TEXT, false, 0},
    {"applicant.address.milieu", "/applicant/address/milieu", "milieu", "الوسط", CELL_MILIEU, false, 0},
    {"project.title", "/project/title", "projet", "المشروع", CELL_TEXT, true, 0},
    {"project.sector", "/project/sector", "secteur", "القطاع", CELL_TEXT, true, 0},
    {"project.stage", "/project/stage", "stade", "المرحلة", CELL_TEXT, true, 0},
    {"project.requested_centimes", "/project/requested_centimes", "montant demandé en centimes", "المبلغ المطلوب بالسنتيم", CELL_INTEGER, true,
     EITHER_AMOUNT},
    {"project.requested_dirhams", "/project/requested_centimes", "montant demandé", "المبلغ المطلوب", CELL_DIRHAMS, true, EITHER_AMOUNT},
    {"project.own_contribution_centimes", "/project/own_contribution_centimes", "apport en centimes", "المساهمة الذاتية بالسنتيم", CELL_INTEGER,
     false, 0},
    {"project.own_contribution_dirhams", "/project/own_contribution_centimes", "apport", "المساهمة الذاتية", CELL_DIRHAMS, false, 0},
    {"project.jobs", "/project/jobs", "emplois", "مناصب الشغل", CELL_INTEGER, false, 0},
    {"situation.household_size", "/situation/household_size", "taille du ménage", "عدد أفراد الأسرة", CELL_INTEGER, false, 0},
    {"situation.monthly_income_centimes", "/situation/monthly_income_centimes", "revenu mensuel en centimes", "الدخل الشهري بالسنتيم", CELL_INTEGER,
     false, 0},
    {"situation.monthly_income_dirhams", "/situation/monthly_income_centimes", "revenu mensuel", "الدخل الشهري", CELL_DIRHAMS, false, 0},
    {"situation.head_of_household", "/situation/head_of_household", "cheffe de ménage", "ربة أسرة", CELL_YES_NO, false, 0},
    {"situation.disability", "/situation/disability", "handicap", "إعاقة", CELL_YES_NO, false, 0},
    {"situation.rsu_index", "/situation/rsu_index", "indice rsu", "مؤشر السجل الاجتماعي", CELL_NUMBER, false, 0},
    {"situation.auto_entrepreneur_number", "/situation/auto_entrepreneur_number", "numéro auto entrepreneur", "رقم المقاول الذاتي", CELL_TEXT, false,
     0},
    {"assistance.channel", "/assistance/channel", "canal", "قناة التسجيل", CELL_TEXT, false, 0},
    {"assistance.place", "/assistance/place", "lieu", "مكان التسجيل", CELL_TEXT, false, 0},
    {"assistance.paper", "/assistance/paper", "papier signé", "الورقة الموقعة", CELL_TEXT, false, 0},
    {"cooperative.name.ar", "/cooperative/name/ar", "nom arabe de la coopérative", "اسم التعاونية", CELL_TEXT, false, 0},
    {"cooperative.name.latin", "/cooperative/name/latin", "coopérative", "اسم التعاونية باللاتينية", CELL_TEXT, false, 0},
    {"cooperative.ice", "/cooperative/ice", "ice", "رقم التعريف الموحد", CELL_TEXT, false, 0},
};
const size_t IMPORT_COLUMN_COUNT = sizeof(IMPORT_COLUMNS) / sizeof(IMPORT_COLUMNS[0]);
_Static_assert(sizeof(IMPORT_COLUMNS) / sizeof(IMPORT_COLUMNS[0]) <= IMPORT_COLUMNS_MAX, "import_header.of_form is too small");

const struct import_other IMPORT_OTHERS[] = {
    {COLUMN_REFERENCE, "reference", "référence", "المرجع", NULL},
    {COLUMN_ROLE, "member.role", "fonction", "الصفة", NULL},
    {COLUMN_REPRESENTATIVE, "member.representative", "représentante", "الممثلة", NULL},
    {COLUMN_CONSENT_LANGUAGE, "consents.language", "langue du consentement", "لغة الموافقة", NULL},
    {COLUMN_CONSENT, "consents.processing", "consentement traitement", "الموافقة على المعالجة", "processing"},
    {COLUMN_CONSENT, "consents.partner-referral", "consentement partenaires", "الموافقة على الشركاء", "partner-referral"},
};
const size_t IMPORT_OTHER_COUNT = sizeof(IMPORT_OTHERS) / sizeof(IMPORT_OTHERS[0]);

static bool same_byte(char a, char b)
{
    char one = a >= 'A' && a <= 'Z' ? (char)(a + 32) : a, two = b >= 'A' && b <= 'Z' ? (char)(b + 32) : b;
    bool gap = (one == '_' || one == '-' || one == ' ') && (two == '_' || two == '-' || two == ' ');
    return one == two || gap;
}

static bool is_name(struct str header, const char *name)
{
    size_t size = strlen(name);
    bool same = header.size == size;
    for (size_t i = 0; same && i < size; i++)
        same = same_byte(header.at[i], name[i]);
    return same;
}

static bool find_of_form(struct str header, struct header_column *ret_column)
{
    for (size_t i = 0; i < IMPORT_COLUMN_COUNT; i++)
        if (is_name(header, IMPORT_COLUMNS[i].key) || is_name(header, IMPORT_COLUMNS[i].fr) || is_name(header, IMPORT_COLUMNS[i].ar)) {
            *ret_column = (struct header_column){COLUMN_OF_FORM, i};
            return true;
        }
    return false;
}

static bool find_consent(struct str purpose, const struct call_terms *terms, struct header_column *ret_column)
{
    for (size_t i = 0; i < terms->consent_count; i++)
        if (str_equal(terms->consents[i].purpose, purpose)) {
            *ret_column = (struct header_column){COLUMN_CONSENT, i};
            return true;
        }
    return false;
}

static bool find_extra(struct str id, const struct call_terms *terms, struct header_column *ret_column)
{
    for (size_t i = 0; i < terms->field_count; i++)
        if (str_equal(terms->fields[i].id, id)) {
            *ret_column = (struct header_column){COLUMN_EXTRA, i};
            return true;
        }
    return false;
}

static bool find_other(struct str header, const struct call_terms *terms, struct header_column *ret_column)
{
    for (size_t i = 0; i < IMPORT_OTHER_COUNT; i++) {
        if (!is_name(header, IMPORT_OTHERS[i].key) && !is_name(header, IMPORT_OTHERS[i].fr) && !is_name(header, IMPORT_OTHERS[i].ar))
            continue;
        *ret_column = (struct header_column){IMPORT_OTHERS[i].kind, 0};
        return !IMPORT_OTHERS[i].purpose || find_consent(str_from(IMPORT_OTHERS[i].purpose), terms, ret_column);
    }
    struct str rest = header, first = str_cut(&rest, '.');
    if (str_equal_nocase(first, STR("consents")))
        return find_consent(rest, terms, ret_column);
    return str_equal_nocase(first, STR("extra")) && find_extra(rest, terms, ret_column);
}

/* By where it goes: a file may not have both dirhams and centimes of one amount. */
static bool is_same_place(struct header_column a, struct header_column b)
{
    if (a.kind != b.kind)
        return false;
    if (a.kind != COLUMN_OF_FORM)
        return a.index == b.index;
    return strcmp(IMPORT_COLUMNS[a.index].pointer, IMPORT_COLUMNS[b.index].pointer) == 0;
}

static bool is_there_before(const struct import_header *header, struct header_column column)
{
    for (size_t i = 0; i < header->count; i++)
        if (is_same_place(header->columns[i], column))
            return true;
    return false;
}

static void complain(struct violations *violations, size_t column, enum violation_code code, const char *detail)
{
    struct str pointer = str_format(violations->arena, "/columns/%zu", column + 1);
    violations_add(violations, pointer, code, detail);
}

static void enter(struct import_header *header, struct header_column column)
{
    int cell = (int)header->count;
    if (column.kind == COLUMN_OF_FORM)
        header->of_form[column.index] = cell;
    else if (column.kind == COLUMN_REFERENCE)
        header->reference = cell;
    else if (column.kind == COLUMN_CONSENT_LANGUAGE)
        header->consent_language = cell;
    else if (column.kind == COLUMN_ROLE)
        header->role = cell;
    else if (column.kind == COLUMN_REPRESENTATIVE)
        header->representative = cell;
}

static bool has(const struct import_header *header, const struct import_column *wanted)
{
    for (size_t i = 0; i < IMPORT_COLUMN_COUNT; i++)
        if (header->of_form[i] >= 0 && (&IMPORT_COLUMNS[i] == wanted || (wanted->either && IMPORT_COLUMNS[i].either == wanted->either)))
            return true;
    return false;
}

static void miss_columns(const struct import_header *header, const struct call_terms *terms, struct violations *violations)
{
    for (size_t i = 0; i < IMPORT_COLUMN_COUNT; i++) {
        const struct import_column *column = &IMPORT_COLUMNS[i];
        bool first = !column->either || i == 0 || IMPORT_COLUMNS[i - 1].either != column->either;
        if (column->required && first && !has(header, column))
            violations_add(violations, STR("/columns"), VIOLATION_FORMAT, column->key);
    }
    for (size_t i = 0; i < terms->consent_count; i++) {
        struct header_column wanted = {COLUMN_CONSENT, i};
        struct str purpose = terms->consents[i].purpose;
        if (terms->consents[i].required && !is_there_before(header, wanted))
            violations_add(violations, STR("/columns"), VIOLATION_FORMAT,
                           str_format(violations->arena, "a column consents.%.*s", (int)purpose.size, purpose.at).at);
    }
}

/* A wrong column is not entered: the places of those after it no longer count, for such a file isn't read. */
static void read_column(struct import_header *header, struct str name, const struct call_terms *terms, struct violations *violations, size_t place)
{
    struct header_column column;
    if (str_empty(name))
        complain(violations, place, VIOLATION_REQUIRED, NULL);
    else if (!find_of_form(name, &column) && !find_other(name, terms, &column))
        complain(violations, place, VIOLATION_UNKNOWN_FIELD, NULL);
    else if (is_there_before(header, column))
        complain(violations, place, VIOLATION_DUPLICATE, NULL);
    else {
        enter(header, column);
        header->columns[header->count++] = column;
    }
}

void import_header_read(const struct csv_record *record, const struct call_terms *terms, struct violations *violations,
                        struct import_header *ret_header)
{
    *ret_header = (struct import_header){.reference = -1, .consent_language = -1, .role = -1, .representative = -1};
    for (size_t i = 0; i < IMPORT_COLUMNS_MAX; i++)
        ret_header->of_form[i] = -1;
    for (size_t i = 0; i < record->count; i++)
        read_column(ret_header, str_trim(record->cells[i]), terms, violations, i);
    if (violations->count == 0)
        miss_columns(ret_header, terms, violations);
}

/* ── Where a column is in the form ── */

static struct str extra_pointer(const struct call_terms *terms, size_t index, struct arena *arena)
{
    struct str id = terms->fields[index].id;
    return str_format(arena, "/extra/%.*s", (int)id.size, id.at);
}

/* Consents stand in the form in the order of the file's columns. */
static size_t consent_place(const struct import_header *header, size_t column)
{
    size_t before = 0;
    for (size_t i = 0; i < column; i++)
        before += header->columns[i].kind == COLUMN_CONSENT;
    return before;
}

struct str import_pointer(const struct import_header *header, size_t column, const struct call_terms *terms, struct arena *arena)
{
    const struct header_column *there = &header->columns[column];
    switch (there->kind) {
    case COLUMN_OF_FORM:
        return str_from(IMPORT_COLUMNS[there->index].pointer);
    case COLUMN_CONSENT:
        return str_format(arena, "/consents/%zu", consent_place(header, column));
    case COLUMN_EXTRA:
        return extra_pointer(terms, there->index, arena);
    case COLUMN_CONSENT_LANGUAGE:
        return STR("/consents/0/language");
    case COLUMN_ROLE:
        return STR("/cooperative/members/role");
    case COLUMN_REPRESENTATIVE:
        return STR("/cooperative/members/representative");
    case COLUMN_REFERENCE:
    default:
        return STR("/reference");
    }
}

struct str import_key(const struct import_header *header, size_t column, const struct call_terms *terms, struct arena *arena)
{
    const struct header_column *there = &header->columns[column];
    struct str name;
    switch (there->kind) {
    case COLUMN_OF_FORM:
        return str_from(IMPORT_COLUMNS[there->index].key);
    case COLUMN_CONSENT:
        name = terms->consents[there->index].purpose;
        return str_format(arena, "consents.%.*s", (int)name.size, name.at);
    case COLUMN_EXTRA:
        name = terms->fields[there->index].id;
        return str_format(arena, "extra.%.*s", (int)name.size, name.at);
    case COLUMN_CONSENT_LANGUAGE:
        return STR("consents.language");
    case COLUMN_ROLE:
        return STR("member.role");
    case COLUMN_REPRESENTATIVE:
        return STR("member.representative");
    case COLUMN_REFERENCE:
    default:
        return STR("reference");
    }
}

/* The pointer itself, or something inside of what the column holds. */
static bool is_about(struct str pointer, struct str column)
{
    return str_equal(pointer, column) || (str_starts(pointer, column) && pointer.size > column.size && pointer.at[column.size] == '/');
}

static bool is_consents_language(struct str pointer)
{
    return str_starts(pointer, STR("/consents/")) && str_ends(pointer, STR("/language"));
}

/* What is said of a member stands in the columns of her line: "/cooperative/members/3/birth_date" in that of "/applicant/birth_date". */
static struct str pointer_of_line(struct str pointer, struct arena *arena)
{
    size_t member = 0;
    struct str inside = import_inside_member(pointer, &member);
    if (str_empty(inside))
        return pointer;
    const char *place = str_equal(inside, STR("/role")) ? "/cooperative/members" : "/applicant";
    return str_format(arena, "%s%.*s", place, (int)inside.size, inside.at);
}

size_t import_column_of(const struct import_header *header, struct str pointer, const struct call_terms *terms, struct arena *arena)
{
    pointer = pointer_of_line(pointer, arena);
    if (is_consents_language(pointer))
        return header->consent_language < 0 ? 0 : (size_t)header->consent_language + 1;
    for (size_t i = 0; i < header->count; i++) {
        bool required = header->columns[i].kind == COLUMN_CONSENT && terms->consents[header->columns[i].index].required;
        if (is_about(pointer, import_pointer(header, i, terms, arena)) || (required && str_equal(pointer, STR("/consents"))))
            return i + 1;
    }
    return 0;
}
