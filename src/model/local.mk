# src/model: level 2. Rules as pure functions.
libflorin_a_SOURCES += \
	src/model/access.c src/model/access.h src/model/access_json.c \
	src/model/expiry.c src/model/expiry.h \
	src/model/incoming_payment.c src/model/incoming_payment.h \
	src/model/cash.c src/model/cash.h \
	src/model/withdrawal.c src/model/withdrawal.h \
	src/model/liquidity.c src/model/liquidity.h \
	src/model/least_source.c src/model/least_source.h \
	src/model/grant.c src/model/grant.h \
	src/model/interval.c src/model/interval.h \
	src/model/ledger.c src/model/ledger.h \
	src/model/pay_math.c src/model/pay_math.h \
	src/model/payment_error.c src/model/payment_error.h \
	src/model/quote.c src/model/quote.h \
	src/model/quote_local.c src/model/quote_local.h \
	src/model/rate.c src/model/rate.h \
	src/model/rate_book.c src/model/rate_book.h \
	src/model/rate_ecb.c src/model/rate_ecb.h \
	src/model/rate_text.c src/model/rate_text.h \
	src/model/routing.c src/model/routing.h \
	src/model/routing_base.c src/model/routing_base.h \
	src/model/spread.c src/model/spread.h \
	src/model/route.c src/model/route.h \
	src/model/settlement.c src/model/settlement.h \
	src/model/wallet_name.c src/model/wallet_name.h
