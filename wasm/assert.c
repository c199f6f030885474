/// A failed assertion is our own bug: the module traps, and the host replaces it. The C library's
/// own version would bring printf along to say so to nobody.
_Noreturn void __assert_fail(const char *expression, const char *file, int line,
                             const char *function);

_Noreturn void __assert_fail(const char *expression, const char *file, int line,
                             const char *function) {
    (void)expression, (void)file, (void)line, (void)function;
    __builtin_trap();
}
