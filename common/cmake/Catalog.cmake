# jisr_catalog(TARGET store.sql): adds store_statements.h and store_statements.c (see common/db/catalog.h) to the target.
# Each `-- name: find_x` starts a statement that reaches to the next; the C name is FILE_FIND_X, the prepared name file_find_x.
function(jisr_catalog target file)
    get_filename_component(stem ${file} NAME_WE)
    get_filename_component(source ${file} ABSOLUTE)
    set(folder ${CMAKE_CURRENT_BINARY_DIR}/catalog)
    set(out ${folder}/${stem}_statements)
    add_custom_command(
        OUTPUT ${out}.c ${out}.h
        COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
        COMMAND awk -v stem=${stem} -v out=${out} -f ${CMAKE_SOURCE_DIR}/common/cmake/catalog.awk ${source}
        DEPENDS ${source} ${CMAKE_SOURCE_DIR}/common/cmake/catalog.awk
        VERBATIM)
    target_sources(${target} PRIVATE ${out}.c ${out}.h)
    target_include_directories(${target} PRIVATE ${folder})
endfunction()
