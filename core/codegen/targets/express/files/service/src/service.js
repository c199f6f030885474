import { readFileSync } from 'node:fs';

{{#operations}}
import { run as {{camel}}Operation } from './operations/{{id}}.js';
{{/operations}}
{{#has_stores}}
import { queries } from './queries.js';
{{/has_stores}}

const openapi = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'));

/** {{id}}: what the model says about it{{#has_neighbours}}, and where its neighbours are{{/has_neighbours}}. */
export function define({{#has_neighbours}}env{{/has_neighbours}}) {
  return {
    id: '{{id}}',
    port: {{port}},
    openapi,
    concurrency: {{#has_concurrency}}{{concurrency}}{{/has_concurrency}}{{^has_concurrency}}null{{/has_concurrency}}, // places; null: no limit
    queue: {{#has_queue}}{{queue}}{{/has_queue}}{{^has_queue}}null{{/has_queue}}, // waiting places
    {{#has_limits}}
    {{#limits}}
    limits: {
      {{#has_rate}}
      rate: {{rate}},
      {{/has_rate}}
      {{#has_burst}}
      burst: {{burst}},
      {{/has_burst}}
      {{#has_max_in_flight}}
      maxInFlight: {{max_in_flight}},
      {{/has_max_in_flight}}
    },
    {{/limits}}
    {{/has_limits}}
    operations: {
      {{#operations}}
      '{{id}}': { run: {{camel}}Operation{{#has_error_rate}}, errorRate: {{error_rate}}{{/has_error_rate}} },
      {{/operations}}
    },
    {{#has_services}}
    services: {
      {{#services}}
      {{way}}: {
        edge: '{{edge}}',
        url: env.{{upper}}_URL || 'http://127.0.0.1:{{port}}',
        {{> policy}}
      },
      {{/services}}
    },
    {{/has_services}}
    {{#has_stores}}
    stores: {
      {{#stores}}
      {{way}}: {
        edge: '{{edge}}',
        url: env.{{upper}}_URL || env.DATABASE_URL || 'postgres://127.0.0.1:5432/postgres',
        poolSize: {{pool_size}},
        {{> policy}}
        migration: new URL('../../../migrations/{{id}}.sql', import.meta.url),
        queries: queries.{{way}},
      },
      {{/stores}}
    },
    {{/has_stores}}
    {{#has_caches}}
    caches: {
      {{#caches}}
      {{way}}: {
        id: '{{id}}',
        edge: '{{edge}}',
        url: env.{{upper}}_URL || env.REDIS_URL || 'redis://127.0.0.1:6379',
        {{#has_ttl}}
        ttlSeconds: {{ttl}},
        {{/has_ttl}}
        {{> policy}}
      },
      {{/caches}}
    },
    {{/has_caches}}
    {{#has_queues}}
    queues: {
      {{#queues}}
      {{way}}: {
        id: '{{id}}',
        edge: '{{edge}}',
        url: env.{{upper}}_URL || env.REDIS_URL || 'redis://127.0.0.1:6379',
        delivery: '{{delivery}}',
        {{#has_capacity}}
        capacity: {{capacity}},
        {{/has_capacity}}
        {{> policy}}
      },
      {{/queues}}
    },
    {{/has_queues}}
    {{#has_consumers}}
    consumers: {
      {{#consumers}}
      {{way}}Consumer: {
        queue: '{{id}}',
        group: '{{group}}',
        url: env.{{upper}}_URL || env.REDIS_URL || 'redis://127.0.0.1:6379',
        delivery: '{{delivery}}',
        prefetch: {{prefetch}},
        maxDeliveries: {{max_deliveries}},
        {{#has_operation}}
        operation: '{{operation}}',
        {{/has_operation}}
      },
      {{/consumers}}
    },
    {{/has_consumers}}
  };
}
