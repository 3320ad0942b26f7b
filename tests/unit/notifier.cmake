jisr_test(unit notifier_domain_test SOURCES tests/unit/notifier_domain_test.c LINK notifier_domain jisr_base)
