// A reporter for `node --test` that tools/suites.mjs reads: failures and skips for people, then one
// line of JSON with the counts.

/** @param {unknown} error */
function describe(error) {
    const cause = /** @type {any} */ (error)?.cause ?? error;
    const text = cause instanceof Error || cause?.stack ? String(cause.stack) : String(cause);
    return text.split('\n').filter((line) => !/^\s+at (node:|.*\(node:)/.test(line)).slice(0, 40).join('\n');
}

/** @param {AsyncIterable<any>} source */
export default async function* report(source) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for await (const { type, data } of source) {
        if (type === 'test:stdout' || type === 'test:stderr') yield data.message;
        if (type !== 'test:pass' && type !== 'test:fail') continue;
        const isGroup = data.details?.type === 'suite';
        const error = data.details?.error;
        if (data.skip !== undefined || data.todo !== undefined) {
            if (isGroup && data.skip === undefined) continue;
            const reason = [data.skip, data.todo].find((text) => typeof text === 'string' && text !== '');
            if (reason) {
                counts.skipped++;
                yield `skipped ${data.name}: ${reason}\n`;
            } else {
                counts.failed++;
                yield `FAILED ${data.name}: it is skipped without a reason; name one: { skip: 'why' }\n`;
            }
        } else if (type === 'test:pass') {
            // A file without a single test is reported as one that passed: that proves nothing.
            const isEmptyFile = data.nesting === 0 && data.name === data.file;
            if (isEmptyFile) yield `FAILED ${data.name}: the file has no tests\n`;
            if (!isGroup) counts[isEmptyFile ? 'failed' : 'passed']++;
        } else if (error?.failureType !== 'subtestsFailed') {
            counts.failed++;
            const place = data.file ? ` (${data.file}${data.line ? `:${data.line}` : ''})` : '';
            yield `FAILED ${data.name}${place}\n${describe(error)}\n\n`;
        }
    }
    yield `@@${JSON.stringify(counts)}\n`;
}
