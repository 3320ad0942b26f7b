jisr_test(unit app_test SOURCES tests/unit/app_test.c LINK jisr_app)
jisr_test(unit config_test SOURCES tests/unit/config_test.c LINK jisr_app)
