/**
 * The queries behind each operation of a store. The model knows how long they take, not what they
 * do: put your own here. Values are always parameters, never part of the text.
 */
export const queries = {
  {{#stores}}
  {{way}}: {
    {{#operations}}
    '{{id}}': {
      {{#is_insert}}
      sql: 'INSERT INTO "{{table}}" (key, operation, data) VALUES ($1, $2, $3) RETURNING id',
      values: (input) => [input.key, '{{id}}', input.data ?? {}],
      {{/is_insert}}
      {{#is_update}}
      sql: 'UPDATE "{{table}}" SET data = data || $2, updated_at = now() WHERE key = $1 RETURNING id',
      values: (input) => [input.key, input.data ?? {}],
      {{/is_update}}
      {{#is_delete}}
      sql: 'DELETE FROM "{{table}}" WHERE key = $1',
      values: (input) => [input.key],
      {{/is_delete}}
      {{#is_read}}
      sql: 'SELECT id, key, operation, data, created_at FROM "{{table}}" WHERE key = $1 ORDER BY id DESC LIMIT 20',
      values: (input) => [input.key],
      {{/is_read}}
    },
    {{/operations}}
  },
  {{/stores}}
};
