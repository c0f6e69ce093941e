# src/admin: level 5. The operator's API and the metrics, on http/.
libflorin_a_SOURCES += \
	src/admin/admin_routes.c src/admin/admin_routes.h \
	src/admin/activity.c \
	src/admin/answer.c src/admin/answer.h \
	src/admin/asset.c \
	src/admin/backup.c \
	src/admin/change.c src/admin/change.h \
	src/admin/condition.c src/admin/condition.h \
	src/admin/doubt.c \
	src/admin/fee.c \
	src/admin/funding.c \
	src/admin/grant.c \
	src/admin/history.c src/admin/history.h \
	src/admin/incoming.c \
	src/admin/incoming_json.c src/admin/incoming_json.h \
	src/admin/event.c src/admin/event.h \
	src/admin/event_stream.c src/admin/event_stream.h \
	src/admin/key.c \
	src/admin/ledger.c \
	src/admin/log_line.c \
	src/admin/metrics.c \
	src/admin/openapi.c src/admin/openapi.h \
	src/admin/openapi_table.c src/admin/openapi_table.h \
	src/admin/operator.c \
	src/admin/outgoing.c \
	src/admin/outgoing_wait.c src/admin/outgoing_wait.h \
	src/admin/page.c src/admin/page.h \
	src/admin/partial.c \
	src/admin/password.c src/admin/password.h \
	src/admin/payment.c \
	src/admin/payment_json.c src/admin/payment_json.h \
	src/admin/peer.c \
	src/admin/peer_change.c \
	src/admin/peer_invite.c src/admin/peer_test.c \
	src/admin/quote.c \
	src/admin/rate_history.c \
	src/admin/rates.c \
	src/admin/receipt.c \
	src/admin/receiver.c \
	src/admin/receiver_payment.c \
	src/admin/resource.h \
	src/admin/revenue.c \
	src/admin/route.c \
	src/admin/row.c src/admin/row.h \
	src/admin/spread.c \
	src/admin/spread_course.c \
	src/admin/engine.c \
	src/admin/settlement.c \
	src/admin/statement.c \
	src/admin/user.c \
	src/admin/wallet.c \
	src/admin/wallet_set.c \
	src/admin/wallet_money.c \
	src/admin/webhook_endpoint.c \
	src/admin/whoami.c \
	src/admin/cash.c \
	src/admin/withdrawal.c
