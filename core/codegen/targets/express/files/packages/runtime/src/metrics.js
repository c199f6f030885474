import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** From 1 ms to 30 s, about two buckets an octave where objectives usually lie. */
const SECONDS = [
  0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.035, 0.05, 0.075, 0.1, 0.15, 0.25, 0.35, 0.5,
  0.75, 1, 1.5, 2.5, 5, 10, 30,
];

/**
 * The metrics of one service. They are named as in the model's results: a node's response, its
 * places and queue, and the edges it calls.
 */
export function createMetrics(node) {
  const registry = new Registry();
  registry.setDefaultLabels({ node });
  collectDefaultMetrics({ register: registry });
  const make = (Metric, name, help, labelNames, more = {}) =>
    new Metric({ name, help, labelNames, registers: [registry], ...more });
  return {
    registry,
    response: make(
      Histogram,
      'scalesim_node_response_seconds',
      'From the arrival of a request to its answer (nodes.ID.response).',
      ['operation', 'outcome'],
      { buckets: SECONDS },
    ),
    wait: make(
      Histogram,
      'scalesim_node_wait_seconds',
      'Time a request waited for a free place (nodes.ID.wait).',
      ['operation'],
      { buckets: SECONDS },
    ),
    inService: make(Gauge, 'scalesim_node_in_service', 'Places busy now.', []),
    inQueue: make(Gauge, 'scalesim_node_in_queue', 'Requests waiting for a place now.', []),
    places: make(Gauge, 'scalesim_node_places', 'Places this replica has; 0 is without limit.', []),
    edge: make(
      Histogram,
      'scalesim_edge_latency_seconds',
      'One attempt of a call along an edge (edges.FROM->TO.latency).',
      ['edge', 'outcome'],
      { buckets: SECONDS },
    ),
    retries: make(Counter, 'scalesim_edge_retries_total', 'Attempts after the first one.', ['edge']),
    breakerOpen: make(Gauge, 'scalesim_edge_breaker_open', 'Whether the circuit breaker is open.', [
      'edge',
    ]),
    cache: make(Counter, 'scalesim_cache_requests_total', 'Look-ups in a cache.', [
      'cache',
      'outcome',
    ]),
    messages: make(Counter, 'scalesim_messages_total', 'Messages published and consumed.', [
      'queue',
      'outcome',
    ]),
  };
}
