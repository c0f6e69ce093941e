# Tests of src/cli.

check_PROGRAMS += t/unit/test_inspect
TESTS += t/unit/test_inspect
t_unit_test_inspect_SOURCES = t/unit/test_inspect.c
t_unit_test_inspect_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_inspect_CFLAGS = $(TEST_CFLAGS)
t_unit_test_inspect_LDADD = $(TEST_LIBS)
