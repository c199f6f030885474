#include "random_design.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

#define NODES_MAX 8u
#define TARGETS_MAX 3u
#define DURATION_S 20u

typedef enum kind { STATION, SERVICE, DATABASE, CACHE, QUEUE, KINDS } kind;

typedef struct design {
    ss_random random;
    ss_text *out;
    uint32_t node_count, client_count;
    kind kinds[NODES_MAX];
    uint32_t targets[NODES_MAX][TARGETS_MAX]; ///< of each node: later nodes, without repetition
    uint32_t target_count[NODES_MAX];
    bool forwards[NODES_MAX]; ///< its edges to others than queues are forward edges
} design;

static uint32_t below(design *self, uint32_t bound) {
    return ss_random_below(&self->random, bound);
}

static bool chance(design *self, uint32_t percent) {
    return below(self, 100u) < percent;
}

static const char *one_of(design *self, const char *const *words, uint32_t count) {
    return words[below(self, count)];
}
#define ONE_OF(self, words) one_of((self), (words), (uint32_t)(sizeof(words) / sizeof *(words)))

static void add(design *self, const char *text) {
    for (const char *at = text; *at; at++) {
        ss_text_add_char(self->out, *at == '\'' ? '"' : *at);
    }
}

/// Adds text with one number in it at the percent sign.
static void add_number(design *self, const char *text, uint32_t number) {
    for (const char *at = text; *at; at++) {
        if (*at == '%') {
            ss_text_add_format(self->out, "%u", number);
        } else {
            ss_text_add_char(self->out, *at == '\'' ? '"' : *at);
        }
    }
}

static const char *const services[] = {
    "'exp(8ms)'", "'10ms'", "0", "'uniform(1ms, 20ms)'", "'erlang(k=3, mean=9ms)'",
    "'lognormal(mean=10ms, cv=1.5)'", "'hyperexp(0.9: 4ms, 0.1: 50ms)'", "'gamma(mean=8ms, cv=2)'",
    "'empirical(2ms: 3, 30ms: 1)'", "'coxian(200, 100; 0.5)'", "'weibull(shape=0.7, scale=8ms)'",
};

// --- Clients -----------------------------------------------------------------------------------

static const char *const loads[] = {
    "'rate': 60", "'interarrival': 'erlang(k=2, mean=20ms)'", "'interarrival': '25ms'",
    "'rate': 20, 'batch': 'empirical(1: 2, 6: 1)'",
    "'users': 7, 'think': 'exp(80ms)'", "'users': 12, 'think': '100ms'",
    "'mmpp': [{'rate': 10, 'for': 'exp(1s)'}, {'rate': 200, 'for': 'exp(300ms)'}]",
    "'map': {'d0': [[0, 2], [5, 0]], 'd1': [[30, 0], [10, 150]]}",
    "'pattern': [{'at': 0, 'rate': 10}, {'at': 10, 'rate': 120}, {'at': 15, 'rate': 0}]",
    "'trace': [[0, 'a'], [0, 'b'], [0.5, 'a'], [0.5, 'a'], [1, 'z'], [3, 'b']]",
};

static void add_client(design *self, uint32_t index) {
    add_number(self, "'c%': {'type': 'client', 'load': {", index);
    add(self, ONE_OF(self, loads));
    add(self, chance(self, 70) ? "}, 'operations': {'a': 3, 'b': 1}}" : "}}");
}

// --- Nodes -------------------------------------------------------------------------------------

static void add_flow(design *self, uint32_t node, uint32_t depth) {
    const uint32_t steps = 1u + below(self, 3u);
    add(self, "[");
    for (uint32_t i = 0; i < steps; i++) {
        if (i > 0u) add(self, ", ");
        const uint32_t what = below(self, depth > 0u ? 6u : 3u);
        const uint32_t count = self->target_count[node];
        const uint32_t target = count > 0u ? self->targets[node][below(self, count)] : 0u;
        const bool is_forward = self->forwards[node] && self->kinds[target] != QUEUE;
        if (what == 3u) {
            add(self, "{'parallel': [");
            add_flow(self, node, depth - 1u);
            add(self, ", ");
            add_flow(self, node, depth - 1u);
            add(self, "]}");
        } else if (what == 4u) {
            add(self, "{'choose': [{'probability': 0.4, 'flow': ");
            add_flow(self, node, depth - 1u);
            add(self, "}, {'probability': 0.3, 'flow': ");
            add_flow(self, node, depth - 1u);
            add(self, "}]}");
        } else if (what == 5u) {
            add(self, "{'repeat': 2, 'flow': ");
            add_flow(self, node, depth - 1u);
            add(self, "}");
        } else if (what == 0u || count == 0u || is_forward) {
            add(self, "{'compute': ");
            add(self, ONE_OF(self, services));
            add(self, "}");
        } else if (self->kinds[target] == QUEUE) {
            add_number(self, "{'publish': 'n%'}", target);
        } else if (self->kinds[target] == CACHE && depth > 0u && chance(self, 50)) {
            add_number(self, "{'call': 'n%', 'op': 'a', 'miss': ", target);
            add_flow(self, node, depth - 1u);
            add(self, "}");
        } else {
            add_number(self, "{'call': 'n%'}", target);
        }
    }
    add(self, "]");
}

/// What its places are like, which decides on what else it can have.
typedef struct places_kind {
    bool are_single;      ///< counted and served one by one: they can go on vacation
    bool are_interrupted; ///< by a preemptive discipline: they share no cores
    bool are_batchable;   ///< and their line is in order of arrival
} places_kind;

static places_kind add_serving(design *self, kind what) {
    static const char *const disciplines[] = {"fifo", "lifo", "random", "ps", "priority",
                                              "priority-preemptive", "sjf", "srpt", "edf"};
    static const char *const balances[] = {"round-robin", "random", "least-in-flight", "p2c",
                                           "hash", "shared"};
    const char *places = what == DATABASE ? "connections" : "concurrency";
    if (chance(self, 30)) add_number(self, ", 'replicas': %", 1u + below(self, 3u));
    const bool is_counted = chance(self, 80);
    if (is_counted) {
        ss_text_add_format(self->out, ", \"%s\": %u", places, 1u + below(self, 5u));
    } else if (chance(self, 50)) {
        ss_text_add_format(self->out, ", \"%s\": \"inf\"", places);
    }
    if (chance(self, 40)) {
        add_number(self, ", 'queue': %", below(self, 6u));
        if (chance(self, 40)) add(self, ", 'overflow': 'block'");
    }
    const char *discipline = chance(self, 60) ? ONE_OF(self, disciplines) : disciplines[0];
    ss_text_add_format(self->out, ", \"discipline\": \"%s\"", discipline);
    if (chance(self, 50)) {
        ss_text_add_format(self->out, ", \"balance\": \"%s\"", ONE_OF(self, balances));
    }
    if (chance(self, 20)) add(self, ", 'patience': 'exp(40ms)'");
    if (chance(self, 15)) add(self, ", 'error_rate': 0.1");
    const uint32_t limit = below(self, 10u);
    if (limit == 0u) add(self, ", 'limits': {'rate': 40, 'burst': 5}");
    if (limit == 1u) add(self, ", 'limits': {'max_in_flight': 6}");
    if (chance(self, 20)) add(self, ", 'instance': {'speed': 2, 'price_per_hour': '$0.1'}");
    if (chance(self, 30)) add(self, ", 'zone': 'east'");
    return (places_kind){
        .are_single = is_counted && strcmp(discipline, "ps") != 0,
        .are_interrupted = strcmp(discipline, "srpt") == 0 ||
                           strcmp(discipline, "priority-preemptive") == 0,
        .are_batchable = is_counted && (strcmp(discipline, "fifo") == 0 ||
                                        strcmp(discipline, "lifo") == 0 ||
                                        strcmp(discipline, "random") == 0),
    };
}

static const char *const batches[] = {"}", ", 'min': 2}", ", 'min': 3, 'wait': '20ms'}"};

static void add_node(design *self, uint32_t node) {
    static const char *const types[KINDS] = {"station", "service", "database", "cache", "queue"};
    const kind what = self->kinds[node];
    places_kind places = {0};
    add_number(self, ", 'n%': {", node);
    ss_text_add_format(self->out, "\"type\": \"%s\", \"service_time\": ", types[what]);
    add(self, ONE_OF(self, services));
    if (what == QUEUE) {
        if (chance(self, 50)) add(self, ", 'delivery': 'broadcast', 'partitions': 3");
        if (chance(self, 60)) add_number(self, ", 'prefetch': %", 1u + below(self, 4u));
        if (chance(self, 30)) add(self, ", 'capacity': 20");
        if (chance(self, 50)) add_number(self, ", 'max_deliveries': %", 1u + below(self, 4u));
    } else {
        places = add_serving(self, what);
    }
    const bool has_batches = what == STATION && places.are_batchable && chance(self, 25);
    if (has_batches) {
        add_number(self, ", 'batch': {'max': %", 2u + below(self, 4u));
        add(self, ONE_OF(self, batches));
    }
    if (what == STATION && !has_batches && chance(self, 20)) add(self, ", 'setup': 'exp(5ms)'");
    if (has_batches) {
        // nothing else about its places
    } else if (what == STATION && places.are_single && chance(self, 30)) {
        add(self, ", 'vacation': 'exp(10ms)'");
    } else if (what == STATION && !places.are_interrupted && chance(self, 30)) {
        add(self, ", 'speedup': [1, 1.6, 2]");
    }
    if (what == DATABASE && !places.are_interrupted && chance(self, 50)) {
        add(self, ", 'cores': 2");
    }
    if (what == CACHE && chance(self, 50)) {
        add(self, ", 'keys': 50, 'capacity': 10, 'policy': 'lru', 'ttl': '2s'");
    }
    if (what == SERVICE && chance(self, 70)) {
        add(self, ", 'operations': {'a': {'priority': 2, 'flow': ");
        add_flow(self, node, 2);
        add(self, "}, 'b': {'priority': 1, 'error_rate': 0.05, 'service_time': 'exp(3ms)'}}");
    }
    add(self, "}");
}

// --- Edges -------------------------------------------------------------------------------------

static const char *const policies[] = {
    ", 'timeout': '60ms'",
    ", 'timeout': '100ms', 'retry': {'max': 2, 'backoff': '10ms', 'jitter': 0.5}",
    ", 'retry': {'max': 3, 'budget': 0.2}",
    ", 'timeout': '50ms', 'breaker': {'min_calls': 5, 'window': '1s', 'open_for': '500ms'}",
    ", 'hedge': {'after': '20ms', 'max': 2}",
    ", 'timeout': '80ms', 'deadline': 'propagate'",
    ", 'timeout': '90ms', 'hedge': {'after': '15ms', 'max': 1}, 'retry': {'max': 1}",
};
static const char *const ways[] = {
    ", 'latency': 'exp(2ms)'", ", 'latency': '1ms'", ", 'loss': 0.05",
    ", 'bandwidth': 200000, 'latency': 'uniform(0ms, 3ms)'", ", 'probability': 0.5",
};

static void add_edge(design *self, const char *from, uint32_t from_index, uint32_t to,
                     bool forwards, uint32_t of) {
    ss_text_add_format(self->out, "{\"from\": \"%s%u\", \"to\": \"n%u\"", from, from_index, to);
    const bool publishes = self->kinds[to] == QUEUE;
    if (publishes) {
        add(self, ", 'kind': 'publish'");
    } else if (forwards) {
        add(self, ", 'kind': 'forward'");
        if (of > 1u) add(self, ", 'probability': 0.3");
    } else if (chance(self, 50)) {
        add(self, ONE_OF(self, policies));
    }
    const bool has_probability = forwards && of > 1u;
    if (chance(self, 40)) add(self, ways[below(self, has_probability && !publishes ? 4u : 5u)]);
    if (chance(self, 10)) add(self, ", 'op': 'a'");
    add(self, "}");
}

static void add_edges(design *self) {
    bool is_first = true;
    for (uint32_t c = 0; c < self->client_count; c++) {
        const uint32_t count = 1u + below(self, 2u);
        const bool forwards = chance(self, 30);
        const uint32_t to = below(self, self->node_count);
        for (uint32_t i = 0; i < count; i++) {
            if (!is_first) add(self, ", ");
            is_first = false;
            add_edge(self, "c", c, (to + i) % self->node_count, forwards, count);
        }
    }
    for (uint32_t n = 0; n < self->node_count; n++) {
        for (uint32_t i = 0; i < self->target_count[n]; i++) {
            add(self, ", ");
            add_edge(self, "n", n, self->targets[n][i], self->forwards[n], self->target_count[n]);
        }
    }
}

// --- Faults ------------------------------------------------------------------------------------

static void add_faults(design *self) {
    static const char *const when[] = {", 'at': 3, 'for': 4}", ", 'at': 7}",
                                       ", 'mtbf': 3, 'mttr': 0.5}", ", 'at': 0, 'for': 10}"};
    static const char *const what[] = {"'kind': 'crash'", "'kind': 'pause'",
                                       "'kind': 'slow', 'factor': 4",
                                       "'kind': 'errors', 'rate': 0.5"};
    const uint32_t count = below(self, 4u);
    add(self, ", 'faults': [");
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0u) add(self, ", ");
        const uint32_t node = below(self, self->node_count);
        if (chance(self, 15)) {
            add(self, "{'kind': 'spike', 'target': 'c0', 'factor': 3");
        } else if (chance(self, 10)) {
            add(self, "{'kind': 'zone-down', 'zone': 'west'");
        } else {
            add(self, "{");
            add(self, ONE_OF(self, what));
            add_number(self, ", 'target': 'n%'", node);
        }
        add(self, ONE_OF(self, when));
    }
    add(self, "]");
}

static void choose_targets(design *self) {
    for (uint32_t n = 0; n < self->node_count; n++) {
        self->kinds[n] = (kind)below(self, KINDS);
        self->forwards[n] = self->kinds[n] != QUEUE && chance(self, 30);
    }
    for (uint32_t n = 0; n + 1u < self->node_count; n++) {
        const uint32_t later = self->node_count - 1u - n;
        uint32_t count = below(self, TARGETS_MAX + 1u);
        if (count > later) count = later;
        const uint32_t first = below(self, later);
        for (uint32_t i = 0; i < count; i++) {
            self->targets[n][i] = n + 1u + (first + i) % later;
        }
        self->target_count[n] = count;
    }
}

void random_design_write(uint64_t seed, ss_text *out) {
    design self = {.random = ss_random_create(seed, 1, SS_PURPOSE_ROUTE), .out = out};
    self.node_count = 1u + below(&self, NODES_MAX);
    self.client_count = 1u + below(&self, 3u);
    choose_targets(&self);
    add(&self, "{'format': 'scalesim/1', 'nodes': {");
    for (uint32_t i = 0; i < self.client_count; i++) {
        if (i > 0u) add(&self, ", ");
        add_client(&self, i);
    }
    for (uint32_t i = 0; i < self.node_count; i++) add_node(&self, i);
    add(&self, ", 'last': {'type': 'station', 'service_time': '1ms', 'zone': 'west'}");
    add(&self, "}, 'edges': [");
    add_edges(&self);
    add_number(&self, ", {'from': 'c0', 'to': 'last'}], 'run': {'duration': %", DURATION_S);
    add(&self, chance(&self, 50) ? ", 'warmup': 0" : chance(&self, 50) ? ", 'warmup': 2" : "");
    add(&self, "}");
    add_faults(&self);
    add(&self, "}");
}
