/* The reference runs of other simulators: JSON files, read just well enough for those.
 *
 *     struct reference *file = reference_open("01c_iaf_psc_alpha.json");
 *     if (!file) hk_test_skip(REFERENCE_MISSING);
 *     size_t n = reference_list(file, "inputs.exc.spike_times", times, HK_COUNT(times)); */
#ifndef HK_TESTS_SUPPORT_REFERENCE_H
#define HK_TESTS_SUPPORT_REFERENCE_H

#include <stddef.h>

#define REFERENCE_MISSING "no reference runs here ($HILLOCK_DATA/../reference, ../shared/reference)"

struct reference;

/* NULL where there are no reference runs; end with reference_close. */
struct reference *reference_open(const char *file);
void reference_close(struct reference *file);

/* The number at a path of keys, "inputs.exc.weight". A missing one fails the test. */
double reference_number(const struct reference *file, const char *path);
/* The numbers of the list at a path; returns how many, at most `room`. */
size_t reference_list(const struct reference *file, const char *path, double *values, size_t room);

#endif
