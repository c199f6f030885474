# Flags that every object of ours is compiled with.
add_library(scalesim_flags INTERFACE)
target_compile_options(scalesim_flags INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Werror
  -ffp-contract=off # a fused multiply-add would change results from host to host
  -fno-math-errno)

if(SCALESIM_SANITIZE)
  target_compile_options(scalesim_flags INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_link_options(scalesim_flags INTERFACE -fsanitize=address,undefined)
endif()
if(SCALESIM_FUZZ)
  target_compile_options(scalesim_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Whole-program inlining: a call costs V8 more than it costs a processor. Natively it makes no difference. A
# higher threshold than the compiler's own, and -O2 for the linked module, give more bytes but no more speed.
if(EMSCRIPTEN)
  add_compile_options(-flto -mnontrapping-fptoint) # in all browsers since 2021; less code
  add_link_options(-Os -flto)
endif()
