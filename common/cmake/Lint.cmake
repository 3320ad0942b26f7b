# `cmake --build … --target lint`: what style.md asks and a tool can see. One script, the same for a person and for CI.
add_custom_target(lint
    COMMAND ${CMAKE_SOURCE_DIR}/common/cmake/lint ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
    USES_TERMINAL
    VERBATIM)
