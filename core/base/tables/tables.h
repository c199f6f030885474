/// Tables of constants written by the scripts beside this file.
#ifndef SS_BASE_TABLES_TABLES_H
#define SS_BASE_TABLES_TABLES_H

#include <stdint.h>

#define SS__POWERS_FIRST (-351) /* the power of ten of the first entry */
#define SS__POWERS_STEP 27
extern const uint64_t ss__powers_of_ten[26][3];

// The ziggurats of random.c: the first two of each are fast-path tables (see random.h).
extern const uint64_t ss__exponential_k[256];
extern const double ss__exponential_w[256];
extern const uint64_t ss__normal_k[256];
extern const double ss__normal_w[256];
#define SS__EXPONENTIAL_TAIL 7.69711747013104972 /* Marsaglia & Tsang 2000, for 256 layers */
#define SS__NORMAL_TAIL 3.6541528853610088

#endif
