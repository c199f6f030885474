/// The fuel, as the guest sees it: what observing an execution costs is given back.
///
/// The meter counts in a global of the module, which C cannot name. tools/meter puts a read and a
/// write of that global into the place of these two functions; they are called through pointers so
/// that nothing takes them for what they are here.
#include "guest.h"

GUEST_EXPORT(guest_fuel_get) int64_t guest_fuel_get(void);
GUEST_EXPORT(guest_fuel_set) void guest_fuel_set(int64_t fuel);

int64_t guest_fuel_get(void) { return 0; }
void guest_fuel_set(int64_t fuel) { (void)fuel; }

static int64_t (*volatile const get)(void) = guest_fuel_get;
static void (*volatile const set)(int64_t fuel) = guest_fuel_set;

int64_t guest_read_fuel(void) { return get(); }
void guest_write_fuel(int64_t fuel) { set(fuel); }
