add_library(eligibility_test_support STATIC ${CMAKE_SOURCE_DIR}/tests/integration/eligibility_support.c)
target_link_libraries(eligibility_test_support PUBLIC eligibility_parts PkgConfig::CMOCKA)
target_include_directories(eligibility_test_support PUBLIC ${CMAKE_CURRENT_BINARY_DIR}/catalog ${CMAKE_BINARY_DIR}/services/eligibility/catalog)
jisr_catalog(eligibility_test_support ${CMAKE_SOURCE_DIR}/tests/integration/eligibility_checks.sql)
file(GLOB eligibility_migrations CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/services/eligibility/migrations/*.sql)
jisr_embed(eligibility_test_support ELIGIBILITY_MIGRATIONS tests/integration/roles.sql ${plumbing_migrations} ${eligibility_migrations})

jisr_test(integration eligibility_test SOURCES tests/integration/eligibility_test.c LINK eligibility_test_support TIMEOUT 180)
jisr_test(integration eligibility_held_test SOURCES tests/integration/eligibility_held_test.c LINK eligibility_test_support)
jisr_test(integration eligibility_committee_test SOURCES tests/integration/eligibility_committee_test.c LINK eligibility_test_support)
jisr_test(integration eligibility_poison_test SOURCES tests/integration/eligibility_poison_test.c LINK eligibility_test_support)
jisr_test(integration eligibility_territory_test SOURCES tests/integration/eligibility_territory_test.c tests/integration/staff_support.c
    LINK eligibility_test_support)
jisr_test(integration eligibility_turn_test SOURCES tests/integration/eligibility_turn_test.c LINK eligibility_test_support)
