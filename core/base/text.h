/// Text helpers shared inside the core: numbers as text, names that look alike, UTF-8.
#ifndef SS_BASE_TEXT_H
#define SS_BASE_TEXT_H

#include "scalesim/base.h"

/// ss_text_add_format with its arguments in a list.
void ss_text_add_format_list(ss_text *text, const char *format, va_list arguments);

/// Longest JSON number at the start of a text: its length, 0 when there is none.
/// `-`? (0 | 1-9 digits) (. digits)? ((e|E) (+|-)? digits)?, so "01" is the number "0".
size_t ss_number_length(const char *text, size_t length);

/// The double nearest to a number that ss_number_length accepted whole (ties to even, as IEEE 754
/// asks, for any count of digits); ±infinity when it is too large.
double ss_number_read(const char *text, size_t length);

/// The double nearest to the number times a power of ten ("0.4" and -3: exactly what "0.0004" is).
double ss_number_read_scaled(const char *text, size_t length, int power_of_ten);

#define SS_NUMBER_CHARS_MAX 32u /* the longest is "-0.0000012345678901234567": 25 */
/// Writes a finite double as the shortest decimal that reads back to the same bits; returns its
/// length. No NUL is added.
size_t ss_number_write(double number, char buffer[SS_NUMBER_CHARS_MAX]);

/// Length of the valid UTF-8 sequence at the start of the bytes (1…4), 0 when it is not valid
/// (overlong, surrogate, above U+10FFFF, cut off).
size_t ss_utf8_sequence_length(const unsigned char *bytes, size_t length);

/// The name most like a word, for "did you mean": fewest insertions, deletions, substitutions and
/// swaps of neighbours, letter case aside, and at most a third of the word's length of them. NULL
/// when none is near.
const char *ss_text_nearest(const char *word, size_t length, const char *const *names,
                            size_t count);

#endif
