import assert from 'node:assert/strict';
import test from 'node:test';

import { distribution } from '../src/distributions.js';

const DRAWS = 40_000;

const MEANS = [
  ['0.25', 0.25],
  ['exp(2)', 2],
  ['uniform(1, 3)', 2],
  ['normal(mean=10, sd=1)', 10],
  ['lognormal(mean=6, cv=0.6)', 6],
  ['gamma(mean=3, cv=0.5)', 3],
  ['gamma(mean=3, cv=1.5)', 3],
  ['erlang(k=4, mean=2)', 2],
  ['weibull(shape=2, scale=1)', 0.886227],
  ['pareto(min=1, alpha=4)', 4 / 3],
  ['hyperexp(0.25: 4, 0.75: 1)', 1.75],
  ['coxian(2, 4; 0.5)', 0.625],
  ['empirical(1: 1, 2: 3)', 1.75],
  ['mix(0.5: exp(1), 0.5: 3)', 2],
];

for (const [text, mean] of MEANS) {
  test(`${text} has mean ${mean}`, () => {
    const draw = distribution(text);
    let sum = 0;
    for (let i = 0; i < DRAWS; i += 1) {
      const x = draw();
      assert.ok(x >= 0);
      sum += x;
    }
    const measured = sum / DRAWS;
    assert.ok(Math.abs(measured - mean) < 0.06 * mean, `measured ${measured}`);
  });
}

test('what is no distribution is refused with its text', () => {
  assert.throws(() => distribution('expo(1)'), /expo\(1\).*write one of/);
  assert.throws(() => distribution('exp()'), /"mean" is missing/);
  assert.throws(() => distribution('soon'), /not a number/);
});
