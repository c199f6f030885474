import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationParts, significant, withInterval } from './precision.js';
import { csvOf, rowsOf } from './rows.js';

test('a value has the digits that its interval supports', () => {
  assert.deepEqual(withInterval(213.4567, 4.2), ['213', '4']);
  assert.deepEqual(withInterval(213.4567, 0.42), ['213.5', '0.4']);
  assert.deepEqual(withInterval(213.4567, 1.44), ['213.5', '1.4']);
  assert.deepEqual(withInterval(213.4567, 32), ['210', '30']);
  assert.deepEqual(withInterval(9.87654, 0.00321), ['9.877', '0.003']);
  assert.deepEqual(withInterval(2134, 150), ['2130', '150']);
});

test('a duration is shown in the unit that fits it', () => {
  assert.deepEqual(durationParts(0.213, 0.004), { value: '213', half: '4', unit: 'ms' });
  assert.deepEqual(durationParts(1.5, null), { value: '1.50', half: '', unit: 's' });
  assert.deepEqual(durationParts(0.0000801, null), { value: '80.1', half: '', unit: 'µs' });
  assert.equal(durationParts(null, null), null);
  assert.equal(significant(0.00123), '0.00123');
});

const DESIGN = { format: 'scalesim/1', nodes: { api: { type: 'service' }, users: { type: 'client', load: {} } }, edges: [] };
const RESULTS = {
  nodes: {
    api: { throughput: 1.5, utilization: null, in_queue: 0, response: { mean: 0.25, ci95: null, p50: 0.2 }, error_ratio: 0, operations: { 'a,"b"': { throughput: 1 } } },
    users: { throughput: 1.5, utilization: null, in_queue: 0, response: { mean: 0.3 }, error_ratio: 0.01, operations: {} },
  },
};

test('clients come first, operations under their node', () => {
  assert.deepEqual(rowsOf(RESULTS, DESIGN).map(({ id, operation }) => `${id}/${operation}`), ['users/', 'api/', 'api/a,"b"']);
});

test('the CSV holds full precision, quotes what needs it and leaves unknown values empty', () => {
  const lines = csvOf(RESULTS, DESIGN).split('\r\n');
  assert.match(lines[0], /^node,operation,throughput_per_s,utilization,in_queue,response_mean_s,response_mean_ci95_s,/);
  assert.equal(lines[1], 'users,,1.5,,0,0.3,,,,,,0.01');
  assert.equal(lines[2], 'api,,1.5,,0,0.25,,0.2,,,,0');
  assert.equal(lines[3], 'api,"a,""b""",1,,,,,,,,,');
  assert.equal(lines[4], '');
});
