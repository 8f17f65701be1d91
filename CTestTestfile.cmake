# Lets `ctest -R stage01` work in the root of the workbook: it hands over to the build folder.
# Without this file ctest would say "No tests were found" and call that a success.
if(NOT EXISTS "build/dev/CTestTestfile.cmake")
  message(FATAL_ERROR "Nothing is built yet. Run first: make stage-01")
endif()
subdirs(build/dev)
