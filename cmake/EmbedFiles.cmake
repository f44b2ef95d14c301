# slipway_embed(<target> NAMESPACE <slipway::folder::name> [GZIP] FILES <file>...)
#
# Puts files into a target's read-only data with the assembler's .incbin (quick to build whatever
# their size) and writes <folder>/embedded_<name>.hpp, whose constants are base::EmbeddedFile:
#   slipway_embed(slipway_users NAMESPACE slipway::users::migrations FILES 0001_users.sql)
#   #include "users/embedded_migrations.hpp"
#   slipway::users::migrations::k0001UsersSql.content   // one file
#   for (const auto& file : slipway::users::migrations::kFiles) ...  // all, in the order given
# GZIP embeds the gzip form beside each file. FILES may be made by the build itself; relative
# paths are of the current source folder. File names must differ.
find_program(SLIPWAY_GZIP gzip REQUIRED)
set(SLIPWAY_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/write_embedded.cmake)

function(slipway_embed target)
  cmake_parse_arguments(ARG "GZIP" "NAMESPACE" "FILES" ${ARGN})
  if(NOT ARG_NAMESPACE MATCHES "^slipway::([a-z_]+)::([a-z_]+)$" OR NOT ARG_FILES)
    message(FATAL_ERROR "slipway_embed(${target}): NAMESPACE slipway::<folder>::<name> FILES ...")
  endif()
  set(folder ${CMAKE_MATCH_1})
  set(name ${CMAKE_MATCH_2})
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embed/${folder})
  set(source ${out}/embedded_${name}.S)
  set(header ${out}/embedded_${name}.hpp)
  set(files "")
  foreach(file IN LISTS ARG_FILES)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    list(APPEND files ${file})
  endforeach()
  add_custom_command(OUTPUT ${source} ${header}
    COMMAND ${CMAKE_COMMAND} -D NAMESPACE=${ARG_NAMESPACE} -D SOURCE=${source} -D HEADER=${header}
      -D GZIP=$<IF:$<BOOL:${ARG_GZIP}>,${SLIPWAY_GZIP},> -D "FILES=${files}"
      -P ${SLIPWAY_EMBED_SCRIPT}
    DEPENDS ${files} ${SLIPWAY_EMBED_SCRIPT}
    COMMENT "Embedding ${ARG_NAMESPACE}"
    VERBATIM)
  # All that is written while building, for those who only read the sources: clang-tidy.
  if(NOT TARGET generated)
    add_custom_target(generated)
  endif()
  add_custom_target(${target}_${name} DEPENDS ${source} ${header})
  add_dependencies(generated ${target}_${name})
  add_dependencies(${target} ${target}_${name})
  # The warning flags are for C++, and the preprocessor of assembler files objects to some.
  set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS -Wno-error OBJECT_DEPENDS "${files}")
  target_sources(${target} PRIVATE ${source} ${header})
  target_include_directories(${target} PUBLIC ${CMAKE_CURRENT_BINARY_DIR}/embed)
endfunction()
