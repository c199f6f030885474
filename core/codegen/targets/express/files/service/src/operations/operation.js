/** {{name}}: the steps of the model, in its order. Put the real work in their place. */
export async function run({{#has_steps}}context{{/has_steps}}) {
  const results = {};
  {{> steps}}
  return results;
}
