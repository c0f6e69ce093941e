# Tests of src/console, and of what its login needs of src/auth.
CONSOLE_TESTS = \
	t/unit/test_cell \
	t/unit/test_chart \
	t/unit/test_totp
check_PROGRAMS += $(CONSOLE_TESTS)
TESTS += $(CONSOLE_TESTS)

t_unit_test_cell_SOURCES = t/unit/test_cell.c
t_unit_test_cell_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_cell_CFLAGS = $(TEST_CFLAGS)
t_unit_test_cell_LDADD = $(TEST_LIBS)

t_unit_test_chart_SOURCES = t/unit/test_chart.c
t_unit_test_chart_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_chart_CFLAGS = $(TEST_CFLAGS)
t_unit_test_chart_LDADD = $(TEST_LIBS)

t_unit_test_totp_SOURCES = t/unit/test_totp.c
t_unit_test_totp_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_totp_CFLAGS = $(TEST_CFLAGS)
t_unit_test_totp_LDADD = $(TEST_LIBS)
