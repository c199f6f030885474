// Overrides: path=value assignments on a document's text.

#include <string.h>

#include "scalesim/model.h"
#include "unit.h"

static const char document[] =
    "{\"format\":\"scalesim/1\",\"nodes\":{\"users\":{\"type\":\"client\",\"load\":{\"pattern\":"
    "[{\"at\":0,\"rate\":1},{\"at\":5,\"rate\":2}]}},\"api\":{\"type\":\"service\","
    "\"replicas\":2}},"
    "\"edges\":[{\"from\":\"users\",\"to\":\"api\"},{\"from\":\"users\",\"to\":\"api\","
    "\"op\":\"b\"}],"
    "\"slos\":[{\"name\":\"fast\",\"metric\":\"nodes.users.response.p99\",\"max\":1}]}";

static const struct {
    const char *assignment;
    const char *expected; ///< part of the new text
} good[] = {
    {"nodes.api.replicas=8", "\"api\":{\"type\":\"service\",\"replicas\":8}"},
    {"nodes.api.queue=inf", "\"replicas\":2,\"queue\":\"inf\"}"},
    {"nodes.api.instance.speed=2.5", "\"replicas\":2,\"instance\":{\"speed\":2.5}}"},
    {"nodes.users.load.pattern.1.rate=900/s", "{\"at\":5,\"rate\":\"900/s\"}"},
    {"nodes.users.load={\"rate\": 5}", "\"users\":{\"type\":\"client\",\"load\":{\"rate\":5}}"},
    {"edges.users->api.timeout=1s", "[{\"from\":\"users\",\"to\":\"api\",\"timeout\":\"1s\"},"},
    {"edges.users->api#2.timeout=1s", "\"op\":\"b\",\"timeout\":\"1s\"}]"},
    {"edges.1.op=c", "\"op\":\"c\"}]"},
    {"slos.fast.max=250ms", "\"max\":\"250ms\"}]"},
    {"run.seed=7", ",\"run\":{\"seed\":7}}"},
    {"name=A = B", "\"name\":\"A = B\""},
    {"nodes.api.name=true", "\"name\":true"},
    {"nodes.api.name=", "\"name\":\"\""},
};

SS_TEST(override_changes_what_it_names) {
    const ss_allocator allocator = ss_allocator_default();
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
        ss_text out = ss_text_create(&allocator);
        SS_CHECK(ss_design_override(document, strlen(document), &good[i].assignment, 1u, &allocator,
                                    diagnostics, &out) == SS_OK);
        SS_CHECK_EQUAL(ss_diagnostics_count(diagnostics), 0);
        if (!SS_CHECK(out.bytes && strstr(out.bytes, good[i].expected))) {
            SS_CHECK_TEXT(out.bytes, good[i].expected);
        }
        ss_text_destroy(&out);
        ss_diagnostics_destroy(diagnostics);
    }
}

SS_TEST(override_applies_several_in_order) {
    const ss_allocator allocator = ss_allocator_default();
    static const char *const assignments[] = {"run.seed=7", "nodes.api.replicas=3", "run.seed=9"};
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    ss_text out = ss_text_create(&allocator);
    SS_CHECK(ss_design_override(document, strlen(document), assignments, 3u, &allocator,
                                diagnostics, &out) == SS_OK);
    SS_CHECK(out.bytes && strstr(out.bytes, "\"seed\":9") && strstr(out.bytes, "\"replicas\":3"));
    SS_CHECK(!strstr(out.bytes, "\"seed\":7"));
    ss_text_destroy(&out);
    ss_diagnostics_destroy(diagnostics);
}

static const struct {
    const char *assignment, *code, *pointer, *hint;
} wrong[] = {
    {"nodes.apo.replicas=8", "E119", "/nodes", "\"api\""},
    {"edges.users->apo.timeout=1s", "E119", "/edges", "\"users->api\""},
    {"edges.users->api#3.timeout=1s", "E119", "/edges", "\"users->api#2\""},
    {"edges.7.timeout=1s", "E119", "/edges", "7"},
    {"nodes.api.replicas.max=1", "E119", "/nodes/api/replicas", "shorter"},
    {"nodes.users.load.pattern.9.rate=1", "E119", "/nodes/users/load/pattern", "9"},
    {"faults.0.at=1", "E119", "", "faults"},
    {"nodes.api.replicas", "E120", "", "path=value"},
    {"=5", "E120", "", "path=value"},
    {"nodes..replicas=5", "E120", "", "path=value"},
};

SS_TEST(override_says_what_is_wrong) {
    const ss_allocator allocator = ss_allocator_default();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
        ss_text out = ss_text_create(&allocator);
        SS_CHECK(ss_design_override(document, strlen(document), &wrong[i].assignment, 1u,
                                    &allocator, diagnostics, &out) == SS_ERROR_INPUT);
        SS_CHECK_EQUAL(out.length, 0);
        SS_REQUIRE(ss_diagnostics_count(diagnostics) == 1u);
        const ss_diagnostic *found = ss_diagnostics_get(diagnostics, 0);
        SS_CHECK_TEXT(found->code, wrong[i].code);
        SS_CHECK_TEXT(found->pointer, wrong[i].pointer);
        if (!SS_CHECK(strstr(found->message, wrong[i].hint))) {
            SS_CHECK_TEXT(found->message, wrong[i].hint);
        }
        ss_text_destroy(&out);
        ss_diagnostics_destroy(diagnostics);
    }
}

SS_TEST(override_reports_all_wrong_assignments) {
    const ss_allocator allocator = ss_allocator_default();
    static const char *const assignments[] = {"nodes.a.x=7", "run.seed=1", "oops"};
    ss_diagnostics *diagnostics = ss_diagnostics_create(&allocator);
    ss_text out = ss_text_create(&allocator);
    SS_CHECK(ss_design_override(document, strlen(document), assignments, 3u, &allocator,
                                diagnostics, &out) == SS_ERROR_INPUT);
    SS_CHECK_EQUAL(ss_diagnostics_count(diagnostics), 2);
    ss_text_destroy(&out);
    ss_diagnostics_destroy(diagnostics);
}
