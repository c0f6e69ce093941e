# Tests of src/web, and of what its pages need of src/auth.
WEB_TESTS = \
	t/unit/test_consent_words \
	t/unit/test_finish \
	t/unit/test_login_guard \
	t/unit/test_page \
	t/unit/test_passkey \
	t/unit/test_password \
	t/unit/test_template \
	t/unit/test_visitor
check_PROGRAMS += $(WEB_TESTS)
TESTS += $(WEB_TESTS)

t_unit_test_finish_SOURCES = t/unit/test_finish.c
t_unit_test_finish_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_finish_CFLAGS = $(TEST_CFLAGS)
t_unit_test_finish_LDADD = $(TEST_LIBS)

t_unit_test_login_guard_SOURCES = t/unit/test_login_guard.c
t_unit_test_login_guard_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_login_guard_CFLAGS = $(TEST_CFLAGS)
t_unit_test_login_guard_LDADD = $(TEST_LIBS)

t_unit_test_page_SOURCES = t/unit/test_page.c
t_unit_test_page_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_page_CFLAGS = $(TEST_CFLAGS)
t_unit_test_page_LDADD = $(TEST_LIBS)

t_unit_test_passkey_SOURCES = t/unit/test_passkey.c
t_unit_test_passkey_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_passkey_CFLAGS = $(TEST_CFLAGS)
t_unit_test_passkey_LDADD = $(TEST_LIBS)

t_unit_test_password_SOURCES = t/unit/test_password.c
t_unit_test_password_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_password_CFLAGS = $(TEST_CFLAGS)
t_unit_test_password_LDADD = $(TEST_LIBS)

t_unit_test_template_SOURCES = t/unit/test_template.c
t_unit_test_template_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_template_CFLAGS = $(TEST_CFLAGS)
t_unit_test_template_LDADD = $(TEST_LIBS)

t_unit_test_visitor_SOURCES = t/unit/test_visitor.c
t_unit_test_visitor_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_visitor_CFLAGS = $(TEST_CFLAGS)
t_unit_test_visitor_LDADD = $(TEST_LIBS)

t_unit_test_consent_words_SOURCES = t/unit/test_consent_words.c
t_unit_test_consent_words_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_consent_words_CFLAGS = $(TEST_CFLAGS)
t_unit_test_consent_words_LDADD = $(TEST_LIBS)
