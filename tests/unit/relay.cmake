jisr_test(unit relay_test SOURCES tests/unit/relay_test.c LINK jisr_relay)
