jisr_test(unit db_batch_test SOURCES tests/unit/db_batch_test.c LINK jisr_db)
