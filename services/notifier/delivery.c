#include "delivery.h"

#include <stddef.h>
#include <string.h>

#define FIRST_CEILING INSTANT_SECOND
#define LARGEST_CEILING (INT64_C(6) * 3600 * INSTANT_SECOND)
#define RETRY_AFTER_MAX INSTANT_DAY /* a partner may slow us down, not make us forget */

/* The first row that fits decides. */
static const struct rule {
    int lowest, highest;
    enum delivery_fate fate;
    bool obeys_retry_after;
    const char *reason;
    const char *why;
} rules[] = {
    {200, 299, DELIVERY_DONE, false, NULL, "Standard Webhooks: any 2xx is receipt"},
    {300, 399, DELIVERY_LATER, false, "redirected",
     "a redirect is not followed: it could lead inwards, and the partner should register the new address"},
    {410, 410, DELIVERY_GONE, false, "endpoint gone", "Standard Webhooks: 410 disables the endpoint at once"},
    {429, 429, DELIVERY_LATER, true, "rate limited", "the partner asks for fewer"},
    {400, 499, DELIVERY_LATER, false, "refused", "a fault at the partner's (a bad deployment, a lost secret) is often repaired within days"},
    {503, 503, DELIVERY_LATER, true, "unavailable", "the partner may say until when"},
    {500, 599, DELIVERY_LATER, false, "failed", "the partner's fault, not final"},
    {0, 0, DELIVERY_LATER, false, "no answer", "network, TLS, time: the client's own word says which"},
};

static instant_us smaller(instant_us a, instant_us b)
{
    return a < b ? a : b;
}

static instant_us next_try(const struct delivery_attempt *attempt)
{
    int32_t doublings = attempt->number > 1 ? attempt->number - 1 : 0;
    instant_us ceiling = doublings > 30 ? LARGEST_CEILING : smaller(FIRST_CEILING << doublings, LARGEST_CEILING);
    return attempt->answered_at + (instant_us)(attempt->random % (uint64_t)(ceiling + 1));
}

static const struct rule *rule_for(int status)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (status >= rules[i].lowest && status <= rules[i].highest)
            return &rules[i];
    return &rules[sizeof(rules) / sizeof(rules[0]) - 1]; /* an answer that HTTP does not know is none */
}

struct delivery_verdict delivery_judge(const struct delivery_attempt *attempt)
{
    const instant_us last_try_at = attempt->made_at + DELIVERY_LIFETIME;
    if (attempt->status == 0 && attempt->failure && strcmp(attempt->failure, "stopped") == 0)
        return (struct delivery_verdict){DELIVERY_UNSENT, attempt->answered_at, 0, NULL};
    const struct rule *rule = rule_for(attempt->status);
    const char *reason = attempt->status == 0 && attempt->failure ? attempt->failure : rule->reason;
    struct delivery_verdict verdict = {rule->fate, 0, 0, reason};
    if (rule->fate != DELIVERY_LATER)
        return verdict;
    if (attempt->answered_at >= last_try_at) {
        verdict.fate = DELIVERY_DEAD;
        return verdict;
    }
    verdict.due_at = next_try(attempt);
    if (rule->obeys_retry_after && attempt->retry_after_s >= 0) {
        instant_us wait = attempt->retry_after_s > RETRY_AFTER_MAX / INSTANT_SECOND ? RETRY_AFTER_MAX : attempt->retry_after_s * INSTANT_SECOND;
        verdict.pause_until = attempt->answered_at + wait;
        verdict.due_at = verdict.pause_until + (verdict.due_at - attempt->answered_at); /* jitter on top: not all at the same moment */
    }
    verdict.due_at = smaller(verdict.due_at, last_try_at);
    return verdict;
}
