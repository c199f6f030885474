/// What theory says, computed without the engine: closed forms where there are any, otherwise the
/// stationary distribution of the Markov chain, solved exactly. Rates per second, times in seconds.
#ifndef SS_TESTS_FORMULAS_H
#define SS_TESTS_FORMULAS_H

#include <stddef.h>

// --- One station -------------------------------------------------------------------------------

/// Erlang's loss and delay formulas; a = λ/μ. L. Kleinrock, Queueing Systems 1 (1975), §3.5–3.6.
double erlang_b(double a, int servers);
double erlang_c(double a, int servers);

typedef struct station_theory {
    double in_system, in_queue, throughput, lost; ///< lost: share of arrivals
    double response, wait;                        ///< of those admitted
    double utilization;
} station_theory;

/// M/M/c/K (K = servers + waiting places) by its birth-death chain; Kleinrock 1975, §3.7–3.8.
station_theory mmck(double lambda, double mu, int servers, int places);
/// M/M/c with `population` customers who think for 1/nu on average; Kleinrock 1975, §3.9.
station_theory finite_population(int population, double nu, double mu, int servers);
/// A birth-death chain in general: rates up[0…n-1] out of state i, down[0…n-1] out of state i + 1.
/// Writes the n + 1 probabilities.
void birth_death(const double *up, const double *down, int n, double *probability);

/// Mean wait of M/G/1 from the first two moments of service: Pollaczek–Khinchine.
double mg1_wait(double lambda, double s1, double s2);
/// Variance of the wait of M/G/1 (FIFO); Takács 1962, from the first three moments.
double mg1_wait_variance(double lambda, double s1, double s2, double s3);

/// The root σ in (0, 1) of σ = A*(μ(1 − σ)), A* the transform of the time between arrivals, so that
/// GI/M/1 has response 1/(μ(1 − σ)); Kleinrock 1975, §6.4.
typedef double (*transform)(double s, const double *parameters);
double gim1_sigma(double mu, transform arrivals, const double *parameters);

/// Mean response of non-preemptive (Cobham 1954) and preemptive-resume (White & Christie 1958)
/// priorities at M/G/1; class 0 is served first.
void priority_waits(int classes, const double *lambda, const double *s1, const double *s2,
                    double *wait);
void preemptive_responses(int classes, const double *lambda, const double *s1, const double *s2,
                          double *response);

/// A service-time density and its support, for the size-based disciplines.
typedef double (*density)(double x);
/// Mean response of M/G/1-SRPT (Schrage & Miller 1966) and mean wait of non-preemptive SJF
/// (Phipps 1956, the limit of Cobham's formula), by quadrature to x_max.
double srpt_response(double lambda, density f, double x_max);
double sjf_wait(double lambda, density f, double x_max);

// --- Networks ----------------------------------------------------------------------------------

#define STATIONS_MAX 8
#define CLASSES_MAX 4
#define POPULATION_MAX 64

/// A closed product-form network by exact mean value analysis (Reiser & Lavenberg 1980): demand per
/// visit sum [class][station], think time per class, population per class. Stations are single
/// servers (FIFO with equal rates, PS, LIFO-PR). Writes throughput per class and the number of each
/// class at each station.
typedef struct closed_network {
    int stations, classes;
    double demand[CLASSES_MAX][STATIONS_MAX];
    double think[CLASSES_MAX];
    int population[CLASSES_MAX];
} closed_network;
typedef struct closed_solution {
    double throughput[CLASSES_MAX];
    double in_system[CLASSES_MAX][STATIONS_MAX];
    double response[CLASSES_MAX]; ///< of a whole cycle without thinking
} closed_solution;
closed_solution mva(const closed_network *network);

/// Solves the traffic equations λ = γ + λP by Gaussian elimination.
void traffic(int stations, const double *outside, double routing[][STATIONS_MAX], double *lambda);

// --- Markov chains -----------------------------------------------------------------------------

/// The stationary distribution of a chain of n states with rates[i * n + j] from i to j, by the
/// algorithm of Grassmann, Taksar & Heyman (1985), which subtracts nothing and so loses nothing.
/// `rates` is destroyed.
void stationary(double *rates, int n, double *probability);

/// The integral of f over [a, b] by adaptive Simpson.
double integral(double (*f)(double x, const void *context), const void *context, double a,
                double b);

#endif
