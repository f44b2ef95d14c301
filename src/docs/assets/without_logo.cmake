# cmake -D IN=... -D OUT=... -P without_logo.cmake: ReDoc without the logo that it would fetch from
# its maker's host (no option of its own turns that off). It hides a logo that can't be shown.
file(READ ${IN} text)
string(REPLACE "https://cdn.redoc.ly/redoc/logo-mini.svg" "data:," changed "${text}")
if(changed STREQUAL text)
  message(FATAL_ERROR "${IN}: the logo's address is not the one known; see ${CMAKE_CURRENT_LIST_FILE}")
endif()
file(WRITE ${OUT} "${changed}")
