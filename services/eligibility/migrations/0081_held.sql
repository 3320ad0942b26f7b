-- A decision rests while its file waits for a reviewer as a double, or is merged: it holds no place and has no rank.
ALTER TABLE decision DROP CONSTRAINT decision_state_check,
    ADD CONSTRAINT decision_state_check CHECK (state IN ('ELIGIBLE', 'INELIGIBLE', 'SHORTLISTED', 'WAITLISTED', 'HELD', 'CLOSED'));
