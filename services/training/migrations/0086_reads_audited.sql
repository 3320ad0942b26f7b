-- Where a woman will be, and when, is hers: whoever of the staff reads it writes that it was read, as for an application and its assessment.
GRANT INSERT ON audit TO jisr_training_reader;
