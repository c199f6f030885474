/// The grammar of distributions (FORMAT §1).
#include <string.h>

#include "base/math.h"
#include "base/quantity.h"
#include "base/text.h"

typedef struct parser {
    const char *at;
    const char *end;
    ss_unit unit;
    unsigned depth;
    ss_arena *arena;
    ss_text *problem;
} parser;

/// What values a parameter takes.
typedef enum range {
    RANGE_POSITIVE, ///< > 0, of the distribution's unit
    RANGE_ZERO_UP,  ///< ≥ 0, of the distribution's unit
    RANGE_CV,       ///< 0, or 1e-9 … 1000
    RANGE_COUNT,    ///< whole, 1 … 1e6
    RANGE_SHAPE,    ///< 0.05 … 1e6: beyond, samples overflow
    RANGE_TAIL,     ///< 0.1 … 1e6: below, samples overflow
} range;

typedef struct dist_parameter {
    const char *name;
    const char *other_name; ///< also understood; NULL if none
    range range;
} dist_parameter;

typedef struct dist_form {
    const char *name;
    ss_dist_kind kind;
    unsigned count;
    dist_parameter parameters[2];
    const char *example; ///< after the name, with @ for a value of the unit
} dist_form;

static const dist_form forms[] = {
    {"exp", SS_DIST_EXPONENTIAL, 1, {{"mean", NULL, RANGE_POSITIVE}}, "(@)"},
    {"uniform", SS_DIST_UNIFORM, 2,
     {{"a", "low", RANGE_ZERO_UP}, {"b", "high", RANGE_ZERO_UP}}, "(0, @)"},
    {"normal", SS_DIST_NORMAL, 2,
     {{"mean", NULL, RANGE_ZERO_UP}, {"sd", NULL, RANGE_ZERO_UP}}, "(mean=@, sd=@)"},
    {"lognormal", SS_DIST_LOGNORMAL, 2,
     {{"mean", NULL, RANGE_POSITIVE}, {"cv", NULL, RANGE_CV}}, "(mean=@, cv=0.6)"},
    {"gamma", SS_DIST_GAMMA, 2,
     {{"mean", NULL, RANGE_POSITIVE}, {"cv", NULL, RANGE_CV}}, "(mean=@, cv=0.6)"},
    {"erlang", SS_DIST_ERLANG, 2,
     {{"k", NULL, RANGE_COUNT}, {"mean", NULL, RANGE_POSITIVE}}, "(k=3, mean=@)"},
    {"weibull", SS_DIST_WEIBULL, 2,
     {{"shape", NULL, RANGE_SHAPE}, {"scale", NULL, RANGE_POSITIVE}}, "(shape=0.8, scale=@)"},
    {"pareto", SS_DIST_PARETO, 2,
     {{"min", NULL, RANGE_POSITIVE}, {"alpha", NULL, RANGE_TAIL}}, "(min=@, alpha=2.5)"},
    {"hyperexp", SS_DIST_HYPEREXP, 0, {{0}}, "(0.9: @, 0.1: @)"},
    {"coxian", SS_DIST_COXIAN, 0, {{0}}, "(200, 50; 0.3)"},
    {"empirical", SS_DIST_EMPIRICAL, 0, {{0}}, "(@: 3, @: 1)"},
    {"mix", SS_DIST_MIX, 0, {{0}}, "(0.9: exp(@), 0.1: @)"},
};
#define FORM_COUNT (sizeof forms / sizeof forms[0])

static const struct {
    const char *wrong, *right;
} habits[] = {
    {"exponential", "exp"}, {"expo", "exp"},        {"gauss", "normal"},
    {"gaussian", "normal"}, {"norm", "normal"},     {"unif", "uniform"},
    {"hyperexponential", "hyperexp"}, {"mixture", "mix"}, {"cox", "coxian"},
    {"logn", "lognormal"},  {"histogram", "empirical"},
};

// --- Problems ----------------------------------------------------------------------------------

static void add_example(parser *p, const dist_form *form) {
    ss__problem_add(p->problem, "%s", form->name);
    for (const char *c = form->example; *c; c++) {
        if (*c == '@') {
            ss__problem_add(p->problem, "%s", ss__unit_example(p->unit));
        } else {
            ss__problem_add(p->problem, "%c", *c);
        }
    }
}

/// Ends a sentence begun with what is wrong: "…: write lognormal(mean=250ms, cv=0.6)".
static ss_status fail_form(parser *p, const dist_form *form) {
    ss__problem_add(p->problem, ": write ");
    add_example(p, form);
    return SS_ERROR_INPUT;
}

static ss_status fail_name(parser *p, const char *name, size_t length) {
    const int shown = (int)(length < 40 ? length : 40);
    ss__problem_add(p->problem, "there is no distribution \"%.*s\": ", shown, name);
    static const char *const constants[] = {"constant", "const", "deterministic", "det", "fixed"};
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++) {
        if (strlen(constants[i]) != length || memcmp(constants[i], name, length) != 0) continue;
        ss__problem_add(p->problem, "write the value alone, as in %s", ss__unit_example(p->unit));
        return SS_ERROR_INPUT;
    }
    const char *names[FORM_COUNT];
    for (size_t i = 0; i < FORM_COUNT; i++) names[i] = forms[i].name;
    const char *nearest = ss_text_nearest(name, length, names, FORM_COUNT);
    for (size_t i = 0; i < sizeof habits / sizeof habits[0]; i++) {
        const char *wrong = habits[i].wrong;
        if (strlen(wrong) == length && memcmp(wrong, name, length) == 0) nearest = habits[i].right;
    }
    if (nearest) {
        ss__problem_add(p->problem, "did you mean %s?", nearest);
    } else {
        ss__problem_add(p->problem, "write %s or one of", ss__unit_example(p->unit));
        for (size_t i = 0; i < FORM_COUNT; i++) {
            ss__problem_add(p->problem, "%s%s", i == 0 ? " " : ", ", forms[i].name);
        }
    }
    return SS_ERROR_INPUT;
}

// --- Tokens ------------------------------------------------------------------------------------

static char peek(parser *p) {
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\t')) p->at++;
    return p->at < p->end ? *p->at : '\0';
}

static bool take(parser *p, char c) {
    if (peek(p) != c || p->at == p->end) return false;
    p->at++;
    return true;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static size_t word_length(const parser *p) {
    size_t length = 0;
    for (const char *c = p->at; c < p->end; c++, length++) {
        if (!is_letter(*c) && *c != '_' && *c != '-' && !(*c >= '0' && *c <= '9')) break;
    }
    return length;
}

/// Reads a number with a unit up to the next separator.
static ss_status read_quantity(parser *p, ss_unit unit, double *out) {
    peek(p);
    const char *start = p->at;
    while (p->at < p->end && !memchr(",;:()=", *p->at, 6)) p->at++;
    const ss_status status = ss__quantity_parse(start, (size_t)(p->at - start), unit, out,
                                                p->problem);
    if (status) return status;
    if (__builtin_signbit(*out)) { // "-0" and "$-0" too: they could not be written again
        ss__problem_add(p->problem, "\"%.*s\" is negative: write a value of at least 0",
                        (int)(p->at - start), start);
        return SS_ERROR_INPUT;
    }
    if (*out > 0 && *out < SS_DIST_VALUE_MIN) {
        ss__problem_add(p->problem, "\"%.*s\" is too small: the least is 1e-18, or write 0",
                        (int)(p->at - start), start);
        return SS_ERROR_INPUT;
    }
    if (*out > SS_DIST_VALUE_MAX) {
        ss__problem_add(p->problem, "\"%.*s\" is too large: the most is 1e18 of the base unit",
                        (int)(p->at - start), start);
        return SS_ERROR_INPUT;
    }
    return SS_OK;
}

/// Separators left before the closing bracket of the argument list that begins here, + 1.
static size_t count_items(const parser *p) {
    size_t count = 1;
    unsigned depth = 0;
    for (const char *c = p->at; c < p->end; c++) {
        if (*c == '(') depth++;
        if (*c == ')' && depth-- == 0) break;
        if (depth == 0 && (*c == ',' || *c == ';')) count++;
    }
    return count;
}

// --- Simple forms ------------------------------------------------------------------------------

static ss_status check_range(parser *p, const dist_parameter *parameter, double value) {
    const char *wanted = NULL;
    switch (parameter->range) {
    case RANGE_POSITIVE: wanted = value > 0 ? NULL : "more than 0"; break;
    case RANGE_ZERO_UP: break; // read_quantity saw to it
    case RANGE_CV:
        wanted = value == 0 || (value >= 1e-9 && value <= 1000) ? NULL : "0, or from 1e-9 to 1000";
        break;
    case RANGE_COUNT:
        wanted = value >= 1 && value <= 1e6 && ss_floor(value) == value
                     ? NULL
                     : "a whole number from 1 to 1000000";
        break;
    case RANGE_SHAPE: wanted = value >= 0.05 && value <= 1e6 ? NULL : "from 0.05 to 1e6"; break;
    case RANGE_TAIL: wanted = value >= 0.1 && value <= 1e6 ? NULL : "from 0.1 to 1e6"; break;
    }
    if (!wanted) return SS_OK;
    ss__problem_add(p->problem, "%s must be %s", parameter->name, wanted);
    return SS_ERROR_INPUT;
}

/// Finds the parameter of a name before "=", or the next one by position.
static ss_status find_parameter(parser *p, const dist_form *form, bool *is_named, unsigned position,
                                unsigned *index) {
    peek(p);
    const char *start = p->at;
    const size_t length = word_length(p);
    p->at += length;
    if (length == 0 || !take(p, '=')) {
        p->at = start;
        *index = position;
        if (*is_named || position >= form->count) {
            ss__problem_add(p->problem, *is_named ? "after name=value, %s needs a name here too"
                                                  : "%s has too many arguments", form->name);
            return fail_form(p, form);
        }
        return SS_OK;
    }
    *is_named = true;
    const char *names[4];
    size_t count = 0;
    for (unsigned i = 0; i < form->count; i++) {
        const dist_parameter *parameter = &form->parameters[i];
        const char *both[2] = {parameter->name, parameter->other_name};
        for (int j = 0; j < 2 && both[j]; j++) {
            names[count++] = both[j];
            *index = i;
            if (strlen(both[j]) == length && memcmp(both[j], start, length) == 0) return SS_OK;
        }
    }
    ss__problem_add(p->problem, "%s has no \"%.*s\"", form->name,
                    (int)(length < 40 ? length : 40), start);
    const char *nearest = ss_text_nearest(start, length, names, count);
    if (nearest) {
        ss__problem_add(p->problem, ": did you mean %s?", nearest);
        return SS_ERROR_INPUT;
    }
    return fail_form(p, form);
}

static ss_status read_parameters(parser *p, const dist_form *form, double values[2]) {
    bool is_given[2] = {false, false};
    bool is_named = false;
    for (unsigned position = 0; peek(p) != ')'; position++) {
        unsigned index = 0;
        ss_status status = find_parameter(p, form, &is_named, position, &index);
        if (status) return status;
        const dist_parameter *parameter = &form->parameters[index];
        if (is_given[index]) {
            ss__problem_add(p->problem, "%s is given twice: keep one", parameter->name);
            return SS_ERROR_INPUT;
        }
        const bool is_own_unit = parameter->range == RANGE_POSITIVE ||
                                 parameter->range == RANGE_ZERO_UP;
        status = read_quantity(p, is_own_unit ? p->unit : SS_UNIT_NONE, &values[index]);
        if (!status) status = check_range(p, parameter, values[index]);
        if (status) return status;
        is_given[index] = true;
        if (!take(p, ',')) break;
    }
    for (unsigned i = 0; i < form->count; i++) {
        if (is_given[i]) continue;
        ss__problem_add(p->problem, "%s needs %s", form->name, form->parameters[i].name);
        return fail_form(p, form);
    }
    return SS_OK;
}

static void set_constant(ss_dist *dist, double value) {
    *dist = (ss_dist){.kind = SS_DIST_CONSTANT, .a = value, .mean = value};
}

/// Mean and squared coefficient of variation of a normal truncated at 0 (Johnson, Kotz &
/// Balakrishnan 1994, §13.10.1).
static void set_normal(ss_dist *dist, double mean, double sd) {
    const double alpha = -mean / sd;
    const double density = 0.39894228040143267794 * ss_exp(-0.5 * alpha * alpha);
    const double hazard = density / ss_normal_cdf(-alpha);
    const double variance_ratio = 1 + hazard * (alpha - hazard); // of the untruncated variance
    dist->mean = mean + sd * hazard;
    const double cv = sd / dist->mean;
    dist->scv = cv * cv * variance_ratio;
}

static void set_form(ss_dist *dist, const double values[2]) {
    const double x = values[0];
    const double y = values[1];
    switch (dist->kind) {
    case SS_DIST_EXPONENTIAL: dist->a = dist->mean = x, dist->scv = 1; break;
    case SS_DIST_UNIFORM: {
        dist->mean = 0.5 * (x + y);
        const double half_width = 0.5 * (y - x) / dist->mean;
        dist->scv = half_width * half_width / 3;
        break;
    }
    case SS_DIST_NORMAL: set_normal(dist, x, y); break;
    case SS_DIST_LOGNORMAL: {
        const double variance = ss_log1p(y * y);
        dist->mean = x, dist->scv = y * y;
        dist->a = ss_log(x) - 0.5 * variance, dist->b = ss_sqrt(variance);
        break;
    }
    case SS_DIST_GAMMA:
        dist->mean = x, dist->scv = y * y;
        dist->a = 1 / (y * y), dist->b = x * (y * y);
        break;
    case SS_DIST_ERLANG: dist->a = x, dist->b = y / x, dist->mean = y, dist->scv = 1 / x; break;
    case SS_DIST_WEIBULL: {
        const double root = dist->a = 1 / x;
        dist->b = y;
        dist->mean = y * ss_exp(ss_lgamma(1 + root));
        dist->scv = ss_expm1(ss_lgamma(1 + 2 * root) - 2 * ss_lgamma(1 + root));
        break;
    }
    case SS_DIST_PARETO:
        dist->a = x, dist->b = 1 / y;
        dist->mean = y > 1 ? x * y / (y - 1) : SS_INFINITY;
        dist->scv = y > 2 ? 1 / (y * (y - 2)) : SS_INFINITY;
        break;
    default: break;
    }
}

static ss_status read_form(parser *p, const dist_form *form, ss_dist *dist) {
    double values[2] = {0, 0};
    const ss_status status = read_parameters(p, form, values);
    if (status) return status;
    dist->a = values[0];
    dist->b = values[1];
    if (form->kind == SS_DIST_UNIFORM && values[0] >= values[1]) {
        if (values[0] > values[1]) {
            ss__problem_add(p->problem, "the first bound of uniform is the larger: swap them");
            return SS_ERROR_INPUT;
        }
        set_constant(dist, values[0]);
        return SS_OK;
    }
    const bool has_spread = form->kind == SS_DIST_NORMAL || form->kind == SS_DIST_LOGNORMAL ||
                            form->kind == SS_DIST_GAMMA;
    if (has_spread && values[1] == 0) {
        set_constant(dist, values[0]);
        return SS_OK;
    }
    set_form(dist, values);
    return SS_OK;
}

// --- Tables ------------------------------------------------------------------------------------

static ss_status make_table(parser *p, const dist_form *form, size_t count, ss_dist *dist,
                            double **table) {
    const size_t count_max = form->kind == SS_DIST_COXIAN ? SS_DIST_PHASES_MAX : SS_DIST_TABLE_MAX;
    if (count > count_max) {
        ss__problem_add(p->problem, "%s has more than %zu entries: leave some out", form->name,
                        count_max);
        return SS_ERROR_INPUT;
    }
    const size_t columns = form->kind == SS_DIST_MIX ? 1 : 2;
    *table = ss_arena_allocate(p->arena, count * columns * sizeof **table);
    dist->table = *table;
    dist->count = (uint32_t)count;
    return *table ? SS_OK : SS_ERROR_MEMORY;
}

static ss_status read_dist(parser *p, ss_dist *dist);

/// Turns weights (every `columns`-th entry) into cumulative probabilities, the last exactly 1.
static void accumulate(double *table, size_t count, size_t columns, double total) {
    double sum = 0;
    size_t last = 0;
    for (size_t i = 0; i < count; i++) {
        const double weight = table[i * columns];
        if (weight > 0) last = i;
        sum += weight;
        table[i * columns] = sum / total;
    }
    for (size_t i = last; i < count; i++) table[i * columns] = 1;
}

/// One "weight: value" (hyperexp, mix) or "value: weight" (empirical).
static ss_status read_entry(parser *p, const dist_form *form, double *weight, double *value,
                            ss_dist *part) {
    const bool is_empirical = form->kind == SS_DIST_EMPIRICAL;
    ss_status status = is_empirical ? read_quantity(p, p->unit, value)
                                    : read_quantity(p, SS_UNIT_NONE, weight);
    if (status) return status;
    if (!take(p, ':')) {
        ss__problem_add(p->problem, "%s takes pairs with a colon", form->name);
        return fail_form(p, form);
    }
    if (is_empirical) return read_quantity(p, SS_UNIT_NONE, weight);
    if (part) return read_dist(p, part);
    status = read_quantity(p, p->unit, value);
    if (!status && *value == 0) {
        ss__problem_add(p->problem, "a mean of hyperexp must be more than 0");
        status = SS_ERROR_INPUT;
    }
    return status;
}

/// Mean and scv of a finished table, relative to the mean so that nothing under- or overflows.
static void set_table_moments(ss_dist *dist) {
    double before = 0;
    dist->mean = 0;
    const size_t columns = dist->parts ? 1 : 2;
    for (uint32_t i = 0; i < dist->count; i++) {
        const double p = dist->table[i * columns] - before;
        before = dist->table[i * columns];
        if (p > 0) dist->mean += p * (dist->parts ? dist->parts[i]->mean : dist->table[2 * i + 1]);
    }
    if (!ss_is_finite(dist->mean)) {
        dist->scv = SS_INFINITY;
        return;
    }
    before = 0;
    for (uint32_t i = 0; i < dist->count && dist->mean > 0; i++) {
        const double p = dist->table[i * columns] - before;
        before = dist->table[i * columns];
        const double mean = dist->parts ? dist->parts[i]->mean : dist->table[2 * i + 1];
        const double scv = dist->parts ? dist->parts[i]->scv : dist->kind == SS_DIST_HYPEREXP;
        const double ratio = mean / dist->mean;
        const double within = mean > 0 ? ratio * ratio * scv : 0;
        if (p > 0) dist->scv += p * (within + (ratio - 1) * (ratio - 1));
    }
}

static ss_status read_table(parser *p, const dist_form *form, ss_dist *dist) {
    const size_t count = count_items(p);
    const bool is_mix = form->kind == SS_DIST_MIX;
    const size_t columns = is_mix ? 1 : 2;
    double *table;
    ss_status status = make_table(p, form, count, dist, &table);
    if (status) return status;
    const ss_dist **parts = NULL;
    if (is_mix) {
        parts = ss_arena_allocate(p->arena, count * sizeof *parts);
        if (!parts) return SS_ERROR_MEMORY;
    }
    double total = 0;
    for (size_t i = 0; i < count; i++) {
        ss_dist *part = NULL;
        if (is_mix) {
            parts[i] = part = ss_arena_allocate(p->arena, sizeof *part);
            if (!part) return SS_ERROR_MEMORY;
        }
        double unused;
        status = read_entry(p, form, &table[i * columns], is_mix ? &unused : &table[2 * i + 1],
                            part);
        if (status) return status;
        total += table[i * columns];
        if (i + 1 < count && !take(p, ',')) {
            ss__problem_add(p->problem, "write a comma between the pairs of %s", form->name);
            return SS_ERROR_INPUT;
        }
    }
    const bool is_sum_needed = form->kind != SS_DIST_EMPIRICAL;
    if (total == 0 || (is_sum_needed && ss_abs(total - 1) > 1e-6)) {
        ss__problem_add(p->problem, "the %s of %s add up to ",
                        is_sum_needed ? "probabilities" : "weights", form->name);
        if (p->problem) ss_text_add_number(p->problem, ss_round(total * 1e9) / 1e9);
        ss__problem_add(p->problem, is_sum_needed ? ": make that 1" : ": make one larger");
        return SS_ERROR_INPUT;
    }
    accumulate(table, count, columns, total);
    dist->parts = parts;
    set_table_moments(dist);
    return SS_OK;
}

static ss_status read_coxian(parser *p, const dist_form *form, ss_dist *dist) {
    const size_t items = count_items(p);
    const size_t count = items / 2 + 1; // n rates and n - 1 probabilities
    double *table;
    ss_status status = make_table(p, form, count, dist, &table);
    if (status) return status;
    for (size_t i = 0; i < items; i++) {
        const bool is_rate = i < count;
        double *cell = is_rate ? &table[2 * i] : &table[2 * (i - count) + 1];
        status = read_quantity(p, is_rate && p->unit == SS_UNIT_SECONDS ? SS_UNIT_RATE
                                                                        : SS_UNIT_NONE, cell);
        if (status) return status;
        if (is_rate ? *cell <= 0 : *cell > 1) {
            ss__problem_add(p->problem, is_rate ? "a rate of coxian must be more than 0"
                                                : "a probability of coxian is at most 1");
            return SS_ERROR_INPUT;
        }
        if (i + 1 < items && !take(p, i + 1 == count ? ';' : ',')) {
            ss__problem_add(p->problem, "coxian takes n rates, a semicolon and n - 1 "
                                        "probabilities of going on");
            return fail_form(p, form);
        }
    }
    if (items % 2 == 0) {
        ss__problem_add(p->problem, "coxian takes one probability less than rates");
        return fail_form(p, form);
    }
    dist->mean = ss_dist_moment(dist, 1);
    dist->scv = ss_dist_moment(dist, 2) / (dist->mean * dist->mean) - 1;
    return SS_OK;
}

// --- Whole distributions -----------------------------------------------------------------------

static ss_status read_named(parser *p, const char *name, size_t length, ss_dist *dist) {
    const dist_form *form = NULL;
    for (size_t i = 0; i < FORM_COUNT && !form; i++) {
        if (strlen(forms[i].name) == length && memcmp(forms[i].name, name, length) == 0) {
            form = &forms[i];
        }
    }
    if (!form) return fail_name(p, name, length);
    if (!take(p, '(')) {
        ss__problem_add(p->problem, "%s needs its arguments in brackets", form->name);
        return fail_form(p, form);
    }
    dist->kind = form->kind;
    ss_status status;
    if (form->count > 0) {
        status = read_form(p, form, dist);
    } else if (form->kind == SS_DIST_COXIAN) {
        status = read_coxian(p, form, dist);
    } else {
        status = read_table(p, form, dist);
    }
    if (status) return status;
    if (take(p, ')')) return SS_OK;
    if (p->at == p->end) {
        ss__problem_add(p->problem, "the bracket of %s is not closed: add \")\"", form->name);
        return SS_ERROR_INPUT;
    }
    ss__problem_add(p->problem, "\"%c\" does not belong in the arguments of %s", *p->at,
                    form->name);
    return fail_form(p, form);
}

static ss_status read_dist(parser *p, ss_dist *dist) {
    if (p->depth == SS_DIST_DEPTH_MAX) {
        ss__problem_add(p->problem, "mix is nested deeper than %u: flatten it", SS_DIST_DEPTH_MAX);
        return SS_ERROR_INPUT;
    }
    p->depth++;
    ss_status status;
    if (is_letter(peek(p))) {
        const char *name = p->at;
        const size_t length = word_length(p);
        p->at += length;
        status = read_named(p, name, length, dist);
    } else {
        double value = 0;
        status = read_quantity(p, p->unit, &value);
        set_constant(dist, value);
    }
    p->depth--;
    return status;
}

ss_status ss_dist_parse(const char *text, ss_unit unit, ss_arena *arena, const ss_dist **out,
                        ss_text *problem) {
    *out = NULL;
    parser p = {.at = text, .end = text + strlen(text), .unit = unit, .arena = arena,
                .problem = problem};
    ss_dist *dist = ss_arena_allocate(arena, sizeof *dist);
    if (!dist) return SS_ERROR_MEMORY;
    if (peek(&p) == '\0') {
        ss__problem_add(problem, "the text is empty: write %s, as in %s or exp(%s)",
                        ss__unit_noun(unit), ss__unit_example(unit), ss__unit_example(unit));
        return SS_ERROR_INPUT;
    }
    const ss_status status = read_dist(&p, dist);
    if (status) return status;
    if (peek(&p) != '\0') {
        ss__problem_add(problem, "the distribution ends before \"%.*s\": remove that",
                        (int)(p.end - p.at < 40 ? p.end - p.at : 40), p.at);
        return SS_ERROR_INPUT;
    }
    *out = dist;
    return SS_OK;
}

const ss_dist *ss_dist_constant(ss_arena *arena, double value) {
    ss_dist *dist = ss_arena_allocate(arena, sizeof *dist);
    if (dist) set_constant(dist, value);
    return dist;
}
