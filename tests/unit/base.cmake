jisr_test(unit base_test SOURCES tests/unit/base_test.c LINK jisr_base)
jisr_test(unit text_test SOURCES tests/unit/text_test.c LINK jisr_base)
jisr_test(unit time_test SOURCES tests/unit/time_test.c LINK jisr_base)
jisr_test(unit violation_test SOURCES tests/unit/violation_test.c LINK jisr_base)
