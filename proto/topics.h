/* Topics and event types: the one list that relay, consumers, jisrctl and the schema tests read. Data shapes: proto/events/<type>.json. */
#ifndef JISR_PROTO_TOPICS_H
#define JISR_PROTO_TOPICS_H

#define TOPIC_CALL "jisr.call.v1"
#define TOPIC_APPLICATION "jisr.application.v1"
#define TOPIC_DECISION "jisr.decision.v1"
#define TOPIC_TRAINING "jisr.training.v1"
#define TOPIC_REFERRAL "jisr.referral.v1"
#define TOPIC_PARTNER "jisr.partner.v1" /* the only one that partners can read */

/* X(topic, the service that writes it, days of retention, partitions; 0: as many as the cluster is set up with). A group's members are given
 * partitions by their number alone: with as many of the calls, which say little, a second copy of eligibility had all applications and the first one
 * none. */
#define TOPIC_LIST(X)                       \
    X(TOPIC_CALL, "intake", 30, 1)          \
    X(TOPIC_APPLICATION, "intake", 30, 0)   \
    X(TOPIC_DECISION, "eligibility", 30, 0) \
    X(TOPIC_TRAINING, "training", 30, 0)    \
    X(TOPIC_REFERRAL, "notifier", 30, 0)    \
    X(TOPIC_PARTNER, "notifier", 30, 0)

/* X(NAME, type, topic, second topic or NULL) */
#define EVENT_LIST(X)                                                                \
    X(CALL_PUBLISHED, EVENT_CALL_PUBLISHED, TOPIC_CALL, NULL)                        \
    X(CALL_CLOSED, EVENT_CALL_CLOSED, TOPIC_CALL, NULL)                              \
    X(APPLICATION_DRAFTED, EVENT_APPLICATION_DRAFTED, TOPIC_APPLICATION, NULL)       \
    X(APPLICATION_SUBMITTED, EVENT_APPLICATION_SUBMITTED, TOPIC_APPLICATION, NULL)   \
    X(APPLICATION_AMENDED, EVENT_APPLICATION_AMENDED, TOPIC_APPLICATION, NULL)       \
    X(APPLICATION_CONFIRMED, EVENT_APPLICATION_CONFIRMED, TOPIC_APPLICATION, NULL)   \
    X(APPLICATION_WITHDRAWN, EVENT_APPLICATION_WITHDRAWN, TOPIC_APPLICATION, NULL)   \
    X(APPLICATION_RESTRICTED, EVENT_APPLICATION_RESTRICTED, TOPIC_APPLICATION, NULL) \
    X(APPLICATION_ERASED, EVENT_APPLICATION_ERASED, TOPIC_APPLICATION, NULL)         \
    X(APPLICATION_EXPIRED, EVENT_APPLICATION_EXPIRED, TOPIC_APPLICATION, NULL)       \
    X(APPLICATION_PROGRESSED, EVENT_APPLICATION_PROGRESSED, TOPIC_APPLICATION, NULL) \
    X(DECISION_ASSESSED, EVENT_DECISION_ASSESSED, TOPIC_DECISION, NULL)              \
    X(DECISION_SHORTLISTED, EVENT_DECISION_SHORTLISTED, TOPIC_DECISION, NULL)        \
    X(DECISION_WAITLISTED, EVENT_DECISION_WAITLISTED, TOPIC_DECISION, NULL)          \
    X(DECISION_REJECTED, EVENT_DECISION_REJECTED, TOPIC_DECISION, NULL)              \
    X(DECISION_APPROVED, EVENT_DECISION_APPROVED, TOPIC_DECISION, NULL)              \
    X(DECISION_HELD, EVENT_DECISION_HELD, TOPIC_DECISION, NULL)                      \
    X(DECISION_CLOSED, EVENT_DECISION_CLOSED, TOPIC_DECISION, NULL)                  \
    X(ENROLMENT_OFFERED, EVENT_ENROLMENT_OFFERED, TOPIC_TRAINING, NULL)              \
    X(ENROLMENT_WAITLISTED, EVENT_ENROLMENT_WAITLISTED, TOPIC_TRAINING, NULL)        \
    X(ENROLMENT_CANCELLED, EVENT_ENROLMENT_CANCELLED, TOPIC_TRAINING, NULL)          \
    X(ENROLMENT_COMPLETED, EVENT_ENROLMENT_COMPLETED, TOPIC_TRAINING, NULL)          \
    X(REFERRAL_OFFERED, EVENT_REFERRAL_OFFERED, TOPIC_REFERRAL, TOPIC_PARTNER)       \
    X(REFERRAL_ACCEPTED, EVENT_REFERRAL_ACCEPTED, TOPIC_REFERRAL, TOPIC_PARTNER)     \
    X(REFERRAL_REJECTED, EVENT_REFERRAL_REJECTED, TOPIC_REFERRAL, TOPIC_PARTNER)     \
    X(REFERRAL_REVOKED, EVENT_REFERRAL_REVOKED, TOPIC_REFERRAL, TOPIC_PARTNER)       \
    X(REFERRAL_CLOSED, EVENT_REFERRAL_CLOSED, TOPIC_REFERRAL, TOPIC_PARTNER)

#define EVENT_CALL_PUBLISHED "ma.jisr.call.published.v1"
#define EVENT_CALL_CLOSED "ma.jisr.call.closed.v1"
#define EVENT_APPLICATION_DRAFTED "ma.jisr.application.drafted.v1"
#define EVENT_APPLICATION_SUBMITTED "ma.jisr.application.submitted.v1"
#define EVENT_APPLICATION_AMENDED "ma.jisr.application.amended.v1"
#define EVENT_APPLICATION_CONFIRMED "ma.jisr.application.confirmed.v1"
#define EVENT_APPLICATION_WITHDRAWN "ma.jisr.application.withdrawn.v1"
#define EVENT_APPLICATION_RESTRICTED "ma.jisr.application.restricted.v1"
#define EVENT_APPLICATION_ERASED "ma.jisr.application.erased.v1"
#define EVENT_APPLICATION_EXPIRED "ma.jisr.application.expired.v1"
#define EVENT_APPLICATION_PROGRESSED "ma.jisr.application.progressed.v1"
#define EVENT_DECISION_ASSESSED "ma.jisr.decision.assessed.v1"
#define EVENT_DECISION_SHORTLISTED "ma.jisr.decision.shortlisted.v1"
#define EVENT_DECISION_WAITLISTED "ma.jisr.decision.waitlisted.v1"
#define EVENT_DECISION_REJECTED "ma.jisr.decision.rejected.v1"
#define EVENT_DECISION_APPROVED "ma.jisr.decision.approved.v1"
#define EVENT_DECISION_HELD "ma.jisr.decision.held.v1"
#define EVENT_DECISION_CLOSED "ma.jisr.decision.closed.v1"
#define EVENT_ENROLMENT_OFFERED "ma.jisr.enrolment.offered.v1"
#define EVENT_ENROLMENT_WAITLISTED "ma.jisr.enrolment.waitlisted.v1"
#define EVENT_ENROLMENT_CANCELLED "ma.jisr.enrolment.cancelled.v1"
#define EVENT_ENROLMENT_COMPLETED "ma.jisr.enrolment.completed.v1"
#define EVENT_REFERRAL_OFFERED "ma.jisr.referral.offered.v1"
#define EVENT_REFERRAL_ACCEPTED "ma.jisr.referral.accepted.v1"
#define EVENT_REFERRAL_REJECTED "ma.jisr.referral.rejected.v1"
#define EVENT_REFERRAL_REVOKED "ma.jisr.referral.revoked.v1"
#define EVENT_REFERRAL_CLOSED "ma.jisr.referral.closed.v1"

#endif
