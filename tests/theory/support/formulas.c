#include "formulas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// --- One station -------------------------------------------------------------------------------

double erlang_b(double a, int servers) {
    double b = 1.0;
    for (int i = 1; i <= servers; i++) b = a * b / (i + a * b);
    return b;
}

double erlang_c(double a, int servers) {
    const double b = erlang_b(a, servers);
    return b / (1.0 - a / servers * (1.0 - b));
}

void birth_death(const double *up, const double *down, int n, double *probability) {
    probability[0] = 1.0;
    double sum = 1.0;
    for (int i = 0; i < n; i++) {
        probability[i + 1] = probability[i] * up[i] / down[i];
        sum += probability[i + 1];
    }
    for (int i = 0; i <= n; i++) probability[i] /= sum;
}

/// Means over a birth-death chain whose arrivals in its last state are lost.
static station_theory station_of(const double *up, const double *down, int n, int servers,
                                 double offered_last) {
    double *probability = malloc(((size_t)n + 1u) * sizeof(double));
    birth_death(up, down, n, probability);
    station_theory found = {0};
    double busy = 0.0;
    double offered = probability[n] * offered_last;
    for (int i = 0; i <= n; i++) {
        found.in_system += i * probability[i];
        if (i > servers) found.in_queue += (i - servers) * probability[i];
        busy += (i < servers ? i : servers) * probability[i];
        if (i < n) {
            found.throughput += up[i] * probability[i];
            offered += up[i] * probability[i];
        }
    }
    found.lost = 1.0 - found.throughput / offered;
    found.response = found.in_system / found.throughput;
    found.wait = found.in_queue / found.throughput;
    found.utilization = busy / servers;
    free(probability);
    return found;
}

station_theory mmck(double lambda, double mu, int servers, int places) {
    double *up = malloc(2u * (size_t)places * sizeof(double));
    double *down = up + places;
    for (int i = 0; i < places; i++) {
        up[i] = lambda;
        down[i] = mu * (i + 1 < servers ? i + 1 : servers);
    }
    const station_theory found = station_of(up, down, places, servers, lambda);
    free(up);
    return found;
}

station_theory finite_population(int population, double nu, double mu, int servers) {
    double *up = malloc(2u * (size_t)population * sizeof(double));
    double *down = up + population;
    for (int i = 0; i < population; i++) {
        up[i] = nu * (population - i);
        down[i] = mu * (i + 1 < servers ? i + 1 : servers);
    }
    const station_theory found = station_of(up, down, population, servers, 0.0);
    free(up);
    return found;
}

double mg1_wait(double lambda, double s1, double s2) {
    return lambda * s2 / (2.0 * (1.0 - lambda * s1));
}

double mg1_wait_variance(double lambda, double s1, double s2, double s3) {
    const double wait = mg1_wait(lambda, s1, s2);
    return wait * wait + lambda * s3 / (3.0 * (1.0 - lambda * s1));
}

double gim1_sigma(double mu, transform arrivals, const double *parameters) {
    double low = 0.0;
    double high = 1.0 - 1e-9; // the other root is 1 itself
    for (int i = 0; i < 200; i++) {
        const double middle = 0.5 * (low + high);
        if (arrivals(mu * (1.0 - middle), parameters) > middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return 0.5 * (low + high);
}

// --- Priorities and sizes ----------------------------------------------------------------------

void priority_waits(int classes, const double *lambda, const double *s1, const double *s2,
                    double *wait) {
    double residual = 0.0;
    for (int i = 0; i < classes; i++) residual += 0.5 * lambda[i] * s2[i];
    double above = 0.0;
    for (int i = 0; i < classes; i++) {
        const double with = above + lambda[i] * s1[i];
        wait[i] = residual / ((1.0 - above) * (1.0 - with));
        above = with;
    }
}

void preemptive_responses(int classes, const double *lambda, const double *s1, const double *s2,
                          double *response) {
    double residual = 0.0;
    double above = 0.0;
    for (int i = 0; i < classes; i++) {
        residual += 0.5 * lambda[i] * s2[i];
        const double with = above + lambda[i] * s1[i];
        response[i] = s1[i] / (1.0 - above) + residual / ((1.0 - above) * (1.0 - with));
        above = with;
    }
}

#define SIZE_STEPS 200000

/// One pass over sizes x with the load ρ(x) = λ∫t f and second moment m2(x) = ∫t² f of jobs below
/// x, by the midpoint rule; `inner` of SRPT is ∫ dt/(1 − ρ(t)).
static double by_size(double lambda, density f, double x_max, int is_srpt) {
    const double h = x_max / SIZE_STEPS;
    double load = 0.0;
    double second = 0.0;
    double tail = 1.0; // P(X > x)
    double inner = 0.0;
    double mean = 0.0;
    double all_second = 0.0;
    for (int i = 0; i < SIZE_STEPS; i++) {
        const double x = (i + 0.5) * h;
        all_second += x * x * f(x) * h;
    }
    for (int i = 0; i < SIZE_STEPS; i++) {
        const double x = (i + 0.5) * h;
        const double mass = f(x) * h;
        const double load_here = load + 0.5 * lambda * x * mass;
        const double second_here = second + 0.5 * x * x * mass;
        const double tail_here = tail - 0.5 * mass;
        inner += 0.5 * h / (1.0 - load_here);
        const double free = 1.0 - load_here;
        if (is_srpt) {
            const double smaller = second_here + tail_here * x * x;
            mean += mass * (lambda * smaller / (2.0 * free * free) + inner);
        } else {
            mean += mass * lambda * all_second / (2.0 * free * free);
        }
        inner += 0.5 * h / (1.0 - load_here);
        load += lambda * x * mass;
        second += x * x * mass;
        tail -= mass;
    }
    return mean;
}

double srpt_response(double lambda, density f, double x_max) {
    return by_size(lambda, f, x_max, 1);
}

double sjf_wait(double lambda, density f, double x_max) {
    return by_size(lambda, f, x_max, 0);
}

// --- Networks ----------------------------------------------------------------------------------

/// Index of a population vector in mixed radix.
static size_t place_of(const closed_network *network, const int *population) {
    size_t at = 0;
    for (int c = 0; c < network->classes; c++) {
        at = at * ((size_t)network->population[c] + 1u) + (size_t)population[c];
    }
    return at;
}

/// Mean value analysis of one population from those with one customer less.
static void mva_step(const closed_network *network, int *population, double *totals,
                     closed_solution *out) {
    double *here = totals + place_of(network, population) * STATIONS_MAX;
    memset(out, 0, sizeof *out);
    for (int c = 0; c < network->classes; c++) {
        if (population[c] == 0) continue;
        population[c]--;
        const double *less = totals + place_of(network, population) * STATIONS_MAX;
        population[c]++;
        double residence[STATIONS_MAX];
        for (int k = 0; k < network->stations; k++) {
            residence[k] = network->demand[c][k] * (1.0 + less[k]);
            out->response[c] += residence[k];
        }
        out->throughput[c] = population[c] / (network->think[c] + out->response[c]);
        for (int k = 0; k < network->stations; k++) {
            out->in_system[c][k] = out->throughput[c] * residence[k];
        }
    }
    for (int k = 0; k < network->stations; k++) {
        here[k] = 0.0;
        for (int c = 0; c < network->classes; c++) here[k] += out->in_system[c][k];
    }
}

closed_solution mva(const closed_network *network) {
    size_t states = 1;
    for (int c = 0; c < network->classes; c++) states *= (size_t)network->population[c] + 1u;
    double *totals = calloc(states * STATIONS_MAX, sizeof(double));
    int population[CLASSES_MAX] = {0};
    closed_solution found;
    memset(&found, 0, sizeof found);
    for (;;) { // counts up in the mixed radix, so that smaller populations come first
        int digit = network->classes - 1;
        while (digit >= 0 && population[digit] == network->population[digit]) {
            population[digit--] = 0;
        }
        if (digit < 0) break;
        population[digit]++;
        mva_step(network, population, totals, &found);
    }
    free(totals);
    return found;
}

void traffic(int stations, const double *outside, double routing[][STATIONS_MAX], double *lambda) {
    double a[STATIONS_MAX][STATIONS_MAX + 1];
    for (int i = 0; i < stations; i++) {
        for (int j = 0; j < stations; j++) a[i][j] = (i == j ? 1.0 : 0.0) - routing[j][i];
        a[i][stations] = outside[i];
    }
    for (int i = 0; i < stations; i++) { // diagonally dominant: no pivoting
        for (int j = i + 1; j < stations; j++) {
            const double factor = a[j][i] / a[i][i];
            for (int k = i; k <= stations; k++) a[j][k] -= factor * a[i][k];
        }
    }
    for (int i = stations - 1; i >= 0; i--) {
        lambda[i] = a[i][stations];
        for (int j = i + 1; j < stations; j++) lambda[i] -= a[i][j] * lambda[j];
        lambda[i] /= a[i][i];
    }
}

// --- Markov chains -----------------------------------------------------------------------------

void stationary(double *rates, int n, double *probability) {
    const size_t width = (size_t)n;
    for (int last = n - 1; last > 0; last--) { // censor the states from the last one on
        double *from = rates + (size_t)last * width;
        double sum = 0.0;
        for (int j = 0; j < last; j++) sum += from[j];
        for (int i = 0; i < last; i++) {
            double *row = rates + (size_t)i * width;
            if (row[last] == 0.0) continue;
            row[last] /= sum;
            for (int j = 0; j < last; j++) row[j] += row[last] * from[j];
        }
    }
    double total = 1.0;
    probability[0] = 1.0;
    for (int j = 1; j < n; j++) {
        probability[j] = 0.0;
        for (int i = 0; i < j; i++) {
            probability[j] += probability[i] * rates[(size_t)i * width + (size_t)j];
        }
        total += probability[j];
    }
    for (int j = 0; j < n; j++) probability[j] /= total;
}

static double simpson(double (*f)(double, const void *), const void *context, double a, double b,
                      double fa, double fm, double fb, double whole, int depth) {
    const double m = 0.5 * (a + b);
    const double left_at = 0.5 * (a + m);
    const double right_at = 0.5 * (m + b);
    const double fl = f(left_at, context);
    const double fr = f(right_at, context);
    const double left = (m - a) / 6.0 * (fa + 4.0 * fl + fm);
    const double right = (b - m) / 6.0 * (fm + 4.0 * fr + fb);
    const double difference = left + right - whole;
    if (depth <= 0 || fabs(difference) < 1e-13) return left + right + difference / 15.0;
    return simpson(f, context, a, m, fa, fl, fm, left, depth - 1) +
           simpson(f, context, m, b, fm, fr, fb, right, depth - 1);
}

double integral(double (*f)(double x, const void *context), const void *context, double a,
                double b) {
    const double fa = f(a, context);
    const double fm = f(0.5 * (a + b), context);
    const double fb = f(b, context);
    return simpson(f, context, a, b, fa, fm, fb, (b - a) / 6.0 * (fa + 4.0 * fm + fb), 30);
}
