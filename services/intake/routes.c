#include "access.h"
#include "services/intake/application/changes.h"
#include "services/intake/documents/documents.h"
#include "services/intake/calls/editor.h"
#include "services/intake/application/form_read.h"
#include "services/intake/application/funding.h"
#include "services/intake/duplicates/duplicates.h"
#include "services/intake/imports/imports.h"
#include "intake.h"
#include "services/intake/application/marks.h"
#include "services/intake/application/members.h"
#include "services/intake/application/messages.h"
#include "services/intake/personal/personal.h"
#include "services/intake/statistics/public_figures.h"
#include "services/intake/receipt/receipt_pdf.h"
#include "services/intake/personal/register_reads.h"
#include "services/intake/personal/retention.h"
#include "services/intake/application/listing.h"
#include "services/intake/application/submission.h"

#define IMPORTERS (WHO_AGENT | WHO_ADMIN)
#define FILE_READERS (WHO_APPLICANT | WHO_AGENT | WHO_REVIEWER | WHO_COMMITTEE | WHO_ADMIN)
#define HERS_OR_AGENTS (WHO_APPLICANT | WHO_AGENT | WHO_ADMIN)

static enum err calls_get(struct http_request *request, void *service);
static enum err call_get(struct http_request *request, void *service);

static enum err sign_in_get(struct http_request *request, void *service);

const struct http_route INTAKE_ROUTES[] = {
    {HTTP_GET, "/intake/v1/sign-in", WHO_ANYONE, sign_in_get, NULL, 0, 0, "where staff sign in"},
    {HTTP_GET, "/intake/v1/calls", WHO_ANYONE, calls_get, NULL, 0, 0, "the calls of the programme"},
    {HTTP_GET, "/intake/v1/calls/{id}", WHO_ANYONE, call_get, NULL, 0, 0, "one call"},
    {HTTP_POST, "/intake/v1/calls", WHO_ADMIN, NULL, call_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE, "draft a call"},
    {HTTP_GET, "/intake/v1/call-drafts", WHO_ADMIN | WHO_AUDITOR, NULL, call_drafts_list, 0, HTTP_NO_STORE, "the drafts of calls"},
    {HTTP_GET, "/intake/v1/calls/{id}/draft", WHO_ADMIN | WHO_AUDITOR, NULL, call_draft_get, 0, HTTP_NO_STORE, "a draft, and what is wrong with it"},
    {HTTP_PUT, "/intake/v1/calls/{id}/draft", WHO_ADMIN, NULL, call_draft_put, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE, "replace a draft"},
    {HTTP_POST, "/intake/v1/calls/{id}/publication", WHO_ADMIN, NULL, call_publication_post, 0, HTTP_NO_STORE,
     "publish the draft as the call's next version"},
    {HTTP_POST, "/intake/v1/calls/{id}/closing", WHO_ADMIN, NULL, call_closing_post, 0, HTTP_NO_STORE, "close the call"},
    {HTTP_POST, "/intake/v1/applications", WHO_ANYONE | WHO_AGENT | WHO_ADMIN, submission_post, NULL, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE,
     "submit an application, or keep a draft"},
    {HTTP_GET, "/intake/v1/applications", WHO_STAFF, NULL, applications_list, 0, HTTP_NO_STORE, "those of one's territory"},
    {HTTP_GET, "/intake/v1/applications/{id}", WHO_APPLICANT | WHO_STAFF, NULL, application_get, 0, HTTP_NO_STORE, "one application"},
    {HTTP_GET, "/intake/v1/applications/{id}/form", WHO_APPLICANT | WHO_AGENT | WHO_REVIEWER | WHO_ADMIN, NULL, form_get, 0, HTTP_NO_STORE,
     "what she has filled in"},
    {HTTP_PUT, "/intake/v1/applications/{id}", HERS_OR_AGENTS, NULL, application_put, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE,
     "amend it, or replace a draft"},
    {HTTP_POST, "/intake/v1/applications/{id}/submission", HERS_OR_AGENTS, NULL, submission_of_draft_post, 0, HTTP_NO_STORE, "send a draft"},
    {HTTP_POST, "/intake/v1/applications/{id}/withdrawal", HERS_OR_AGENTS, NULL, withdrawal_post, 0, HTTP_NO_STORE, "withdraw it"},
    {HTTP_POST, "/intake/v1/applications/{id}/confirmation", HERS_OR_AGENTS, NULL, confirmation_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE,
     "her word on what an agent entered for her"},
    {HTTP_POST, "/intake/v1/applications/{id}/review", WHO_REVIEWER | WHO_ADMIN, NULL, review_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE,
     "a reviewer's word on a possible double"},
    {HTTP_POST, "/intake/v1/applications/{id}/review/undo", WHO_REVIEWER | WHO_ADMIN, NULL, review_undo_post, 0, HTTP_NO_STORE, "take a merge back"},
    {HTTP_GET, "/intake/v1/duplicates", WHO_REVIEWER | WHO_COMMITTEE | WHO_ADMIN, NULL, duplicates_list, 0, HTTP_NO_STORE,
     "likely duplicates of one's territory"},
    {HTTP_GET, "/intake/v1/applications/{id}/duplicates/{other}", WHO_REVIEWER | WHO_ADMIN, NULL, duplicate_get, 0, HTTP_NO_STORE,
     "both files side by side"},
    {HTTP_GET, "/intake/v1/applications/{id}/receipt.pdf", HERS_OR_AGENTS, NULL, receipt_pdf_get, 0, HTTP_NO_STORE | HTTP_GIVES_PDF,
     "the receipt, to print"},
    {HTTP_POST, "/intake/v1/applications/{id}/information-request", WHO_AGENT | WHO_REVIEWER | WHO_COMMITTEE | WHO_ADMIN, NULL,
     information_request_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE, "ask her for complements, once"},
    {HTTP_GET, "/intake/v1/applications/{id}/documents", FILE_READERS, NULL, documents_get, 0, HTTP_NO_STORE, "its documents"},
    {HTTP_POST, "/intake/v1/applications/{id}/documents", HERS_OR_AGENTS, NULL, document_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE,
     "announce a document"},
    {HTTP_GET, "/intake/v1/applications/{id}/documents/{document}", FILE_READERS, NULL, document_get, 0, HTTP_NO_STORE, "what became of it"},
    {HTTP_DELETE, "/intake/v1/applications/{id}/documents/{document}", HERS_OR_AGENTS, NULL, document_delete, 0, HTTP_NO_STORE, "take it back"},
    {HTTP_GET, "/intake/v1/applications/{id}/documents/{document}/upload", FILE_READERS, NULL, upload_get, 0, HTTP_NO_STORE,
     "how much of it has arrived"},
    {HTTP_PATCH, "/intake/v1/applications/{id}/documents/{document}/upload", HERS_OR_AGENTS, NULL, upload_patch, DOCUMENT_BYTES_MAX,
     HTTP_NO_STORE | HTTP_ANY_MEDIA | HTTP_UPLOAD, "its bytes, from where they broke off"},
    {HTTP_GET, "/intake/v1/applications/{id}/documents/{document}/content", FILE_READERS, NULL, document_content_get, 0,
     HTTP_NO_STORE | HTTP_GIVES_OTHER, "the document"},
    {HTTP_GET, "/intake/v1/applications/{id}/documents/{document}/thumbnail", FILE_READERS, NULL, document_thumbnail_get, 0,
     HTTP_NO_STORE | HTTP_GIVES_JPEG, "a small picture of it"},
    {HTTP_GET, "/intake/v1/applications/{id}/consents", HERS_OR_AGENTS, NULL, consents_get, 0, HTTP_NO_STORE,
     "what she consents to, and what she took back"},
    {HTTP_POST, "/intake/v1/applications/{id}/consents/{purpose}/withdrawal", HERS_OR_AGENTS, NULL, consent_withdrawal_post, 0, HTTP_NO_STORE,
     "take back a consent"},
    {HTTP_GET, "/intake/v1/applications/{id}/export", WHO_APPLICANT | WHO_ADMIN, NULL, export_get, 0, HTTP_NO_STORE, "all that is kept of her"},
    {HTTP_GET, "/intake/v1/applications/{id}/export.html", WHO_APPLICANT | WHO_ADMIN, NULL, export_page_get, 0, HTTP_NO_STORE | HTTP_GIVES_HTML,
     "the same, to read and to print"},
    {HTTP_POST, "/intake/v1/applications/{id}/rectification", HERS_OR_AGENTS, NULL, rectification_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE,
     "put right a mistake in name, phone or commune"},
    {HTTP_GET, "/intake/v1/applications/{id}/members", FILE_READERS, NULL, members_get, 0, HTTP_NO_STORE,
     "who belongs to the cooperative, who joined and who left"},
    {HTTP_GET, "/intake/v1/applications/{id}/reads", WHO_APPLICANT | WHO_AUDITOR | WHO_ADMIN, NULL, reads_get, 0, HTTP_NO_STORE,
     "who has read what of her"},
    {HTTP_POST, "/intake/v1/applications/{id}/erasure", WHO_APPLICANT | WHO_ADMIN, NULL, erasure_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE,
     "destroy her keys: nothing of her can be read any more"},
    {HTTP_GET, "/intake/v1/applications/{id}/erasure", WHO_APPLICANT | WHO_AUDITOR | WHO_ADMIN, NULL, erasure_get, 0, HTTP_NO_STORE,
     "the proof of it"},
    {HTTP_POST, "/intake/v1/applications/{id}/hold", WHO_ADMIN, NULL, hold_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE, "forbid that it is destroyed"},
    {HTTP_POST, "/intake/v1/applications/{id}/hold/release", WHO_ADMIN, NULL, hold_release_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE,
     "allow it again"},
    {HTTP_POST, "/intake/v1/applications/{id}/opposition", HERS_OR_AGENTS, NULL, opposition_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE,
     "she objects to the use of her data"},
    {HTTP_POST, "/intake/v1/applications/{id}/opposition/undo", HERS_OR_AGENTS, NULL, opposition_undo_post, 0, HTTP_NO_STORE,
     "she does not object any more"},
    {HTTP_POST, "/intake/v1/applications/{id}/register-check", WHO_AGENT | WHO_REVIEWER | WHO_ADMIN, NULL, register_check_post, HTTP_JSON_BYTES_MAX,
     HTTP_NO_STORE, "what somebody found in a public register"},
    {HTTP_POST, "/intake/v1/applications/{id}/payment", WHO_COMMITTEE | WHO_ADMIN, NULL, payment_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE,
     "the money has been paid"},
    {HTTP_POST, "/intake/v1/applications/{id}/follow-up", WHO_AGENT | WHO_COMMITTEE | WHO_ADMIN, NULL, follow_up_post, HTTP_JSON_BYTES_MAX,
     HTTP_NO_STORE, "the accompaniment begins"},
    {HTTP_POST, "/intake/v1/applications/{id}/follow-up/end", WHO_AGENT | WHO_COMMITTEE | WHO_ADMIN, NULL, follow_up_end_post, HTTP_JSON_BYTES_MAX,
     HTTP_NO_STORE, "what came of it"},
    {HTTP_GET, "/intake/v1/reads", WHO_AUDITOR | WHO_ADMIN, NULL, register_get, 0, HTTP_NO_STORE, "who has read what of whom"},
    {HTTP_GET, "/intake/v1/retention", WHO_AUDITOR | WHO_ADMIN, NULL, retention_get, 0, HTTP_NO_STORE, "what is kept for how long, and why"},
    {HTTP_POST, "/intake/v1/retention/{class}/length", WHO_ADMIN, NULL, retention_length_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE,
     "for how long a class is kept"},
    {HTTP_POST, "/intake/v1/retention/{class}/run", WHO_ADMIN, NULL, retention_run_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE,
     "destroy what its time is over, a chunk, or say how much that is"},
    {HTTP_GET, "/intake/v1/import-columns", IMPORTERS, import_columns_get, NULL, 0, 0, "the columns that a file of women may have"},
    {HTTP_GET, "/intake/v1/imports", IMPORTERS, NULL, imports_list, 0, HTTP_NO_STORE, "files of women that staff have sent"},
    {HTTP_POST, "/intake/v1/imports", IMPORTERS, NULL, import_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE, "announce a file of women"},
    {HTTP_GET, "/intake/v1/imports/{id}", IMPORTERS, NULL, import_get, 0, HTTP_NO_STORE, "how far it is"},
    {HTTP_DELETE, "/intake/v1/imports/{id}", IMPORTERS, NULL, import_delete, 0, HTTP_NO_STORE, "stop it, and take the file away"},
    {HTTP_GET, "/intake/v1/imports/{id}/upload", IMPORTERS, NULL, import_upload_get, 0, HTTP_NO_STORE, "how much of it has arrived"},
    {HTTP_PATCH, "/intake/v1/imports/{id}/upload", IMPORTERS, NULL, import_upload_patch, IMPORT_BYTES_MAX,
     HTTP_NO_STORE | HTTP_ANY_MEDIA | HTTP_UPLOAD, "its bytes, from where they broke off"},
    {HTTP_GET, "/intake/v1/imports/{id}/report", IMPORTERS, NULL, import_report_get, 0, HTTP_NO_STORE, "what became of each line"},
    {HTTP_GET, "/intake/v1/imports/{id}/report.csv", IMPORTERS, NULL, import_report_csv_get, 0, HTTP_NO_STORE | HTTP_GIVES_CSV,
     "the same for a spreadsheet"},
    {HTTP_GET, "/intake/v1/receipts/{receipt_number}", WHO_APPLICANT | WHO_STAFF, NULL, receipt_get, 0, HTTP_NO_STORE,
     "one application, by its receipt"},
    {HTTP_POST, "/intake/v1/tokens", WHO_APPLICANT, NULL, token_post, 0, HTTP_NO_STORE, "a 15-minute token for receipt and code"},
    {HTTP_GET, "/intake/v1/statistics", WHO_ANYONE, statistics_get_one, NULL, 0, 0, "the public figures of a call"},
    {HTTP_GET, "/intake/v1/statistics.csv", WHO_ANYONE, statistics_csv_get, NULL, 0, HTTP_GIVES_CSV, "the same as a table"},
    {HTTP_GET, "/intake/v1/statistics/groups", WHO_ANYONE, groups_get, NULL, 0, 0,
     "women by province, kind, milieu and age: in steps; exact for staff"},
    {HTTP_GET, "/intake/v1/statistics/groups.csv", WHO_ANYONE, groups_csv_get, NULL, 0, HTTP_GIVES_CSV, "the same as a table"},
    {HTTP_GET, "/intake/v1/statistics/stream", WHO_ANYONE, statistics_stream, NULL, 0, HTTP_STREAM, "the same, whenever they change"},
};
const size_t INTAKE_ROUTE_COUNT = sizeof(INTAKE_ROUTES) / sizeof(INTAKE_ROUTES[0]);

/* What the staff's pages need to know to send somebody to the issuer; the rest is in its discovery document. */
static enum err sign_in_get(struct http_request *request, void *service)
{
    const struct intake_settings *settings = intake_of(service)->settings;
    struct sign_in_answer answer = {str_from(settings->service.staff_issuer), str_from(settings->oidc_client)};
    struct str body;
    enum err err = wire_text(&SIGN_IN_ANSWER, &answer, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}

/* Public, and the heaviest of what a page begins with: compressed once a version, and asked for anew at each use, which a 304 answers as a rule. */
static enum err calls_get(struct http_request *request, void *service)
{
    const struct calls_snapshot *calls = calls_hold(intake_of(service)->calls, request->arena);
    if (!calls)
        return ERR_UNAVAILABLE;
    http_set_header(request, "Cache-Control", STR("no-cache"));
    packed_answer(&calls->answer, request, 200);
    return ERR_OK;
}

static enum err call_get(struct http_request *request, void *service)
{
    const struct calls_snapshot *calls = calls_hold(intake_of(service)->calls, request->arena);
    const struct call *call = calls ? calls_find(calls, request->params[0]) : NULL;
    if (!call)
        return calls ? ERR_NOT_FOUND : ERR_UNAVAILABLE;
    http_answer(request, 200, call->json);
    return ERR_OK;
}
