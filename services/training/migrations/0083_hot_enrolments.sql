-- No foreign key where every woman adds a row (as in intake): the transaction that gives a seat holds its session, and no session is ever removed.
ALTER TABLE enrolment DROP CONSTRAINT enrolment_session_fkey;
