# Tests of src/base.
check_PROGRAMS += t/unit/test_amount
TESTS += t/unit/test_amount
t_unit_test_amount_SOURCES = t/unit/test_amount.c
t_unit_test_amount_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_amount_CFLAGS = $(TEST_CFLAGS)
t_unit_test_amount_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_bytes
TESTS += t/unit/test_bytes
t_unit_test_bytes_SOURCES = t/unit/test_bytes.c
t_unit_test_bytes_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_bytes_CFLAGS = $(TEST_CFLAGS)
t_unit_test_bytes_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_figure
TESTS += t/unit/test_figure
t_unit_test_figure_SOURCES = t/unit/test_figure.c
t_unit_test_figure_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_figure_CFLAGS = $(TEST_CFLAGS)
t_unit_test_figure_LDADD = $(TEST_LIBS)

check_PROGRAMS += t/unit/test_calendar
TESTS += t/unit/test_calendar
t_unit_test_calendar_SOURCES = t/unit/test_calendar.c
t_unit_test_calendar_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_calendar_CFLAGS = $(TEST_CFLAGS)
t_unit_test_calendar_LDADD = $(TEST_LIBS)
