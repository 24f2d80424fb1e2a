/*
 * vietqr_cxx.c - libvietqr stands alone: its sources, without the rest of the gateway, as a static
 * and as a shared library, under a C++17 program and under C99.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "chopay/str.h"

#define FLAGS "-Wall -Wextra -Wpedantic -Wconversion -Werror -Iinclude"

static char folder[] = "/tmp/chopay-cxx-XXXXXX";

/* Runs with $D the scratch folder; quiet unless it fails. */
static void
run(const char *script)
{
	CLEANUP(buf_fini) struct buf line = {0};

	buf_addf(
		&line, "D=%s; { %s; } >$D/log 2>&1 || { cat $D/log >&2; exit 1; }", folder, script);
	assert_int_equal(system(line.ptr), 0);
}

static int
make_libraries(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	run("for f in gateway/vietqr/*.c; do case $f in */picture.c) continue;; esac;"
	    " gcc -std=c17 -O1 -fPIC " FLAGS " -c $f -o $D/$(basename $f .c).o || exit 1; done;"
	    " ar rcs $D/libvietqr.a $D/*.o && gcc -shared -o $D/libvietqr.so $D/*.o -Wl,-z,defs");
	return 0;
}

static int
remove_libraries(void **state)
{
	(void)state;
	run("rm -r $D && mkdir $D"); /* the log of this very command is in it */
	return rmdir(folder);
}

static void
under_cpp_static(void **state)
{
	(void)state;
	run("g++ -std=c++17 " FLAGS " tests/support/vietqr_use.cpp $D/libvietqr.a -o $D/static"
	    " && $D/static");
}

static void
under_cpp_shared(void **state)
{
	(void)state;
	run("g++ -std=c++17 " FLAGS " tests/support/vietqr_use.cpp -L$D -lvietqr -o $D/shared"
	    " && LD_LIBRARY_PATH=$D $D/shared");
}

static void
header_is_c99_and_cpp11(void **state)
{
	(void)state;
	run("printf '#include \"vietqr.h\"\\n' > $D/use.c && cp $D/use.c $D/use.cpp"
	    " && gcc -std=c99 " FLAGS " -fsyntax-only $D/use.c"
	    " && g++ -std=c++11 " FLAGS " -fsyntax-only $D/use.cpp");
}

/* Another program's own crc16() or tlv_next() must not clash with ours. */
static void
names_do_not_clash(void **state)
{
	(void)state;
	run("! nm -g --defined-only $D/libvietqr.a | grep ' [A-Z] ' | grep -v -E ' (vietqr|vq)_'");
	run("! nm -D --defined-only $D/libvietqr.so | grep -v ' vietqr_'");
}

/* It also becomes WebAssembly: nothing from outside but what a compiler may call by itself. */
static void
needs_no_library(void **state)
{
	(void)state;
	run("! nm -u $D/libvietqr.so | grep -v -E "
	    "'mem(cpy|set|move|cmp)|__stack_chk_fail|__cxa_finalize|_ITM_|__gmon_start__'");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(under_cpp_static),
		cmocka_unit_test(under_cpp_shared),
		cmocka_unit_test(header_is_c99_and_cpp11),
		cmocka_unit_test(names_do_not_clash),
		cmocka_unit_test(needs_no_library),
	};

	return cmocka_run_group_tests(tests, make_libraries, remove_libraries);
}
