-- What is noted on a file beside its state, as JSON that is shown: NULL where there is nothing.
ALTER TABLE application
    ADD COLUMN hold            text, -- {"since","reason"}: neither she nor the end of its time may destroy it
    ADD COLUMN restriction     text, -- {"since"}: she objects to its use
    ADD COLUMN register_checks text; -- [{"register","result","at","by"}], the latest of each register

-- The register of reads, newest first, for auditors; the condition is that of audit_of_subject, so that a submission's row costs no entry.
CREATE INDEX audit_reads ON audit (id) WHERE action LIKE 'read%' OR action = 'erase';
CREATE INDEX audit_reads_of_actor ON audit (actor, id) WHERE action LIKE 'read%' OR action = 'erase';
