/**
 * The native host of generated modules: each as C by wasm2c, compiled, and run under the same
 * budgets as elsewhere. The sum of the state is that of observe.mjs.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const RUNTIME = '/usr/share/wabt/wasm2c'; // Debian's package wabt
const FLAGS = ['-O1', '-w', '-DWASM_RT_MEMCHECK_SIGNAL_HANDLER=0', '-DWASM_RT_USE_STACK_DEPTH_COUNT=0', '-ffp-contract=off', `-I${RUNTIME}`];
const MODULES_PER_FILE = 16;

/** @param {string} program @param {string[]} args @param {string} [folder] */
function run(program, args, folder) {
    const ran = spawnSync(program, args, { encoding: 'utf8', cwd: folder, maxBuffer: 1 << 28 });
    if (ran.status !== 0) throw new Error(`${program} ${args.slice(0, 3).join(' ')} failed: ${ran.stderr || ran.error || ran.signal}`);
    return ran.stdout;
}

const HEAD = `
#include <stdint.h>
#include <stdio.h>
#include "wasm-rt.h"
#include "wasm-rt-impl.h"

static uint32_t sum_of(wasm_rt_memory_t *memory, uint32_t g0, uint64_t g1, uint32_t g2) {
    const uint32_t *words = (const uint32_t *)memory->data;
    uint32_t sum = 0x811c9dc5u;
    for (uint64_t i = 0; i < memory->size / 4; i++) sum = (sum ^ words[i]) * 16777619u;
    sum = (sum ^ g0) * 16777619u;
    sum = (sum ^ (uint32_t)g1) * 16777619u;
    sum = (sum ^ (uint32_t)(g1 >> 32)) * 16777619u;
    return (sum ^ g2) * 16777619u;
}
`;

/** One module's part of the program. @param {number} seed @param {number[]} budgets */
const part = (seed, budgets) => `
static void run_m${seed}(void) {
    static const uint32_t budgets[] = {${budgets.join(',')}};
    static const char *const ends[] = {"trap", "fuel", "stack", "memory", "host"};
    Z_m${seed}_init_module();
    for (unsigned i = 0; i < sizeof budgets / sizeof *budgets; i++) {
        static Z_m${seed}_instance_t x;
        Z_m${seed}_instantiate(&x);
        *Z_m${seed}Z_scalesim_fuel(&x) = budgets[i];
        printf("${seed} %u: ", budgets[i]);
        if (wasm_rt_impl_try() == 0) printf("ok %d", (int32_t)Z_m${seed}Z_run(&x, ${seed}));
        else printf("%s", ends[*Z_m${seed}Z_scalesim_trap(&x)]);
        printf(" %u %lld\\n",
               sum_of(Z_m${seed}Z_memory(&x), *Z_m${seed}Z_g0(&x), *Z_m${seed}Z_g1(&x), *Z_m${seed}Z_g2(&x)),
               (long long)*Z_m${seed}Z_scalesim_fuel(&x));
        Z_m${seed}_free(&x);
    }
}
`;

/** Everything that the modules do under their budgets, as observe.mjs says it.
 * @param {import('./observe.mjs').Case[]} cases @param {string} folder @returns {string[]} */
export function observeNatively(cases, folder) {
    const objects = [];
    for (let first = 0; first < cases.length; first += MODULES_PER_FILE) {
        const some = cases.slice(first, first + MODULES_PER_FILE);
        let source = HEAD;
        for (const { bytes, seed, budgets } of some) {
            writeFileSync(join(folder, `m${seed}.wasm`), bytes);
            run('wasm2c', ['-n', `m${seed}`, `m${seed}.wasm`, '-o', `m${seed}.c`], folder);
            run('cc', [...FLAGS, '-c', `m${seed}.c`], folder);
            objects.push(`m${seed}.o`);
            source += `#include "m${seed}.h"\n${part(seed, budgets)}`;
        }
        source += `void run_file${first}(void) {\n${some.map(({ seed }) => `    run_m${seed}();\n`).join('')}}\n`;
        writeFileSync(join(folder, `file${first}.c`), source);
        run('cc', [...FLAGS, '-c', `file${first}.c`], folder);
        objects.push(`file${first}.o`);
    }
    const files = objects.filter((name) => name.startsWith('file')).map((name) => name.slice(0, -2));
    writeFileSync(join(folder, 'main.c'), `#include "wasm-rt.h"\n${files.map((name) => `void run_${name}(void);\n`).join('')}
int main(void) {\n    wasm_rt_init();\n${files.map((name) => `    run_${name}();\n`).join('')}    return 0;\n}\n`);
    run('cc', [...FLAGS, 'main.c', ...objects, join(RUNTIME, 'wasm-rt-impl.c'), '-lm', '-o', 'host'], folder);
    return run(join(folder, 'host'), [], folder).trimEnd().split('\n');
}
