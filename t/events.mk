# Tests of src/events.
check_PROGRAMS += t/unit/test_webhook
TESTS += t/unit/test_webhook

t_unit_test_webhook_SOURCES = t/unit/test_webhook.c
t_unit_test_webhook_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_webhook_CFLAGS = $(TEST_CFLAGS)
t_unit_test_webhook_LDADD = $(TEST_LIBS)
