foreach(side producer consumer)
    jisr_test(unit bus_${side}_test SOURCES tests/unit/bus_${side}_test.c tests/unit/bus_cluster.c LINK jisr_bus TIMEOUT 150)
endforeach()
