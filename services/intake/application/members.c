#include "members.h"

#include "base/wording.h"
#include "opening.h"
#include "papers_statements.h"

#define MEMBERS_MOST 2000 /* who ever belonged to it: 500 at a time */

/* ── The line of the history ── */

static size_t missing(const struct identity_change *from, const struct identity_change *in)
{
    size_t count = 0;
    for (size_t i = 0; i < from->count; i++) {
        size_t at = 0;
        while (at < in->count && id_compare(in->hashes[at], from->hashes[i]) != 0)
            at++;
        count += at == in->count;
    }
    return count;
}

enum moved { MOVED_BEGIN, MOVED_JOINED, MOVED_AND, MOVED_LEFT, MOVED_PARTS };

static const char *const MOVED[MOVED_PARTS][LANGUAGE_COUNT][PLURAL_COUNT] = {
    [MOVED_BEGIN] = {[LANGUAGE_AR] = {[PLURAL_OTHER] = "عُدلت لائحة العضوات: "},
                     [LANGUAGE_FR] = {[PLURAL_OTHER] = "La liste des adhérentes a changé : "},
                     [LANGUAGE_EN] = {[PLURAL_OTHER] = "The list of members has changed: "}},
    [MOVED_JOINED] = {[LANGUAGE_AR] = {"انضمت عضوة واحدة", "انضمت عضوتان", "انضمت # عضوات", "انضمت # عضوة", "انضمت # عضوة"},
                      [LANGUAGE_FR] = {[PLURAL_ONE] = "# entrée", [PLURAL_OTHER] = "# entrées"},
                      [LANGUAGE_EN] = {[PLURAL_OTHER] = "# joined"}},
    [MOVED_AND] = {[LANGUAGE_AR] = {[PLURAL_OTHER] = " و"}, [LANGUAGE_FR] = {[PLURAL_OTHER] = ", "}, [LANGUAGE_EN] = {[PLURAL_OTHER] = ", "}},
    [MOVED_LEFT] = {[LANGUAGE_AR] = {"غادرت عضوة واحدة", "غادرت عضوتان", "غادرت # عضوات", "غادرت # عضوة", "غادرت # عضوة"},
                    [LANGUAGE_FR] = {[PLURAL_ONE] = "# départ", [PLURAL_OTHER] = "# départs"},
                    [LANGUAGE_EN] = {[PLURAL_OTHER] = "# left"}},
};

/* Nothing is said of those who are none. */
static struct str line_in(struct arena *arena, size_t joined, size_t left, enum language language)
{
    const size_t counts[MOVED_PARTS] = {1, joined, joined > 0 && left > 0, left};
    struct str line = {0};
    struct buf out;
    buf_init(&out, arena, 1024);
    for (size_t part = 0; part < MOVED_PARTS; part++)
        if (counts[part] > 0)
            buf_add(&out, wording_count(arena, MOVED[part][language], (int64_t)counts[part], language));
    buf_byte(&out, '.');
    return buf_done(&out, &line) == ERR_OK ? line : (struct str){0};
}

struct str members_line(struct arena *arena, const struct identity_change *before, const struct identity_change *after)
{
    size_t joined = missing(after, before), left = missing(before, after);
    if (joined + left == 0)
        return (struct str){0};
    struct reason line = {
        .ar = line_in(arena, joined, left, LANGUAGE_AR),
        .fr = line_in(arena, joined, left, LANGUAGE_FR),
        .en = line_in(arena, joined, left, LANGUAGE_EN),
    };
    return reason_text(arena, &line);
}

/* ── The list ── */

struct member_view {
    struct form_name name;
    struct str role;
    bool representative;
    instant_us joined_at, left_at;
};
static const struct wire_field MEMBER_FIELDS[] = {
    WIRE_OBJECT(member_view, name, 0, form_name, &KEPT_NAME),
    WIRE_TEXT(member_view, role, WIRE_NULLABLE, 0, 0),
    WIRE_BOOL(member_view, representative, 0),
    WIRE_INSTANT(member_view, joined_at, 0),
    WIRE_INSTANT(member_view, left_at, WIRE_NULLABLE),
};
static WIRE_TABLE(MEMBER, member_view, MEMBER_FIELDS);
struct members_view {
    struct wire_list items;
};
static const struct wire_field MEMBERS_FIELDS[] = {WIRE_LIST(members_view, items, 0, 0, 0, &MEMBER)};
static WIRE_TABLE(MEMBERS, members_view, MEMBERS_FIELDS);

/* One stay of one woman: who leaves and comes back has two. */
struct stay {
    struct person_number number;
    struct member_view view;
    bool present; /* in the revision that is looked at */
};

struct listing {
    struct opening opening;
    struct db_rows revisions;
    struct stay *stays;
    size_t count;
};

static struct person_number number_of(const struct form_identity *identity)
{
    struct person_number number = {0};
    if (identity_type_parse(identity->type, &number.type))
        (void)identity_normalise(number.type, identity->number, number.number);
    return number;
}

static bool same_number(const struct person_number *a, const struct person_number *b)
{
    return a->number[0] != '\0' && a->type == b->type && strcmp(a->number, b->number) == 0;
}

static struct stay *find_stay(struct listing *listing, const struct person_number *number)
{
    for (size_t i = listing->count; i > 0; i--)
        if (listing->stays[i - 1].view.left_at == INSTANT_NEVER && same_number(&listing->stays[i - 1].number, number))
            return &listing->stays[i - 1];
    return NULL;
}

static enum err see_member(struct listing *listing, const struct form *form, const struct form_member *member, instant_us since)
{
    struct person_number number = number_of(&member->identity), representative = number_of(&form->applicant.identity);
    struct stay *stay = find_stay(listing, &number);
    if (!stay) {
        if (listing->count == MEMBERS_MOST)
            return ERR_LIMIT;
        stay = &listing->stays[listing->count++];
        *stay = (struct stay){.number = number, .view = {.joined_at = since, .left_at = INSTANT_NEVER}};
    }
    stay->present = true;
    stay->view.name = member->name; /* as it is spelled last */
    stay->view.role = member->role;
    stay->view.representative = same_number(&number, &representative);
    return ERR_OK;
}

/* One revision, in force from `since` on. */
static enum err see_form(struct listing *listing, const struct form *form, instant_us since)
{
    for (size_t i = 0; i < listing->count; i++)
        listing->stays[i].present = false;
    for (size_t i = 0; i < form->cooperative.member_count; i++) {
        enum err err = see_member(listing, form, &form->cooperative.members[i], since);
        if (err != ERR_OK)
            return err;
    }
    for (size_t i = 0; i < listing->count; i++)
        if (!listing->stays[i].present && listing->stays[i].view.left_at == INSTANT_NEVER) {
            listing->stays[i].view.left_at = since;
            listing->stays[i].view.representative = false;
        }
    return ERR_OK;
}

static enum err see_revision(struct listing *listing, size_t row, instant_us since)
{
    struct arena *arena = listing->opening.request->arena;
    struct violations *violations = arena_take(arena, sizeof(*violations));
    struct form *form = arena_take(arena, sizeof(*form));
    struct str body;
    if (!violations || !form)
        return ERR_LIMIT;
    violations_init(violations, arena);
    enum err err = dossier_open_body(&listing->opening.keys, listing->opening.row.id, db_get_str(&listing->revisions, row, 1), arena, &body);
    if (err == ERR_OK && form_decode(body, arena, form, violations) != ERR_OK)
        err = ERR_INTERNAL;
    return err == ERR_OK ? see_form(listing, form, since) : err;
}

static enum err see_all(struct listing *listing)
{
    instant_us since = listing->opening.row.submitted_at;
    for (size_t row = 0; row < listing->revisions.count; row++) {
        enum err err = see_revision(listing, row, since);
        if (err != ERR_OK)
            return err;
        since = db_get_instant(&listing->revisions, row, 0);
    }
    return see_form(listing, &listing->opening.form, since);
}

static enum err find_revisions(struct opening *opening, struct db *db)
{
    struct db_args args;
    if (opening->row.kind != KIND_COOPERATIVE)
        return ERR_NOT_FOUND;
    db_args_init(&args, opening->request->arena);
    db_arg_id(&args, opening->row.id);
    return db_run(db, &PAPERS_LIST_REVISIONS, &args, opening->request->arena, opening->found);
}

enum err members_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct listing listing = {
        .opening = {.request = request,
                    .intake = intake_of(worker->service),
                    .action = "read-members",
                    .with_form = true,
                    .also = find_revisions,
                    .found = &listing.revisions},
        .stays = arena_take_array(request->arena, MEMBERS_MOST, sizeof(struct stay)),
    };
    struct str body;
    enum err err = listing.stays ? opening_take(&listing.opening, worker->db) : ERR_LIMIT;
    if (err == ERR_OK)
        err = see_all(&listing);
    secret_wipe(&listing.opening.keys, sizeof(listing.opening.keys));
    struct member_view *items = err == ERR_OK ? arena_take_array(request->arena, listing.count + 1, sizeof(*items)) : NULL;
    if (!items)
        return err == ERR_OK ? ERR_LIMIT : err;
    for (size_t i = 0; i < listing.count; i++)
        items[i] = listing.stays[i].view;
    err = wire_text(&MEMBERS, &(struct members_view){{items, listing.count}}, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}
