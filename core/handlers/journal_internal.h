/// What recording and writing a journal share.
#ifndef SS_HANDLERS_JOURNAL_INTERNAL_H
#define SS_HANDLERS_JOURNAL_INTERNAL_H

#include "handlers/internal.h"
#include "handlers/journal.h"
#include "sim/watcher.h"

#define SS__NEVER (-INT64_C(1))

/// What became of an input, behind those of ss_sandbox_outcome.
#define SS__INPUT_CRASHED (SS_SANDBOX_FAULT + 1)

/// How a message ended, behind those of ss_outcome.
enum { SS__END_LOST = SS_OUTCOME_COUNT, SS__END_ABANDONED };

/// Texts are written as JSON when they are seen: offset + 1 into ss_journal.texts; 0 = none.
typedef struct ss__input_record {
    uint64_t n, activity, cause, asked, request, fuel;
    int64_t at_ns, done_ns;
    uint32_t node, replica;
    uint32_t operation1, from1, key1, body1, error1, said1;
    uint32_t number; ///< of a timer, or the token of what is settled
    uint32_t deliveries;
    uint8_t kind, outcome, settled, is_duplicate; ///< ss_input_kind, of the input, of the token
} ss__input_record;

enum { SS__MESSAGE_REQUEST, SS__MESSAGE_REPLY, SS__MESSAGE_ONE_WAY };

typedef struct ss__message_record {
    int64_t sent_ns, arrives_ns;
    uint64_t cause, to_input;
    uint32_t from, to, edge;
    uint32_t from_replica1, to_replica1; ///< number + 1; 0 = not known
    uint32_t operation1;
    uint8_t kind, end, attempt, is_duplicate;
} ss__message_record;

typedef struct ss__crash_record {
    int64_t from_ns, to_ns;
    uint32_t node;
} ss__crash_record;

/// What is known of a task: messages + 1.
typedef struct ss__task_note {
    uint32_t sent1;  ///< that it came as
    uint32_t call1;  ///< the latest that it sent as a call
    uint32_t reply1; ///< the latest that answers it
} ss__task_note;

struct ss_journal {
    ss_watcher watcher; ///< first: the watcher is the journal
    const ss_design *design;
    ss_sim *sim;
    ss_handlers *handlers;
    const char *const *operations;
    ss_allocator allocator;
    ss_journal_limits limits;
    bool is_open, is_cut;
    bool has_failed; ///< memory was refused
    int64_t cut_ns;
    ss__input_record *inputs;
    uint32_t input_count, input_capacity, pending;
    ss__message_record *messages;
    uint32_t message_count, message_capacity;
    ss__crash_record *crashes;
    uint32_t crash_count, crash_capacity;
    ss__task_note *notes; ///< by task
    uint32_t note_count;
    uint32_t *unplaced; ///< tasks whose replica is not known yet
    uint32_t unplaced_count, unplaced_capacity;
    ss_text texts, scratch;
};

// journal_write.c
/// Keeps a text as JSON, at most `most` bytes of it; returns its offset + 1, 0 for an empty one.
uint32_t ss__journal_keep(ss_journal *journal, ss_wire_text text, uint32_t most);
/// Keeps what an input said as a JSON list; the first error among it goes to *error1.
uint32_t ss__journal_keep_said(ss_journal *journal, ss_wire wire, uint32_t *error1);

#endif
