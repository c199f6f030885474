/**
 * Changes QuickJS where the sandbox needs it, and fails where the text is not the one it knows.
 * Usage: node tools/handlers-patch.mjs quickjs.c > patched.c
 */
import { readFileSync } from 'node:fs';

/** What is there, what is put there instead, and how often it is there. @type {[string, string, number?][]} */
const changes = [
  ['#include "quickjs.h"\n', '#include "quickjs.h"\n#include "engine.h"\n'],

  // Where it would throw an error that code can catch, the module stops: see libc.c.
  [
    '    return unlikely(sp < rt->stack_limit);\n',
    '    if (unlikely(sp < rt->stack_limit)) guest_stop_stack();\n    return 0;\n',
  ],

  // An opcode that no code has is where a trace wants to know (engine_trace.c). It goes on with the opcode that was there
  // through a second switch: a jump back to the first would make a loop of it, which is metered at every opcode.
  ['#define CASE(op)        case op\n', '#define CASE(op)        case op: case_ ## op\n'],
  [
    '        CASE(OP_invalid):\n        DEFAULT:\n            JS_ThrowInternalError(',
    `        case OP_invalid:
            opcode = guest_trace_hit(ctx, sf, pc - 1, sp);
            switch (opcode) {
#define FMT(f)
#define DEF(id, size, n_pop, n_push, f) case OP_ ## id: if (OP_ ## id != OP_invalid) goto case_OP_ ## id; goto case_OP_invalid;
#define def(id, size, n_pop, n_push, f)
#include "quickjs-opcode.h"
#undef def
#undef DEF
#undef FMT
            default: break;
            }
        case_OP_invalid:
        DEFAULT:
            JS_ThrowInternalError(`,
  ],
  [
    '    ret_val = JS_EXCEPTION;\n    /* the local variables are freed by the caller',
    `    if (unlikely(guest_trace_is_on)) guest_trace_thrown(ctx, sf);
    ret_val = JS_EXCEPTION;
    /* the local variables are freed by the caller`,
  ],

  // Every statement, and every part of a loop, says where it is: not only those that may throw.
  ...[
    ['', `    switch(tok = s->token.val) {\n    case '{':\n`],
    ['            emit_label(s, label_cont);\n', '            if (js_parse_expect(s, TOK_WHILE))'],
    ['                emit_label(s, label_test);\n', ''],
    ['                emit_label(s, label_cont);\n', '                if (js_parse_expr(s))'],
    ['            if (js_parse_function_check_names(s, fd, func_name))\n                goto fail;\n\n', '            if (js_parse_assign_expr(s))'],
    ['                        /* parse a sequence of case clauses */\n', ''],
  ].map(([before, after]) => /** @type {[string, string]} */ ([`${before}${after}`, `${before}    emit_source_pos(s, s->token.ptr);\n${after}`])),
  ['    int pos_next, pos_expr;\n', '    int pos_next, pos_expr;\n    const uint8_t *for_ptr = s->token.ptr;\n'],
  ...[
    ['    pos_next = s->cur_func->byte_code.size;\n    emit_label(s, label_next);\n', ''],
    ['\n    emit_label(s, label_cont);\n', '    if (is_for_of) {\n'],
  ].map(([before, after]) => /** @type {[string, string]} */ ([`${before}${after}`, `${before}    emit_source_pos(s, for_ptr);\n${after}`])),
];

let text = readFileSync(/** @type {string} */ (process.argv[2]), 'utf8');
for (const [before, after, count = 1] of changes) {
  const parts = text.split(before);
  if (parts.length !== count + 1) {
    process.stderr.write(`${process.argv[2]}: this is there ${parts.length - 1} times and not ${count}:\n${before}\n`);
    process.exit(1);
  }
  text = parts.join(after);
}
process.stdout.write(text);
