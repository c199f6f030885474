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

/// The series of a class or a total, in this order in ss_sim.series.
enum { SS_SERIES_WAIT, SS_SERIES_SERVICE, SS_SERIES_RESPONSE, SS_SERIES_KINDS };

/// What has been observed but not counted yet, of a class, a total or an edge: counted together, so
/// that what is touched for it is fetched once. Entries stand in the order of their time.
#define SS_PENDING_MAX 511u
typedef struct ss_pending {
    /// One place more: that of the second half of the last entry, if it is a long visit.
    _Alignas(SS_CACHE_LINE_BYTES) uint64_t entries[SS_PENDING_MAX + 1u];
} ss_pending;

/// An entry is a visit: its wait in the low 31 bits, its service in the high half, in ns. They add
/// up to its response time, unless it is marked: then the visit was not answered, or not yet.
#define SS_ENTRY_UNANSWERED (UINT64_C(1) << 31u)
/// Or it is a response time by itself, in the low 62 bits (a run's longest is a year: 55 bits).
#define SS_ENTRY_RESPONSE (UINT64_C(1) << 63u)
/// Or an unanswered visit of more than 2 s: its wait; its service is the next entry.
#define SS_ENTRY_LONG (UINT64_C(3) << 62u)
#define SS_ENTRY_LOW ((UINT64_C(1) << 62u) - 1u)

/// A client's responses of the timeline's current interval: those that have been counted since it
/// began are in the histogram, those that are pending from the entry `from` on are not.
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
