jisr_test(unit training_test SOURCES tests/unit/training_test.c LINK training_domain jisr_base)
