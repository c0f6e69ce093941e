# Tests of src/store and of the ledger's rules. The engine under test: FLORIN_TEST_STORE.
STORE_TESTS = t/store/test_store
check_PROGRAMS += $(STORE_TESTS)
TESTS += $(STORE_TESTS)

STORE_FIXTURE = t/store/fixture.c t/store/fixture.h

t_store_test_store_SOURCES = t/store/test_store.c $(STORE_FIXTURE)
t_store_test_store_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_store_CFLAGS = $(TEST_CFLAGS)
t_store_test_store_LDADD = $(TEST_LIBS)
