/// M/G/1 queues that know how long each request takes: shortest job first, shortest remaining time.
#include <string.h>

#include "solve/formulas.h"

/// Cells of the grid over sizes; cells of equal size ratio, so that long tails are seen as well.
#define CELLS 1200u

typedef struct size_grid {
    double upper[CELLS];  ///< of each cell, for all classes together
    double mass[CELLS];   ///< arrivals per second of a size in the cell
    double size[CELLS];   ///< mean size in the cell
} size_grid;

static double survival(const ss__size_class *one, double x) {
    return 1.0 - ss_dist_cdf(one->dist, x / one->scale);
}

/// Sizes from where nothing is left below to where nothing is left above.
static void choose_range(const ss__size_class *classes, uint32_t count, double *low, double *high) {
    *low = SS_INFINITY;
    *high = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        const double mean = classes[i].dist->mean * classes[i].scale;
        double first = mean;
        double last = mean;
        for (uint32_t j = 0; j < 60u && survival(&classes[i], first) < 1.0 - 1e-9; j++) {
            first *= 0.5;
        }
        for (uint32_t j = 0; j < 120u && survival(&classes[i], last) > 1e-13; j++) last *= 1.25;
        *low = ss_min(*low, first);
        *high = ss_max(*high, last);
    }
    *low *= 0.999;
    *high *= 1.001;
}

/// Fills the grid; the mean size of a cell is corrected so that the whole load is right.
static void make_grid(const ss__size_class *classes, uint32_t count, size_grid *grid) {
    double low;
    double high;
    choose_range(classes, count, &low, &high);
    const double step = ss_log(high / low) / (double)(CELLS - 1u);
    for (uint32_t j = 0; j < CELLS; j++) {
        grid->upper[j] = low * ss_exp(step * (double)j);
        grid->size[j] = j == 0u ? 0.5 * low : 0.5 * (grid->upper[j - 1u] + grid->upper[j]);
    }
    double load = 0.0;
    double target = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        double before = 1.0;
        target += classes[i].rate * classes[i].dist->mean * classes[i].scale;
        for (uint32_t j = 0; j < CELLS; j++) {
            const double after = j + 1u == CELLS ? 0.0 : survival(&classes[i], grid->upper[j]);
            grid->mass[j] += classes[i].rate * (before - after);
            load += classes[i].rate * (before - after) * grid->size[j];
            before = after;
        }
    }
    if (load > 0.0) {
        for (uint32_t j = 0; j < CELLS; j++) grid->size[j] *= target / load;
    }
}

/// Mean of a per-cell value over the sizes of one class.
static double mean_over(const ss__size_class *one, const size_grid *grid, const double *value) {
    double sum = 0.0;
    double before = 1.0;
    for (uint32_t j = 0; j < CELLS; j++) {
        const double after = j + 1u == CELLS ? 0.0 : survival(one, grid->upper[j]);
        sum += (before - after) * value[j];
        before = after;
    }
    return sum;
}

static double all_second_moments(const ss__size_class *classes, uint32_t count) {
    double sum = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        sum += classes[i].rate * classes[i].scale * classes[i].scale *
               ss_dist_moment(classes[i].dist, 2);
    }
    return sum;
}

bool ss__shortest_job_first(ss__size_class *classes, uint32_t count,
                            const ss_allocator *allocator) {
    size_grid *grid = ss_allocate_zeroed(allocator, sizeof *grid);
    double *wait = ss_allocate_zeroed(allocator, CELLS * sizeof(double));
    if (grid && wait) {
        make_grid(classes, count, grid);
        const double residual = 0.5 * all_second_moments(classes, count);
        double below = 0.0; // load of smaller sizes
        for (uint32_t j = 0; j < CELLS; j++) {
            const double with = below + grid->mass[j] * grid->size[j];
            wait[j] = residual / ((1.0 - below) * (1.0 - with));
            below = with;
        }
        for (uint32_t i = 0; i < count; i++) {
            classes[i].wait = mean_over(&classes[i], grid, wait);
            classes[i].response = classes[i].wait + classes[i].dist->mean * classes[i].scale;
        }
    }
    const bool is_done = grid && wait;
    ss_deallocate(allocator, grid, sizeof *grid);
    ss_deallocate(allocator, wait, CELLS * sizeof(double));
    return is_done;
}

bool ss__shortest_remaining(ss__size_class *classes, uint32_t count,
                            const ss_allocator *allocator) {
    size_grid *grid = ss_allocate_zeroed(allocator, sizeof *grid);
    double *values = ss_allocate_zeroed(allocator, 2u * CELLS * sizeof(double));
    if (grid && values) {
        double *wait = values;
        double *residence = values + CELLS;
        make_grid(classes, count, grid);
        double arrivals = 0.0;
        for (uint32_t j = 0; j < CELLS; j++) arrivals += grid->mass[j];
        double below = 0.0;
        double squares = 0.0; // Σ λ size² of smaller sizes
        double larger = arrivals;
        double inside = 0.0;  // ∫ dt / (1 - ρ(t))
        double previous = 0.0;
        for (uint32_t j = 0; j < CELLS; j++) {
            const double size = grid->size[j];
            const double with = below + grid->mass[j] * size;
            squares += grid->mass[j] * size * size;
            larger -= grid->mass[j];
            wait[j] = 0.5 * (squares + ss_max(0.0, larger) * size * size) /
                      ((1.0 - below) * (1.0 - with));
            residence[j] = inside + (size - previous) / (1.0 - below);
            inside = residence[j];
            previous = size;
            below = with;
        }
        for (uint32_t i = 0; i < count; i++) {
            classes[i].wait = mean_over(&classes[i], grid, wait);
            classes[i].response = classes[i].wait + mean_over(&classes[i], grid, residence);
        }
    }
    const bool is_done = grid && values;
    ss_deallocate(allocator, grid, sizeof *grid);
    ss_deallocate(allocator, values, 2u * CELLS * sizeof(double));
    return is_done;
}
