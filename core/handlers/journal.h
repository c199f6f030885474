/// The journal of a stretch: which input of user code was caused by what, what it said, and the
/// messages between nodes.
///
/// Whoever wants one attaches it to a run that stands where the stretch begins, lets the run go on
/// an event at a time (ss_journal_visit after each), detaches it, and puts the run back. A run
/// without a journal pays nothing for it.
#ifndef SS_HANDLERS_JOURNAL_H
#define SS_HANDLERS_JOURNAL_H

#include "handlers/handlers.h"

typedef struct ss_journal ss_journal;

typedef struct ss_journal_limits {
    int64_t from_ns;     ///< where the stretch begins
    uint64_t only_n;     ///< nothing but the input of this number; 0 = everything
    uint32_t node;       ///< only its inputs, and the messages it sends or gets; SS_NO_INDEX = all
    uint32_t inputs_max; ///< more cut the journal off; of messages there may be four times as many
} ss_journal_limits;

/// `handlers` is NULL in a design without code, whose journal has messages only.
ss_status ss_journal_create(const ss_design *design, ss_sim *sim, ss_handlers *handlers,
                            const char *const *operations, ss_journal_limits limits,
                            ss_journal **out);
void ss_journal_destroy(ss_journal *journal); ///< NULL is fine; detach it before

void ss_journal_attach(ss_journal *journal);
void ss_journal_detach(ss_journal *journal);
/// After each event.
void ss_journal_visit(ss_journal *journal);
/// The stretch is over: nothing that begins from now on is recorded.
void ss_journal_close(ss_journal *journal);
/// Inputs recorded whose computing is not over.
uint32_t ss_journal_pending(const ss_journal *journal);
/// Whether it is full; then nothing that came later than at *since_ns is in it.
bool ss_journal_is_cut(const ss_journal *journal, int64_t *since_ns);

/// Writes the members of the first input, where there is one.
ss_status ss_journal_write_first(const ss_journal *journal, ss_text *out);
/// Writes the members "inputs", "messages" and "crashes" of an object.
ss_status ss_journal_write(const ss_journal *journal, ss_text *out);

#endif
