/// What goes into a sandbox and what comes out: little-endian, without padding.
///
/// A *text* is a uint32_t length and that many UTF-8 bytes. A *value* is a text that holds JSON; of
/// length 0 it is `undefined`. An *activity* is a request, a message or a timer at work: the
/// engine's number for it, below 2^32, which comes back with everything done on its behalf. A
/// *token* is the sandbox's number for something awaited.
///
/// An input is: uint8_t kind, int64_t now_ns, then the fields of its kind. An output is any number
/// of messages: uint8_t kind, then its fields, one after another, in the order in which the code
/// did them.
#ifndef SS_HANDLERS_PROTOCOL_H
#define SS_HANDLERS_PROTOCOL_H

typedef enum ss_input_kind {
    /// text source, text node id, uint64_t seed of its randomness, value about (`{"replica": 0,
    /// "replicas": 1, "targets": {id: {"type": …, "operations": […]}}, "peers": [id…]}`).
    /// Evaluates the source in a fresh context. `disk` is kept, everything else begins anew: also
    /// what a crash does. Output: LOADED or an error.
    SS_INPUT_LOAD = 1,
    /// uint32_t activity. Runs onStart.
    SS_INPUT_START,
    /// uint32_t activity, uint64_t request id, text operation, text from (id of the caller, may be
    /// empty), value body. Runs onRequest.
    SS_INPUT_REQUEST,
    /// uint32_t activity, uint64_t message id, text topic or operation, text from, value key,
    /// uint32_t partition, uint64_t offset, uint32_t deliveries (1 = first), value body. onMessage.
    SS_INPUT_MESSAGE,
    /// uint32_t activity, uint32_t timer number. Runs the timer's callback, else onTimer.
    SS_INPUT_TIMER,
    /// uint32_t token, uint8_t outcome (ss_outcome), value body. What the token stood for is over.
    SS_INPUT_SETTLE,
    /// uint32_t activity. Its caller is gone for good (a crash): nothing it still does matters.
    SS_INPUT_ABANDON,
    /// text source. New code from now on; `state`, `disk`, timers and awaited tokens stay.
    SS_INPUT_RELOAD,
} ss_input_kind;

typedef enum ss_output_kind {
    /// uint32_t bits: 1 onStart, 2 onRequest, 4 onMessage, 8 onTimer are there.
    SS_OUTPUT_LOADED = 1,
    /// uint32_t activity, uint32_t token, text target, text operation, int64_t timeout_ns (0 =
    /// the edge's own), value body.
    SS_OUTPUT_CALL,
    /// uint32_t activity, text target, text operation, value body. One way, to a node.
    SS_OUTPUT_SEND,
    /// uint32_t activity, uint32_t token, text target, text topic, value key, value body. Settled
    /// once it is on its way.
    SS_OUTPUT_PUBLISH,
    /// uint32_t activity, uint32_t token, int64_t duration_ns.
    SS_OUTPUT_SLEEP,
    /// uint32_t timer number, int64_t delay_ns.
    SS_OUTPUT_TIMER,
    /// uint32_t timer number.
    SS_OUTPUT_CANCEL,
    /// uint32_t activity, int64_t duration_ns: work that is not really executed.
    SS_OUTPUT_CPU,
    /// uint32_t activity, value body. The answer, early (reply) or at the end (the return value).
    SS_OUTPUT_REPLY,
    /// uint32_t activity. The handler's promise is settled well: it does nothing more by itself.
    SS_OUTPUT_SETTLED,
    /// uint32_t activity (0 = while loading), text message, text stack (with lines of the source).
    /// The handler threw or rejected: the request fails.
    SS_OUTPUT_ERROR,
    /// uint32_t activity, uint8_t level (0 debug … 3 error), uint32_t line, text message.
    SS_OUTPUT_LOG,
    /// uint32_t activity, text name, double value.
    SS_OUTPUT_METRIC,
} ss_output_kind;

#endif
