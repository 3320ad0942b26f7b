# jisr_embed(TARGET NAME file …): the files' bytes as `extern const struct embedded_file NAME[]`, ended by a row without a name.
# The header is embedded.h (common/base); names are the paths as given, relative to the project's root.
function(jisr_embed target name)
    set(folder ${CMAKE_CURRENT_BINARY_DIR}/embed)
    set(out ${folder}/${name}.c)
    set(sources)
    foreach(file ${ARGN})
        list(APPEND sources ${CMAKE_SOURCE_DIR}/${file})
    endforeach()
    add_custom_command(
        OUTPUT ${out}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
        COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DNAME=${name} "-DFILES=${ARGN}" -DROOT=${CMAKE_SOURCE_DIR} -P ${CMAKE_SOURCE_DIR}/common/cmake/EmbedFiles.cmake
        DEPENDS ${sources} ${CMAKE_SOURCE_DIR}/common/cmake/EmbedFiles.cmake
        VERBATIM)
    target_sources(${target} PRIVATE ${out})
endfunction()
