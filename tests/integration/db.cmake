add_library(db_test_support STATIC ${CMAKE_SOURCE_DIR}/tests/integration/db_support.c)
target_link_libraries(db_test_support PUBLIC jisr_settings jisr_db PkgConfig::CMOCKA)

jisr_test(integration db_values_test SOURCES tests/integration/db_values_test.c LINK db_test_support)
jisr_catalog(db_values_test ${CMAKE_SOURCE_DIR}/tests/integration/db_values.sql)

foreach(part transaction connection silence)
    jisr_test(integration db_${part}_test SOURCES tests/integration/db_${part}_test.c tests/integration/db_play.c LINK db_test_support)
    jisr_catalog(db_${part}_test ${CMAKE_SOURCE_DIR}/tests/integration/db_transaction.sql)
endforeach()

foreach(part outbox inbox parked)
    jisr_test(integration db_${part}_test SOURCES tests/integration/db_${part}_test.c LINK db_test_support)
    jisr_catalog(db_${part}_test ${CMAKE_SOURCE_DIR}/tests/integration/db_plumbing.sql)
    jisr_embed(db_${part}_test PLUMBING_FILES ${plumbing_migrations})
endforeach()
set_tests_properties(integration/db_outbox_test PROPERTIES RUN_SERIAL TRUE) # others' transactions hold the horizon back

jisr_test(integration db_migrate_test SOURCES tests/integration/db_migrate_test.c services/jisrctl/migrate.c LINK db_test_support TIMEOUT 120)
jisr_catalog(db_migrate_test ${CMAKE_SOURCE_DIR}/tests/integration/db_migrate.sql)
jisr_catalog(db_migrate_test ${CMAKE_SOURCE_DIR}/services/jisrctl/migrate.sql)
file(GLOB migrations CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}
    ${CMAKE_SOURCE_DIR}/common/db/migrations/*.sql ${CMAKE_SOURCE_DIR}/services/*/migrations/*.sql)
jisr_embed(db_migrate_test MIGRATION_FILES ${migrations})
