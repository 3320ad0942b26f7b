// What may be done in which state of a file; the service has the last word.
export const AMENDABLE = ["SUBMITTED", "DUPLICATE_REVIEW", "SCREENING", "ELIGIBLE"];
export const mayAmend = ({ state }) => AMENDABLE.includes(state) || state === "INFO_REQUESTED";
export const WITHDRAWABLE = [...AMENDABLE, "INFO_REQUESTED", "IN_REVIEW", "SHORTLISTED", "WAITLISTED", "APPROVED"];
