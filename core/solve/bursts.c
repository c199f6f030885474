/// MMPP/M/1: arrivals whose rate changes with the state of a Markov chain.
///
/// The queue is a quasi-birth-death process, whose levels fall off by a matrix R, the smallest
/// solution of A0 + R A1 + R² A2 = 0 (Neuts 1981, secs. 1.2 and 3.1). Here A0 = Λ, A2 = μI, A1 = Q
/// - Λ - μI.
#include <string.h>

#include "solve/formulas.h"

#define STATES SS__BURST_STATES_MAX
#define ROUNDS_MAX 200000u
#define CONVERGED 1e-13

typedef struct square {
    double cell[STATES][STATES];
    uint32_t size;
} square;

/// Solves X M = B for X, row by row: elimination with pivots on the transposed system.
static bool divide(const square *b, const square *m, square *x) {
    const uint32_t n = m->size;
    double work[STATES][2u * STATES];
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < n; j++) {
            work[i][j] = m->cell[j][i];
            work[i][n + j] = b->cell[j][i];
        }
    }
    for (uint32_t k = 0; k < n; k++) {
        uint32_t pivot = k;
        for (uint32_t i = k + 1u; i < n; i++) {
            if (ss_abs(work[i][k]) > ss_abs(work[pivot][k])) pivot = i;
        }
        if (!(ss_abs(work[pivot][k]) > 0.0)) return false;
        for (uint32_t j = 0; j < 2u * n; j++) {
            const double held = work[k][j];
            work[k][j] = work[pivot][j];
            work[pivot][j] = held;
        }
        for (uint32_t i = 0; i < n; i++) {
            if (i == k) continue;
            const double factor = work[i][k] / work[k][k];
            for (uint32_t j = k; j < 2u * n; j++) work[i][j] -= factor * work[k][j];
        }
    }
    *x = (square){.size = n};
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < n; j++) x->cell[j][i] = work[i][n + j] / work[i][i];
    }
    return true;
}

/// R ← A0 (-A1 - R A2)⁻¹, from 0, grows to the smallest solution.
static bool find_rate_matrix(const double *rates, const double *mean_s, uint32_t n, double service,
                             square *r) {
    square arrivals = {.size = n};
    for (uint32_t i = 0; i < n; i++) arrivals.cell[i][i] = rates[i];
    *r = (square){.size = n};
    for (uint32_t round = 0; round < ROUNDS_MAX; round++) {
        square middle = {.size = n};
        for (uint32_t i = 0; i < n; i++) {
            for (uint32_t j = 0; j < n; j++) middle.cell[i][j] = -service * r->cell[i][j];
            middle.cell[i][i] += rates[i] + service;
            if (n > 1u) {
                middle.cell[i][i] += 1.0 / mean_s[i];
                middle.cell[i][(i + 1u) % n] -= 1.0 / mean_s[i];
            }
        }
        square next;
        if (!divide(&arrivals, &middle, &next)) return false;
        double change = 0.0;
        for (uint32_t i = 0; i < n; i++) {
            for (uint32_t j = 0; j < n; j++) {
                change = ss_max(change, ss_abs(next.cell[i][j] - r->cell[i][j]));
            }
        }
        *r = next;
        if (change < CONVERGED) return true;
    }
    return false;
}

/// The states' shares of time: in turn, each for its mean time.
static double mean_rate(const double *rates, const double *mean_s, uint32_t n) {
    double time = 0.0;
    double arrivals = 0.0;
    for (uint32_t i = 0; i < n; i++) {
        time += mean_s[i];
        arrivals += mean_s[i] * rates[i];
    }
    return arrivals / time;
}

/// x ← x R, or its sum over all powers x (I - R)⁻¹ by a linear system of one row.
static bool sum_of_powers(const square *r, const double *row, double *out) {
    square b = {.size = r->size};
    square m = {.size = r->size};
    for (uint32_t i = 0; i < r->size; i++) {
        b.cell[0][i] = row[i];
        for (uint32_t j = 0; j < r->size; j++) {
            m.cell[i][j] = (i == j ? 1.0 : 0.0) - r->cell[i][j];
        }
    }
    square x;
    if (!divide(&b, &m, &x)) return false;
    memcpy(out, x.cell[0], r->size * sizeof(double));
    return true;
}

/// Level 0: p0 (Q - Λ + μR) = 0, by power iteration of the chain watched at level 0 alone.
static bool find_empty(const double *rates, const double *mean_s, double service, const square *r,
                       double *empty) {
    const uint32_t n = r->size;
    square system = {.size = n}; // its last column asks for the sum of 1
    square right = {.size = n};
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < n; j++) system.cell[i][j] = service * r->cell[i][j];
        system.cell[i][i] -= rates[i];
        if (n > 1u) {
            system.cell[i][i] -= 1.0 / mean_s[i];
            system.cell[i][(i + 1u) % n] += 1.0 / mean_s[i];
        }
    }
    for (uint32_t i = 0; i < n; i++) system.cell[i][n - 1u] = 1.0;
    right.cell[0][n - 1u] = 1.0;
    square x;
    if (!divide(&right, &system, &x)) return false;
    memcpy(empty, x.cell[0], n * sizeof(double));
    return true;
}

bool ss__mmpp_wait(const double *rates, const double *mean_s, uint32_t count, double service_s,
                   double *wait, double *waiting) {
    const double all = mean_rate(rates, mean_s, count);
    square r;
    double empty[STATES];
    double once[STATES];
    double twice[STATES];
    if (count > STATES || !(all * service_s < 1.0)) return false;
    if (!find_rate_matrix(rates, mean_s, count, 1.0 / service_s, &r)) return false;
    if (!find_empty(rates, mean_s, 1.0 / service_s, &r, empty)) return false;
    if (!sum_of_powers(&r, empty, once) || !sum_of_powers(&r, once, twice)) return false;
    double total = 0.0;
    double number = 0.0; // Σ n p(n) = p0 R (I-R)⁻² 1 = p0 (I-R)⁻² 1 - p0 (I-R)⁻¹ 1
    double found_empty = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        total += once[i];
        number += twice[i] - once[i];
        found_empty += rates[i] * empty[i];
    }
    *wait = number / total / all - service_s;
    *waiting = 1.0 - found_empty / total / all;
    return *wait >= 0.0;
}
