/// Series: durations counted one by one, with their histogram, batches and quantiles.
#ifndef SS_SIM_SERIES_H
#define SS_SIM_SERIES_H

#include "scalesim/stats.h"

/// A series of durations. Its histogram and the means of its batches are taken from pools at its
/// first value.
typedef struct ss_series {
    _Alignas(SS_CACHE_LINE_BYTES) ss_tally tally; ///< ns
    double batch_sum;            ///< of the open batch, ns
    uint64_t batch_end;          ///< the tally's count at which the open batch is full
    uint32_t cold1;              ///< 1-based index of its histogram and batches; 0 = no value yet
    uint32_t client1;            ///< the client (1-based node) whose responses they are; 0 = none
} ss_series;

/// The series of an ss_task_stats, in this order in ss_sim.series.
enum { SS_SERIES_WAIT, SS_SERIES_SERVICE, SS_SERIES_RESPONSE, SS_SERIES_KINDS };

/// Values of a series that wait to be counted together: then what the series touches is fetched
/// once for all of them (1,000 stations take 0.88 of the time that they take with 128).
/// Longer durations (4.3 s) are counted at once.
#define SS_PENDING_MAX 512u
typedef struct ss_pending {
    _Alignas(SS_CACHE_LINE_BYTES) uint32_t duration_ns[SS_PENDING_MAX];
} ss_pending;

/// A client's responses of the timeline's current interval: those that have been counted since it
/// began are in the histogram, those that are pending from `from` on are not.
typedef struct ss_interval {
    ss_histogram histogram;
    uint32_t from;
    uint32_t has_counted;
} ss_interval;

/// Quantiles that get an interval: p50, p95, p99.
#define SS_WATCHED_QUANTILES 3u

/// Whether each response was below a threshold near a quantile: from the batch means of that the
/// interval of the quantile follows. The thresholds are set once there is enough to tell them from.
typedef struct ss_quantile_watch {
    int64_t thresholds_ns[SS_WATCHED_QUANTILES];
    uint32_t is_set; ///< 0 no thresholds yet, 1 early ones, 2 final
    uint32_t filled; ///< responses since the last addition to the batches
    uint32_t below[SS_WATCHED_QUANTILES]; ///< of them, those not above the threshold
    ss_batches shares[SS_WATCHED_QUANTILES];
} ss_quantile_watch;
#define SS_WATCH_BATCH 64u /* responses that one value of `shares` stands for */

#endif
