# Run by slipway_embed at build time: writes the assembler source and the header for FILES.
cmake_minimum_required(VERSION 3.25)

function(camel_case text out)
  string(REGEX MATCHALL "[A-Za-z0-9]+" words "${text}")
  set(result "")
  foreach(word IN LISTS words)
    string(SUBSTRING "${word}" 0 1 first)
    string(SUBSTRING "${word}" 1 -1 rest)
    string(TOUPPER "${first}" first)
    string(APPEND result "${first}${rest}")
  endforeach()
  set(${out} ${result} PARENT_SCOPE)
endfunction()

string(REPLACE "::" "_" prefix ${NAMESPACE})
cmake_path(GET SOURCE PARENT_PATH folder)
cmake_path(GET SOURCE STEM stem)
file(MAKE_DIRECTORY ${folder}/${stem})

set(assembler "")
set(declarations "")
set(constants "")
set(names "")
set(count 0)

# Adds one blob; the caller gets an expression for a std::string_view of it.
macro(add_blob symbol path expression)
  file(SIZE "${path}" size)
  if(size EQUAL 0)
    set(${expression} "{}")
  else()
    string(APPEND assembler ".balign 16\n.globl ${symbol}\n.hidden ${symbol}\n"
      ".type ${symbol}, %object\n.size ${symbol}, ${size}\n${symbol}:\n.incbin \"${path}\"\n")
    string(APPEND declarations
      "extern \"C\" [[gnu::visibility(\"hidden\")]] const char ${symbol}[${size}];\n")
    set(${expression} "{${symbol}, ${size}}")
  endif()
endmacro()

foreach(file IN LISTS FILES)
  cmake_path(GET file FILENAME name)
  camel_case("${name}" constant)
  add_blob(${prefix}_${count} "${file}" content)
  set(compressed "{}")
  if(GZIP)
    set(packed "${folder}/${stem}/${name}.gz")
    # -n leaves name and time out: the same input gives the same bytes.
    execute_process(COMMAND ${GZIP} -9nc "${file}" OUTPUT_FILE "${packed}"
      COMMAND_ERROR_IS_FATAL ANY)
    add_blob(${prefix}_${count}_gz "${packed}" compressed)
  endif()
  file(SHA256 "${file}" digest)
  string(SUBSTRING ${digest} 0 16 digest)
  string(APPEND constants "inline constexpr base::EmbeddedFile k${constant}{\n    \"${name}\",\n"
    "    ${content},\n    ${compressed},\n    \"${digest}\"};\n")
  list(APPEND names k${constant})
  math(EXPR count "${count} + 1")
endforeach()
list(JOIN names ", " names)

# The notes say that the stack need not be executable and that nothing here breaks CET.
file(WRITE ${SOURCE} "#ifdef __CET__\n#include <cet.h>\n#endif\n.section .rodata\n${assembler}"
  ".section .note.GNU-stack,\"\",%progbits\n")
file(WRITE ${HEADER} "// Written by cmake/write_embedded.cmake. Constants of the whole process.\n"
  "#pragma once\n\n#include <array>\n\n#include \"base/embedded_file.hpp\"\n\n"
  "// NOLINTBEGIN(readability-identifier-naming): the linker's names\n${declarations}"
  "// NOLINTEND(readability-identifier-naming)\n\nnamespace ${NAMESPACE} {\n\n${constants}\n"
  "/// All of them, in the order given.\n"
  "inline constexpr std::array<base::EmbeddedFile, ${count}> kFiles{${names}};\n\n"
  "}  // namespace ${NAMESPACE}\n")
