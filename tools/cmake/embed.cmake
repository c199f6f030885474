# Script mode: writes the files named in LIST into the C file OUTPUT as arrays.
# A NUL that is not counted follows each file, so that text can be used in place.
cmake_policy(SET CMP0007 NEW)
file(STRINGS "${LIST}" files)
set(arrays "")
set(table "")
set(index 0)
foreach(path ${files})
  file(READ "${path}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\1," hex "${hex}")
  # What only people read is left out, but never of the files of a generated project: the lines and
  # indentation of JSON; of our own JavaScript the indentation and the comments on lines of their own.
  if(NOT path MATCHES "/files/" AND path MATCHES "\\.json$")
    string(REGEX REPLACE "0a,(20,)*" "" hex "${hex}")
  elseif(NOT path MATCHES "/files/" AND path MATCHES "\\.js$")
    string(REGEX REPLACE "0a,(20,)+" "0a," hex "${hex}")
    string(REGEX REPLACE "0a,2f,2f,([1-9a-f][0-9a-f],|0[0-9b-f],)*" "" hex "${hex}")
  endif()
  string(LENGTH "${hex}" digits)
  math(EXPR length "${digits} / 3")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])," "0x\\1," hex "${hex}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n" hex "${hex}")
  file(RELATIVE_PATH name "${ROOT}" "${path}")
  string(APPEND arrays "static const unsigned char bytes_${index}[] = {\n${hex}0x00};\n")
  string(APPEND table "    {\"${name}\", bytes_${index}, ${length}u},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE "${OUTPUT}.new"
  "// Made by tools/cmake/embed.cmake; do not edit.\n#include \"base/embed.h\"\n\n${arrays}\n"
  "const ss_embedded_file ${SYMBOL}s[] = {\n${table}    {NULL, NULL, 0u},\n};\n"
  "const size_t ${SYMBOL}_count = ${index}u;\n")
file(RENAME "${OUTPUT}.new" "${OUTPUT}")
