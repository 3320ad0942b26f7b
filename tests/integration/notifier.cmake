add_library(notifier_test_support STATIC
    ${CMAKE_SOURCE_DIR}/tests/integration/notifier_support.c ${CMAKE_SOURCE_DIR}/tests/integration/notifier_receiver.c
    ${CMAKE_SOURCE_DIR}/tests/integration/notifier_http.c ${CMAKE_SOURCE_DIR}/tests/integration/notifier_play.c
    ${CMAKE_SOURCE_DIR}/tests/integration/staff_support.c
    ${CMAKE_SOURCE_DIR}/services/jisrctl/migrate.c)
target_include_directories(notifier_test_support PUBLIC ${CMAKE_SOURCE_DIR}/tests ${CMAKE_BINARY_DIR}/services/notifier/catalog)
target_link_libraries(notifier_test_support PUBLIC db_test_support notifier_parts notifier_domain)
jisr_catalog(notifier_test_support ${CMAKE_SOURCE_DIR}/tests/integration/notifier_checks.sql)
jisr_catalog(notifier_test_support ${CMAKE_SOURCE_DIR}/services/jisrctl/migrate.sql)
file(GLOB migrations CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}
    ${CMAKE_SOURCE_DIR}/common/db/migrations/*.sql ${CMAKE_SOURCE_DIR}/services/*/migrations/*.sql)
jisr_embed(notifier_test_support MIGRATION_FILES ${migrations})
add_dependencies(notifier_test_support notifier_parts)

foreach(part webhooks events places partners referrals gone closure)
    jisr_test(integration notifier_${part}_test SOURCES tests/integration/notifier_${part}_test.c LINK notifier_test_support TIMEOUT 180)
    target_include_directories(notifier_${part}_test PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/catalog)
endforeach()
