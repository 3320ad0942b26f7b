# These need neither PostgreSQL nor Kafka: a server of common/http in the test's own process, and raw sockets.
add_library(http_test_support STATIC ${CMAKE_SOURCE_DIR}/tests/integration/http_support.c)
target_link_libraries(http_test_support PUBLIC jisr_settings jisr_http PkgConfig::CMOCKA)
target_include_directories(http_test_support PUBLIC ${CMAKE_SOURCE_DIR}/tests)

foreach(part hostile server load pieces)
    jisr_test(integration http_${part}_test SOURCES tests/integration/http_${part}_test.c LINK http_test_support)
endforeach()
