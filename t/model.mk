# Tests of src/model.
MODEL_TESTS = \
	t/unit/test_routing \
	t/unit/test_access \
	t/unit/test_expiry \
	t/unit/test_incoming_payment \
	t/unit/test_grant \
	t/unit/test_grant_request \
	t/unit/test_interval \
	t/unit/test_pay_math \
	t/unit/test_payment_error \
	t/unit/test_least_source \
	t/unit/test_liquidity \
	t/unit/test_cash \
	t/unit/test_withdrawal \
	t/unit/test_quote \
	t/unit/test_model_rate \
	t/unit/test_rate_book \
	t/unit/test_rate_ecb \
	t/unit/test_rounding \
	t/unit/test_spread \
	t/unit/test_route \
	t/unit/test_settlement
check_PROGRAMS += $(MODEL_TESTS)
TESTS += $(MODEL_TESTS)

t_unit_test_routing_SOURCES = t/unit/test_routing.c
t_unit_test_routing_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_routing_CFLAGS = $(TEST_CFLAGS)
t_unit_test_routing_LDADD = $(TEST_LIBS)

t_unit_test_expiry_SOURCES = t/unit/test_expiry.c
t_unit_test_expiry_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_expiry_CFLAGS = $(TEST_CFLAGS)
t_unit_test_expiry_LDADD = $(TEST_LIBS)

t_unit_test_incoming_payment_SOURCES = t/unit/test_incoming_payment.c
t_unit_test_incoming_payment_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_incoming_payment_CFLAGS = $(TEST_CFLAGS)
t_unit_test_incoming_payment_LDADD = $(TEST_LIBS)

t_unit_test_pay_math_SOURCES = t/unit/test_pay_math.c
t_unit_test_pay_math_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_pay_math_CFLAGS = $(TEST_CFLAGS)
t_unit_test_pay_math_LDADD = $(TEST_LIBS)

t_unit_test_payment_error_SOURCES = t/unit/test_payment_error.c
t_unit_test_payment_error_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_payment_error_CFLAGS = $(TEST_CFLAGS)
t_unit_test_payment_error_LDADD = $(TEST_LIBS)

t_unit_test_liquidity_SOURCES = t/unit/test_liquidity.c
t_unit_test_liquidity_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_liquidity_CFLAGS = $(TEST_CFLAGS)
t_unit_test_liquidity_LDADD = $(TEST_LIBS)

t_unit_test_least_source_SOURCES = t/unit/test_least_source.c
t_unit_test_least_source_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_least_source_CFLAGS = $(TEST_CFLAGS)
t_unit_test_least_source_LDADD = $(TEST_LIBS)

t_unit_test_quote_SOURCES = t/unit/test_quote.c
t_unit_test_quote_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_quote_CFLAGS = $(TEST_CFLAGS)
t_unit_test_quote_LDADD = $(TEST_LIBS)

t_unit_test_model_rate_SOURCES = t/unit/test_model_rate.c
t_unit_test_model_rate_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_model_rate_CFLAGS = $(TEST_CFLAGS)
t_unit_test_model_rate_LDADD = $(TEST_LIBS)

t_unit_test_route_SOURCES = t/unit/test_route.c
t_unit_test_route_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_route_CFLAGS = $(TEST_CFLAGS)
t_unit_test_route_LDADD = $(TEST_LIBS)

t_unit_test_access_SOURCES = t/unit/test_access.c
t_unit_test_access_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_access_CFLAGS = $(TEST_CFLAGS)
t_unit_test_access_LDADD = $(TEST_LIBS)

t_unit_test_grant_SOURCES = t/unit/test_grant.c
t_unit_test_grant_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_grant_CFLAGS = $(TEST_CFLAGS)
t_unit_test_grant_LDADD = $(TEST_LIBS)

t_unit_test_interval_SOURCES = t/unit/test_interval.c
t_unit_test_interval_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_interval_CFLAGS = $(TEST_CFLAGS)
t_unit_test_interval_LDADD = $(TEST_LIBS)

t_unit_test_grant_request_SOURCES = t/unit/test_grant_request.c
t_unit_test_grant_request_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_grant_request_CFLAGS = $(TEST_CFLAGS)
t_unit_test_grant_request_LDADD = $(TEST_LIBS)

noinst_PROGRAMS += t/bench/bench_route
t_bench_bench_route_SOURCES = t/bench/bench_route.c
t_bench_bench_route_LDADD = libflorin.a $(LIBS_FLORIN)

t_unit_test_settlement_SOURCES = t/unit/test_settlement.c
t_unit_test_settlement_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_settlement_CFLAGS = $(TEST_CFLAGS)
t_unit_test_settlement_LDADD = $(TEST_LIBS)

t_unit_test_rate_book_SOURCES = t/unit/test_rate_book.c
t_unit_test_rate_book_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_rate_book_CFLAGS = $(TEST_CFLAGS)
t_unit_test_rate_book_LDADD = $(TEST_LIBS)

t_unit_test_rate_ecb_SOURCES = t/unit/test_rate_ecb.c
t_unit_test_rate_ecb_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_rate_ecb_CFLAGS = $(TEST_CFLAGS)
t_unit_test_rate_ecb_LDADD = $(TEST_LIBS)

t_unit_test_rounding_SOURCES = t/unit/test_rounding.c
t_unit_test_rounding_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_rounding_CFLAGS = $(TEST_CFLAGS)
t_unit_test_rounding_LDADD = $(TEST_LIBS)

t_unit_test_spread_SOURCES = t/unit/test_spread.c
t_unit_test_spread_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_spread_CFLAGS = $(TEST_CFLAGS)
t_unit_test_spread_LDADD = $(TEST_LIBS)

t_unit_test_cash_SOURCES = t/unit/test_cash.c
t_unit_test_cash_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_cash_CFLAGS = $(TEST_CFLAGS)
t_unit_test_cash_LDADD = $(TEST_LIBS)

t_unit_test_withdrawal_SOURCES = t/unit/test_withdrawal.c
t_unit_test_withdrawal_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_withdrawal_CFLAGS = $(TEST_CFLAGS)
t_unit_test_withdrawal_LDADD = $(TEST_LIBS)
