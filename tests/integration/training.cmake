file(GLOB training_migrations CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/services/training/migrations/*.sql)

function(training_test name)
    jisr_test(integration ${name} SOURCES tests/integration/${name}.c ${ARGN} LINK db_test_support training_parts training_domain TIMEOUT 120)
    target_include_directories(${name} PRIVATE ${CMAKE_BINARY_DIR}/services/training/catalog)
    jisr_catalog(${name} ${CMAKE_SOURCE_DIR}/tests/integration/training_checks.sql)
    jisr_embed(${name} TRAINING_TEST_FILES tests/integration/roles.sql ${plumbing_migrations} ${training_migrations})
    add_dependencies(${name} training_parts)
endfunction()

training_test(training_events_test)
training_test(training_territory_test tests/integration/staff_support.c)
