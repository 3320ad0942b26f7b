jisr_test(unit bus_test SOURCES tests/unit/bus_test.c LINK jisr_bus TIMEOUT 150)
