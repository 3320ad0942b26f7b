# 77: npm can't bring the reference implementation here.
add_test(NAME contract/rules_parity COMMAND ${CMAKE_SOURCE_DIR}/tests/contract/rules_parity.py WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
set_tests_properties(contract/rules_parity PROPERTIES
    LABELS contract TIMEOUT 600 SKIP_RETURN_CODE 77 ENVIRONMENT "JISR_BUILD=${CMAKE_BINARY_DIR}")
