/// How often each class runs: expected calls of a program, then the traffic equations.
#include "solve/internal.h"

/// Larger parts are solved by sweeps instead of elimination, which costs the cube of the size.
#define DENSE_MAX 200u
#define SWEEPS_MAX 20000u
#define CONVERGED 1e-14

// --- Failures ------------------------------------------------------------------------------------

typedef struct attempts {
    double sent, arrived; ///< per call
    double success;
} attempts;

/// A call whose attempts fail independently with probability e is sent 1 + e + … + e^r times.
static attempts attempts_of(const ss__net *net, uint32_t edge_index, uint32_t target) {
    const double arrives = net->links[edge_index].arrives;
    const double success = arrives * arrives * net->classes[target].survival;
    attempts result = {.sent = 1.0, .arrived = arrives, .success = success};
    if (success >= 1.0) return result;
    double failed = 1.0 - success;
    const double again = failed;
    for (double i = net->links[edge_index].retries; i > 0.0; i -= 1.0) {
        result.sent += failed;
        failed *= again;
    }
    result.arrived = result.sent * arrives;
    result.success = 1.0 - failed;
    return result;
}

static double success_of(const ss__net *net, const ss__term *term);

static double branches_success(const ss__net *net, const ss__term *term) {
    double sum = 0.0;
    double probability = 0.0;
    double product = 1.0;
    for (uint32_t i = 0; i < term->count; i++) {
        const double success = success_of(net, term->branches[i].first);
        sum += term->branches[i].probability * success;
        probability += term->branches[i].probability;
        product *= success;
    }
    return term->kind == SS__TERM_PARALLEL ? product : sum + ss_max(0.0, 1.0 - probability);
}

static double success_of(const ss__net *net, const ss__term *term) {
    double success = 1.0;
    for (; term; term = term->next) {
        switch (term->kind) {
        case SS__TERM_COMPUTE:
        case SS__TERM_PUBLISH:
            break;
        case SS__TERM_CALL: {
            const double miss = net->classes[term->target].miss;
            success *= attempts_of(net, term->edge, term->target).success;
            if (term->count > 0u) {
                success *= 1.0 - miss + miss * success_of(net, term->branches[0].first);
            }
            break;
        }
        case SS__TERM_CHOOSE:
        case SS__TERM_PARALLEL:
            success *= branches_success(net, term);
            break;
        case SS__TERM_REPEAT:
            success *= ss_pow(success_of(net, term->branches[0].first), (double)term->repeat);
            break;
        }
    }
    return success;
}

// --- Expected calls ------------------------------------------------------------------------------

typedef struct call_walk {
    const ss__net *net;
    ss__visit *visits;
    uint32_t at;
} call_walk;

static double expected_repeats(const ss__net *net, const ss__term *term) {
    const double success = success_of(net, term->branches[0].first);
    double sum = 0.0;
    double reach = 1.0;
    for (uint32_t i = 0; i < term->repeat; i++) {
        sum += reach;
        reach *= success;
    }
    return sum;
}

/// Adds up the calls of a list of terms that is reached `reach` times; returns how often its end
/// is.
static double walk_terms(call_walk *walk, const ss__term *term, double reach) {
    for (; term; term = term->next) {
        double after = reach;
        if (term->kind == SS__TERM_CALL || term->kind == SS__TERM_PUBLISH) {
            const attempts made = attempts_of(walk->net, term->edge, term->target);
            ss__visit *visit = &walk->visits[walk->at++];
            const bool is_call = term->kind == SS__TERM_CALL;
            visit->sent = reach * (is_call ? made.sent : 1.0);
            visit->weight =
                is_call ? reach * made.arrived : reach * made.arrived / made.sent;
            if (is_call) after = reach * made.success;
            if (term->count > 0u) {
                const double miss = walk->net->classes[term->target].miss;
                const double ended =
                    walk_terms(walk, term->branches[0].first, after * miss);
                after = after * (1.0 - miss) + ended;
            }
        } else if (term->kind == SS__TERM_REPEAT) {
            const double times = expected_repeats(walk->net, term);
            (void)walk_terms(walk, term->branches[0].first, reach * times);
            after = reach * ss_pow(success_of(walk->net, term->branches[0].first),
                                   (double)term->repeat);
        } else if (term->kind != SS__TERM_COMPUTE) {
            for (uint32_t i = 0; i < term->count; i++) {
                const bool is_choice = term->kind == SS__TERM_CHOOSE;
                const double share = is_choice ? term->branches[i].probability : 1.0;
                (void)walk_terms(walk, term->branches[i].first, reach * share);
            }
            after = reach * branches_success(walk->net, term);
        }
        reach = after;
    }
    return reach;
}

static void weigh_class(ss__net *net, ss__class *each) {
    const ss__station *station = &net->stations[each->node];
    const double admitted = (1.0 - station->loss) * station->passes;
    call_walk walk = {.net = net, .visits = each->visits};
    const double ended = walk_terms(&walk, each->program, admitted) * (1.0 - each->error_rate);
    each->success = admitted > 0.0 ? ended / station->passes : 0.0;
    double stays = 1.0;
    double forwarded = 0.0;
    for (uint32_t i = walk.at; i < each->visit_count; i++) {
        ss__visit *visit = &each->visits[i];
        const double arrives = net->links[visit->edge].arrives;
        visit->sent = ended * visit->share;
        visit->weight = visit->sent * arrives;
        if (visit->kind != SS__VISIT_FORWARD) continue;
        stays -= visit->share;
        forwarded += visit->share * arrives * net->classes[visit->target].survival;
    }
    each->survival = each->success * (ss_max(0.0, stays) + forwarded);
}

void ss__weigh(ss__net *net) {
    for (uint32_t part = 0; part < net->class_parts.count; part++) {
        const uint32_t first = net->class_parts.first[part];
        const uint32_t size = net->class_parts.first[part + 1u] - first;
        // Within a cycle the success of each depends on the others'.
        const uint32_t rounds = size > 1u && net->has_feedback ? 200u : 1u;
        for (uint32_t round = 0; round < rounds; round++) {
            double change = 0.0;
            for (uint32_t i = 0; i < size; i++) {
                ss__class *each = &net->classes[net->class_parts.members[first + i]];
                const double before = each->survival;
                weigh_class(net, each);
                change = ss_max(change, ss_abs(each->survival - before));
            }
            if (change < CONVERGED) break;
        }
    }
}

// --- Linear systems of one part ------------------------------------------------------------------

static double link_of(const ss__visit *visit, bool is_flow) {
    if (is_flow) return visit->weight;
    return visit->kind == SS__VISIT_FORWARD ? visit->share : 0.0;
}

/// Gauss-Seidel: converges because what goes round a cycle leaves it with some probability.
static void sweep_part(const ss__net *net, uint32_t first, uint32_t size, double *x, double *given,
                       bool is_flow) {
    const uint32_t *members = net->class_parts.members + first;
    const uint32_t part = net->class_parts.part[members[0]];
    for (uint32_t i = 0; i < size; i++) given[members[i]] = x[members[i]];
    for (uint32_t round = 0; round < SWEEPS_MAX; round++) {
        double change = 0.0;
        double *next = given + net->class_count;
        for (uint32_t i = 0; i < size; i++) next[members[i]] = given[members[i]];
        for (uint32_t i = 0; i < size; i++) {
            const ss__class *each = &net->classes[members[i]];
            for (uint32_t j = 0; j < each->visit_count; j++) {
                const uint32_t target = each->visits[j].target;
                if (net->class_parts.part[target] != part) continue;
                const double link = link_of(&each->visits[j], is_flow);
                if (is_flow) next[target] += x[members[i]] * link;
                else next[members[i]] += x[target] * link;
            }
        }
        for (uint32_t i = 0; i < size; i++) {
            const double scale = ss_max(1e-300, ss_abs(next[members[i]]));
            change = ss_max(change, ss_abs(next[members[i]] - x[members[i]]) / scale);
            x[members[i]] = next[members[i]];
        }
        if (change < CONVERGED) return;
    }
}

/// Elimination without pivoting, which is stable here: I - P is diagonally dominant.
static void eliminate(double *matrix, double *right, uint32_t size) {
    for (uint32_t k = 0; k < size; k++) {
        const double pivot = matrix[k * size + k];
        for (uint32_t i = k + 1u; i < size; i++) {
            const double factor = matrix[i * size + k] / pivot;
            if (!(ss_abs(factor) > 0.0)) continue;
            for (uint32_t j = k; j < size; j++) {
                matrix[i * size + j] -= factor * matrix[k * size + j];
            }
            right[i] -= factor * right[k];
        }
    }
    for (uint32_t k = size; k-- > 0u;) {
        for (uint32_t j = k + 1u; j < size; j++) right[k] -= matrix[k * size + j] * right[j];
        right[k] /= matrix[k * size + k];
    }
}

static bool eliminate_part(const ss__net *net, uint32_t first, uint32_t size, double *x,
                           bool is_flow) {
    const uint32_t *members = net->class_parts.members + first;
    const uint32_t part = net->class_parts.part[members[0]];
    const size_t bytes = ((size_t)size * size + size) * sizeof(double);
    double *matrix = ss_allocate_zeroed(&net->allocator, bytes);
    if (!matrix) return false;
    double *right = matrix + (size_t)size * size;
    double *place = net->work; // of each member in the matrix
    for (uint32_t i = 0; i < size; i++) place[members[i]] = (double)i;
    for (uint32_t i = 0; i < size; i++) {
        const ss__class *each = &net->classes[members[i]];
        matrix[i * size + i] += 1.0;
        right[i] = x[members[i]];
        for (uint32_t j = 0; j < each->visit_count; j++) {
            const uint32_t target = each->visits[j].target;
            if (net->class_parts.part[target] != part) continue;
            const uint32_t to = (uint32_t)place[target];
            matrix[is_flow ? to * size + i : i * size + to] -= link_of(&each->visits[j], is_flow);
        }
    }
    eliminate(matrix, right, size);
    for (uint32_t i = 0; i < size; i++) x[members[i]] = right[i];
    ss_deallocate(&net->allocator, matrix, bytes);
    return true;
}

static bool calls_itself(const ss__class *each, uint32_t index) {
    for (uint32_t i = 0; i < each->visit_count; i++) {
        if (each->visits[i].target == index) return true;
    }
    return false;
}

void ss__part_solve(const ss__net *net, uint32_t part, double *x, bool is_flow) {
    const uint32_t first = net->class_parts.first[part];
    const uint32_t size = net->class_parts.first[part + 1u] - first;
    const uint32_t member = net->class_parts.members[first];
    if (size == 1u && !calls_itself(&net->classes[member], member)) return;
    if (size <= DENSE_MAX && eliminate_part(net, first, size, x, is_flow)) return;
    sweep_part(net, first, size, x, net->work + 3u * net->class_count, is_flow);
}

// --- Traffic -------------------------------------------------------------------------------------

void ss__traffic_solve(const ss__net *net, double *rates) {
    for (uint32_t part = net->class_parts.count; part-- > 0u;) {
        ss__part_solve(net, part, rates, true);
        const uint32_t end = net->class_parts.first[part + 1u];
        for (uint32_t i = net->class_parts.first[part]; i < end; i++) {
            const uint32_t index = net->class_parts.members[i];
            const ss__class *each = &net->classes[index];
            for (uint32_t j = 0; j < each->visit_count; j++) {
                const uint32_t target = each->visits[j].target;
                if (net->class_parts.part[target] == part) continue;
                rates[target] += rates[index] * each->visits[j].weight;
            }
        }
    }
}

void ss__traffic_unit(ss__net *net) {
    double *open = net->work + 2u * net->class_count;
    for (uint32_t i = 0; i < net->class_count; i++) open[i] = 0.0;
    for (uint32_t k = 0; k < net->client_count; k++) {
        ss__client *client = &net->clients[k];
        double *rates = client->is_closed ? client->visits : open;
        if (client->is_closed) {
            for (uint32_t i = 0; i < net->class_count; i++) rates[i] = 0.0;
        }
        const double source = client->is_closed ? 1.0 : client->rate;
        for (uint32_t at = net->stations[client->node].first_class1; at;
             at = net->classes[at - 1u].next_of_node1) {
            rates[at - 1u] += source * net->classes[at - 1u].share;
        }
        if (client->is_closed) ss__traffic_solve(net, rates);
    }
    ss__traffic_solve(net, open);
    for (uint32_t i = 0; i < net->class_count; i++) net->classes[i].open_rate = open[i];
}

void ss__traffic_combine(ss__net *net) {
    for (uint32_t i = 0; i < net->class_count; i++) {
        double rate = net->scale * net->classes[i].open_rate;
        for (uint32_t k = 0; k < net->client_count; k++) {
            const ss__client *client = &net->clients[k];
            if (client->is_closed) rate += client->rate * client->visits[i];
        }
        net->classes[i].rate = rate;
    }
    for (uint32_t i = 0; i < net->design->edge_count; i++) net->edge_rates[i] = 0.0;
    for (uint32_t i = 0; i < net->class_count; i++) {
        const ss__class *each = &net->classes[i];
        for (uint32_t j = 0; j < each->visit_count; j++) {
            net->edge_rates[each->visits[j].edge] += each->rate * each->visits[j].sent;
        }
    }
}

// --- Order ---------------------------------------------------------------------------------------

/// Lists of targets per vertex, of classes or of their nodes.
static ss_status find_parts(ss__net *net, bool of_nodes, ss__parts *out) {
    const uint32_t count = of_nodes ? net->design->node_count : net->class_count;
    size_t links = 0;
    for (uint32_t i = 0; i < net->class_count; i++) links += net->classes[i].visit_count;
    uint32_t *first = ss_arena_allocate(net->arena, ((size_t)count + 2u) * sizeof(uint32_t));
    uint32_t *fill = ss_arena_allocate(net->arena, ((size_t)count + 2u) * sizeof(uint32_t));
    uint32_t *targets = ss_arena_allocate(net->arena, (links + 1u) * sizeof(uint32_t));
    if (!first || !fill || !targets) return SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < net->class_count; i++) {
        first[(of_nodes ? net->classes[i].node : i) + 1u] += net->classes[i].visit_count;
    }
    for (uint32_t i = 0; i < count; i++) first[i + 1u] += first[i];
    for (uint32_t i = 0; i < net->class_count; i++) {
        const uint32_t from = of_nodes ? net->classes[i].node : i;
        for (uint32_t j = 0; j < net->classes[i].visit_count; j++) {
            const uint32_t target = net->classes[i].visits[j].target;
            targets[first[from] + fill[from]++] = of_nodes ? net->classes[target].node : target;
        }
    }
    return ss__parts_find(net->arena, count, first, targets, out);
}

static uint32_t node_part_of(const ss__net *net, uint32_t class_part) {
    const uint32_t member = net->class_parts.members[net->class_parts.first[class_part]];
    return net->node_parts.part[net->classes[member].node];
}

/// The class parts of each node part; a counting sort keeps their order.
static ss_status sort_parts(ss__net *net) {
    const size_t bytes = ((size_t)net->node_parts.count + 2u) * sizeof(uint32_t);
    net->part_first = ss_arena_allocate(net->arena, bytes);
    uint32_t *fill = ss_arena_allocate(net->arena, bytes);
    net->part_order =
        ss_arena_allocate(net->arena, ((size_t)net->class_parts.count + 1u) * sizeof(uint32_t));
    if (!net->part_first || !fill || !net->part_order) return SS_ERROR_MEMORY;
    for (uint32_t i = 0; i < net->class_parts.count; i++) {
        net->part_first[node_part_of(net, i) + 1u]++;
    }
    for (uint32_t i = 0; i < net->node_parts.count; i++) {
        net->part_first[i + 1u] += net->part_first[i];
    }
    for (uint32_t i = 0; i < net->class_parts.count; i++) {
        const uint32_t part = node_part_of(net, i);
        net->part_order[net->part_first[part] + fill[part]++] = i;
    }
    return SS_OK;
}

ss_status ss__order_classes(ss__net *net) {
    ss_status status = find_parts(net, false, &net->class_parts);
    if (!status) status = find_parts(net, true, &net->node_parts);
    return status ? status : sort_parts(net);
}
