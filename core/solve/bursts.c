/// MAP/M/1: arrivals whose rate changes with the state of a Markov chain (an MMPP is one whose
/// arrivals leave the state as it is).
///
/// The queue is a quasi-birth-death process, whose levels fall off by a matrix R (Neuts 1981, secs.
/// 1.2 and 3.1) with R = A0 (-A1 - A0 G)⁻¹ and G by logarithmic reduction (Latouche & Ramaswami
/// 1993). Here A0 = D1, A1 = D0 - μI, A2 = μI.
#include <string.h>

#include "scalesim/model.h"
#include "solve/formulas.h"

#define STATES SS_MAP_STATES_MAX
#define ROUNDS_MAX 60u /* each doubles the number of levels that were looked at */
#define CONVERGED 1e-15

typedef struct square {
    double cell[STATES][STATES];
    uint32_t size;
} square;

static square product(const square *a, const square *b) {
    square c = {.size = a->size};
    for (uint32_t i = 0; i < a->size; i++) {
        for (uint32_t k = 0; k < a->size; k++) {
            for (uint32_t j = 0; j < a->size; j++) {
                c.cell[i][j] += a->cell[i][k] * b->cell[k][j];
            }
        }
    }
    return c;
}

/// Adds the product with a factor.
static void add(square *to, const square *other, double factor) {
    for (uint32_t i = 0; i < to->size; i++) {
        for (uint32_t j = 0; j < to->size; j++) to->cell[i][j] += factor * other->cell[i][j];
    }
}

static square identity(uint32_t size, double value) {
    square made = {.size = size};
    for (uint32_t i = 0; i < size; i++) made.cell[i][i] = value;
    return made;
}

static square transposed(const square *a) {
    square made = {.size = a->size};
    for (uint32_t i = 0; i < a->size; i++) {
        for (uint32_t j = 0; j < a->size; j++) made.cell[j][i] = a->cell[i][j];
    }
    return made;
}

/// Solves M X = B by elimination with pivots; false when M is singular.
static bool solve_left(const square *m, const square *b, square *x) {
    const uint32_t n = m->size;
    square work = *m;
    *x = *b;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t pivot = k;
        for (uint32_t i = k + 1u; i < n; i++) {
            if (ss_abs(work.cell[i][k]) > ss_abs(work.cell[pivot][k])) pivot = i;
        }
        if (!(ss_abs(work.cell[pivot][k]) > 0.0)) return false;
        for (uint32_t j = 0; j < n; j++) {
            double held = work.cell[k][j];
            work.cell[k][j] = work.cell[pivot][j];
            work.cell[pivot][j] = held;
            held = x->cell[k][j];
            x->cell[k][j] = x->cell[pivot][j];
            x->cell[pivot][j] = held;
        }
        for (uint32_t i = 0; i < n; i++) {
            if (i == k) continue;
            const double factor = work.cell[i][k] / work.cell[k][k];
            for (uint32_t j = 0; j < n; j++) {
                work.cell[i][j] -= factor * work.cell[k][j];
                x->cell[i][j] -= factor * x->cell[k][j];
            }
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < n; j++) x->cell[i][j] /= work.cell[i][i];
    }
    return true;
}

/// Solves X M = B.
static bool divide(const square *b, const square *m, square *x) {
    const square right = transposed(b);
    const square system = transposed(m);
    square found;
    if (!solve_left(&system, &right, &found)) return false;
    *x = transposed(&found);
    return true;
}

/// Solves x M = 0 with the sum of x being 1, for a M whose rows add up to 0.
static bool stationary(const square *m, double *x) {
    square system = *m; // its last column asks for the sum
    square right = {.size = m->size};
    for (uint32_t i = 0; i < m->size; i++) system.cell[i][m->size - 1u] = 1.0;
    right.cell[0][m->size - 1u] = 1.0;
    square found;
    if (!divide(&right, &system, &found)) return false;
    memcpy(x, found.cell[0], m->size * sizeof(double));
    return true;
}

static square square_of(const double *cells, uint32_t size) {
    square made = {.size = size};
    for (uint32_t i = 0; i < size; i++) {
        memcpy(made.cell[i], cells + (size_t)i * size, size * sizeof(double));
    }
    return made;
}

double ss__map_rate(const double *hidden, const double *visible, uint32_t size) {
    square all = square_of(hidden, size);
    const square arrivals = square_of(visible, size);
    double share[STATES];
    add(&all, &arrivals, 1.0);
    if (!stationary(&all, share)) return SS_NAN;
    double rate = 0.0;
    for (uint32_t i = 0; i < size; i++) {
        for (uint32_t j = 0; j < size; j++) rate += share[i] * arrivals.cell[i][j];
    }
    return rate;
}

/// G, the states in which the queue comes down a level for the first time.
static bool find_descent(const square *up, const square *within, double service, square *g) {
    const uint32_t n = up->size;
    square staying = {.size = n};
    add(&staying, within, -1.0);
    const square down = identity(n, service);
    square h;
    square l;
    if (!solve_left(&staying, up, &h) || !solve_left(&staying, &down, &l)) return false;
    square t = h;
    *g = l;
    for (uint32_t round = 0; round < ROUNDS_MAX; round++) {
        const square hl = product(&h, &l);
        const square lh = product(&l, &h);
        square both = identity(n, 1.0);
        add(&both, &hl, -1.0);
        add(&both, &lh, -1.0);
        const square hh = product(&h, &h);
        const square ll = product(&l, &l);
        if (!solve_left(&both, &hh, &h) || !solve_left(&both, &ll, &l)) return false;
        const square more = product(&t, &l);
        add(g, &more, 1.0);
        t = product(&t, &h);
        double left = 0.0;
        for (uint32_t i = 0; i < n; i++) {
            for (uint32_t j = 0; j < n; j++) left = ss_max(left, ss_abs(more.cell[i][j]));
        }
        if (left < CONVERGED) return true;
    }
    return false;
}

/// Sums of p0 R^n and of n p0 R^n: p0 (I-R)⁻¹, and p0 (I-R)⁻² less that.
static bool sums_of_levels(const square *r, const double *empty, double *once, double *number) {
    square rest = identity(r->size, 1.0);
    add(&rest, r, -1.0);
    square row = {.size = r->size};
    memcpy(row.cell[0], empty, r->size * sizeof(double));
    square first;
    square second;
    if (!divide(&row, &rest, &first) || !divide(&first, &rest, &second)) return false;
    *once = *number = 0.0;
    for (uint32_t i = 0; i < r->size; i++) {
        *once += first.cell[0][i];
        *number += second.cell[0][i] - first.cell[0][i];
    }
    return true;
}

bool ss__map_wait(const double *hidden, const double *visible, uint32_t size, double scale,
                  double service_s, double *wait, double *waiting) {
    const double rate = scale * ss__map_rate(hidden, visible, size);
    square up = square_of(visible, size);
    square empty_within = square_of(hidden, size);
    const double service = 1.0 / service_s;
    if (!(rate > 0.0) || !(rate * service_s < 1.0)) return false;
    for (uint32_t i = 0; i < size; i++) { // more arrivals, not faster changes
        for (uint32_t j = 0; j < size; j++) {
            empty_within.cell[i][i] -= (scale - 1.0) * up.cell[i][j];
            up.cell[i][j] *= scale;
        }
    }
    square within = empty_within;
    for (uint32_t i = 0; i < size; i++) within.cell[i][i] -= service;
    square g;
    if (!find_descent(&up, &within, service, &g)) return false;
    square leaving = product(&up, &g);
    add(&leaving, &within, 1.0);
    for (uint32_t i = 0; i < size; i++) {
        for (uint32_t j = 0; j < size; j++) leaving.cell[i][j] = -leaving.cell[i][j];
    }
    square r;
    double empty[STATES];
    double all;
    double number;
    if (!divide(&up, &leaving, &r)) return false;
    add(&empty_within, &r, service); // level 0: p0 (D0 + μR) = 0
    if (!stationary(&empty_within, empty)) return false;
    if (!sums_of_levels(&r, empty, &all, &number)) return false;
    double found_empty = 0.0;
    for (uint32_t i = 0; i < size; i++) {
        for (uint32_t j = 0; j < size; j++) found_empty += empty[i] * up.cell[i][j];
    }
    *wait = number / all / rate - service_s;
    *waiting = 1.0 - found_empty / all / rate;
    return *wait >= 0.0;
}
