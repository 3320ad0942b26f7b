jisr_test(unit clamd_test SOURCES tests/unit/clamd_test.c LINK jisr_clamd)
jisr_test(unit picture_test SOURCES tests/unit/picture_test.c LINK jisr_picture)
jisr_test(unit intake_document_test SOURCES tests/unit/intake_document_test.c LINK intake_domain jisr_base)
