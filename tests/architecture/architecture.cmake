# The layers, proved on the sources and on the domain's object files (jisr_domain() lists them).
find_program(JISR_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH REQUIRED) # Debian's: the one whose packages deploy/packages lists

get_property(domains GLOBAL PROPERTY JISR_DOMAINS)
set(lines "")
foreach(domain ${domains})
    string(APPEND lines "${domain} $<JOIN:$<TARGET_OBJECTS:${domain}>,\n${domain} >\n")
endforeach()
file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/tests/domain_objects.txt CONTENT "${lines}")

add_test(NAME architecture/layers
    COMMAND ${JISR_PYTHON} ${CMAKE_SOURCE_DIR}/tests/architecture/check.py ${CMAKE_SOURCE_DIR} --objects ${CMAKE_BINARY_DIR}/tests/domain_objects.txt)
add_test(NAME architecture/self_test COMMAND ${JISR_PYTHON} ${CMAKE_SOURCE_DIR}/tests/architecture/check.py --self-test)
set_tests_properties(architecture/layers architecture/self_test PROPERTIES LABELS architecture TIMEOUT 120)
