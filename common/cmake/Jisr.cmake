# What every target of the project shares: language level, warnings, hardening, and two functions.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(JISR_WERROR "Warnings are errors" OFF)
option(JISR_CRASH_POINTS "Compile the named crash points in (fault campaign only)" OFF)
option(JISR_FUZZ "The target `fuzz`: libFuzzer (clang alone)" OFF)
set(JISR_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined")

add_library(jisr_settings INTERFACE)
target_compile_options(jisr_settings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
    -Wswitch-enum -Wvla -Wformat=2 -Wcast-qual -fno-strict-aliasing -fno-omit-frame-pointer
    $<$<BOOL:${JISR_WERROR}>:-Werror>)
target_compile_definitions(jisr_settings INTERFACE _GNU_SOURCE $<$<BOOL:${JISR_CRASH_POINTS}>:JISR_CRASH_POINTS=1>)
target_include_directories(jisr_settings INTERFACE ${CMAKE_SOURCE_DIR}/common ${CMAKE_SOURCE_DIR})
target_link_libraries(jisr_settings INTERFACE Threads::Threads)

if(JISR_SANITIZE)
    target_compile_options(jisr_settings INTERFACE -fsanitize=${JISR_SANITIZE} -fno-sanitize-recover=undefined)
    target_link_options(jisr_settings INTERFACE -fsanitize=${JISR_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(jisr_settings INTERFACE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fcf-protection)
    target_link_options(jisr_settings INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
    set(CMAKE_POSITION_INDEPENDENT_CODE ON)
endif()

if(JISR_FUZZ)
    target_compile_options(jisr_settings INTERFACE -fsanitize=fuzzer-no-link) # counts what each input reaches
endif()

# jisr_library(NAME SOURCES a.c … LINK other …): a static library of common/ or a service's parts.
function(jisr_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
    add_library(${name} STATIC ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC jisr_settings ${arg_LINK})
endfunction()

# jisr_program(NAME SOURCES … LINK …): an executable; all land in bin/ of the build folder.
function(jisr_program name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE jisr_settings ${arg_LINK})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# jisr_domain(NAME SOURCES …): pure code as an OBJECT library; tests/architecture checks with `nm -u` that it calls nobody outside base.
function(jisr_domain name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES")
    add_library(${name} OBJECT ${arg_SOURCES})
    target_link_libraries(${name} PUBLIC jisr_settings)
    set_property(GLOBAL APPEND PROPERTY JISR_DOMAINS ${name})
endfunction()
