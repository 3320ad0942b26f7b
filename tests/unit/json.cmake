jisr_test(unit json_test SOURCES tests/unit/json_test.c LINK jisr_json)
jisr_test(unit wire_test SOURCES tests/unit/wire_test.c LINK jisr_json)
