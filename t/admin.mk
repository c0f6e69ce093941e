# Tests of src/admin: a whole node in the test's process, called over HTTP.
ADMIN_TESTS = \
	t/admin/test_setup \
	t/http/test_signed \
	t/admin/test_money \
	t/admin/test_openapi \
	t/admin/test_payments \
	t/admin/test_reading
check_PROGRAMS += $(ADMIN_TESTS)
TESTS += $(ADMIN_TESTS)

t_admin_test_setup_SOURCES = t/admin/test_setup.c
t_admin_test_setup_CPPFLAGS = $(TEST_CPPFLAGS)
t_admin_test_setup_CFLAGS = $(TEST_CFLAGS)
t_admin_test_setup_LDADD = $(TEST_LIBS)

t_http_test_signed_SOURCES = t/http/test_signed.c
t_http_test_signed_CPPFLAGS = $(TEST_CPPFLAGS)
t_http_test_signed_CFLAGS = $(TEST_CFLAGS)
t_http_test_signed_LDADD = $(TEST_LIBS)

t_admin_test_money_SOURCES = t/admin/test_money.c
t_admin_test_money_CPPFLAGS = $(TEST_CPPFLAGS)
t_admin_test_money_CFLAGS = $(TEST_CFLAGS)
t_admin_test_money_LDADD = $(TEST_LIBS)

t_admin_test_openapi_SOURCES = t/admin/test_openapi.c
t_admin_test_openapi_CPPFLAGS = $(TEST_CPPFLAGS)
t_admin_test_openapi_CFLAGS = $(TEST_CFLAGS)
t_admin_test_openapi_LDADD = $(TEST_LIBS)

t_admin_test_payments_SOURCES = t/admin/test_payments.c
t_admin_test_payments_CPPFLAGS = $(TEST_CPPFLAGS)
t_admin_test_payments_CFLAGS = $(TEST_CFLAGS)
t_admin_test_payments_LDADD = $(TEST_LIBS)

t_admin_test_reading_SOURCES = t/admin/test_reading.c
t_admin_test_reading_CPPFLAGS = $(TEST_CPPFLAGS)
t_admin_test_reading_CFLAGS = $(TEST_CFLAGS)
t_admin_test_reading_LDADD = $(TEST_LIBS)
