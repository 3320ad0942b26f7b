add_library(db_test_support STATIC ${CMAKE_SOURCE_DIR}/tests/integration/db_support.c)
target_link_libraries(db_test_support PUBLIC jisr_settings jisr_db PkgConfig::CMOCKA)

foreach(part values transaction)
    jisr_test(integration db_${part}_test SOURCES tests/integration/db_${part}_test.c LINK db_test_support)
    jisr_catalog(db_${part}_test ${CMAKE_SOURCE_DIR}/tests/integration/db_${part}.sql)
endforeach()
