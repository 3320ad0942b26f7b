add_library(relay_test_support STATIC ${CMAKE_SOURCE_DIR}/tests/integration/relay_support.c)
target_link_libraries(relay_test_support PUBLIC jisr_settings jisr_relay PkgConfig::CMOCKA)
jisr_catalog(relay_test_support ${CMAKE_SOURCE_DIR}/tests/integration/relay_checks.sql)
jisr_embed(relay_test_support RELAY_MIGRATIONS ${plumbing_migrations})
target_include_directories(relay_test_support PUBLIC ${CMAKE_CURRENT_BINARY_DIR}/catalog)

jisr_test(integration relay_chaos_test SOURCES tests/integration/relay_chaos_test.c LINK relay_test_support TIMEOUT 240 SERIAL)
jisr_test(integration relay_window_test SOURCES tests/integration/relay_window_test.c LINK relay_test_support TIMEOUT 120 SERIAL)
jisr_test(integration relay_feed_test SOURCES tests/integration/relay_feed_test.c LINK relay_test_support TIMEOUT 300 SERIAL)
