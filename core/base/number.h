/// Powers of ten to 128 bits, shared by the number reader and printer.
#ifndef SS_BASE_NUMBER_H
#define SS_BASE_NUMBER_H

#include <stdint.h>

#include "base/tables/tables.h"

__extension__ typedef unsigned __int128 ss__uint128;

#define SS__POWER_MIN (-342)
#define SS__POWER_MAX 324

/// floor(log2(10^e)) for |e| ≤ 342 (proved by tables/powers.py).
static inline int ss__log2_of_power(int e) { return (int)(((int64_t)e * 217706) >> 16); }

/// The leading 128 bits of 10^e, truncated: 10^e ≈ result · 2^(ss__log2_of_power(e) - 127).
/// Exact for 0 ≤ e ≤ 55.
ss__uint128 ss__power_of_ten(int e);

#endif
