add_library(intake_test_support STATIC ${CMAKE_SOURCE_DIR}/tests/integration/intake_support.c)
target_link_libraries(intake_test_support PUBLIC intake_parts intake_domain jisr_service PkgConfig::CMOCKA)
target_include_directories(intake_test_support PRIVATE $<TARGET_PROPERTY:intake_parts,BINARY_DIR>/catalog)
jisr_catalog(intake_test_support ${CMAKE_SOURCE_DIR}/tests/integration/intake_checks.sql)
file(GLOB intake_migrations CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}
    ${CMAKE_SOURCE_DIR}/services/vault/migrations/*.sql ${CMAKE_SOURCE_DIR}/services/intake/migrations/*.sql)
jisr_embed(intake_test_support INTAKE_TEST_FILES ${plumbing_migrations} ${intake_migrations} services/intake/sample.sql)
add_dependencies(intake_test_support intake_parts)

jisr_test(integration intake_submit_test SOURCES tests/integration/intake_submit_test.c LINK intake_test_support TIMEOUT 120)
jisr_test(integration intake_imports_test SOURCES tests/integration/intake_imports_test.c LINK intake_test_support TIMEOUT 120)
jisr_test(integration intake_events_test SOURCES tests/integration/intake_events_test.c LINK intake_test_support TIMEOUT 120)
jisr_test(integration intake_expiry_test SOURCES tests/integration/intake_expiry_test.c LINK intake_test_support TIMEOUT 120)
jisr_test(integration intake_matching_test SOURCES tests/integration/intake_matching_test.c LINK intake_test_support TIMEOUT 120)
