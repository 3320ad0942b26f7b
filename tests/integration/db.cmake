add_library(db_test_support STATIC ${CMAKE_SOURCE_DIR}/tests/integration/db_support.c)
target_link_libraries(db_test_support PUBLIC jisr_settings jisr_db PkgConfig::CMOCKA)

jisr_test(integration db_values_test SOURCES tests/integration/db_values_test.c LINK db_test_support)
jisr_catalog(db_values_test ${CMAKE_SOURCE_DIR}/tests/integration/db_values.sql)
