# Tests of src/cli and the configuration.
check_PROGRAMS += t/unit/test_command
TESTS += t/unit/test_command
t_unit_test_command_SOURCES = t/unit/test_command.c
t_unit_test_command_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_command_CFLAGS = $(TEST_CFLAGS)
t_unit_test_command_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_config
TESTS += t/unit/test_config
t_unit_test_config_SOURCES = t/unit/test_config.c
t_unit_test_config_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_config_CFLAGS = $(TEST_CFLAGS)
t_unit_test_config_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_show
TESTS += t/unit/test_show
t_unit_test_show_SOURCES = t/unit/test_show.c
t_unit_test_show_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_show_CFLAGS = $(TEST_CFLAGS)
t_unit_test_show_LDADD = $(TEST_LIBS)

# A program with bugs for a sanitizer to find: t/lint/sanitizer-selftest runs it.
check_PROGRAMS += t/lint/planted
t_lint_planted_SOURCES = t/lint/planted.c
t_lint_planted_LDADD = libflorin.a $(LIBS_FLORIN)

check_PROGRAMS += t/unit/test_inspect
TESTS += t/unit/test_inspect
t_unit_test_inspect_SOURCES = t/unit/test_inspect.c
t_unit_test_inspect_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_inspect_CFLAGS = $(TEST_CFLAGS)
t_unit_test_inspect_LDADD = $(TEST_LIBS)
