/// Scenarios whose every instant can be worked out by hand: requests come at given times (a trace),
/// each of an operation of its own, so that its response can be asked for; services are constants.
#ifndef SS_TESTS_SCENARIO_H
#define SS_TESTS_SCENARIO_H

#include "simulate.h"
#include "unit.h"

#define SCENARIO(nodes, edges, duration) SCENARIO_WITH(nodes, edges, duration, "")
/// `more`: further members of the document, with a comma before them.
#define SCENARIO_WITH(nodes, edges, duration, more)                                                \
    "{'format': 'scalesim/1', 'nodes': {" nodes "}, 'edges': [" edges "],"                         \
    " 'run': {'duration': " duration ", 'warmup': 0, 'seed': 1}" more "}"
#define TRACE(id, list) "'" id "': {'type': 'client', 'load': {'trace': [" list "]}}"

#define EXPECT(simulation, path, expected)                                                         \
    SS_CHECK_NEAR(simulation_metric(&(simulation), path), (expected), 1e-9)

#endif
