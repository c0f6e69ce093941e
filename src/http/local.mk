# src/http: level 5. The server on libmicrohttpd, and one api_*.c file per public resource.
libflorin_a_SOURCES += \
	src/http/access.c src/http/access.h \
	src/http/api_continue.c \
	src/http/api_grant.c src/http/api_grant.h \
	src/http/api_grant_spent.c \
	src/http/api_outgoing_payment.c src/http/api_outgoing_payment.h \
	src/http/api_peering.c src/http/api_peering.h \
	src/http/api_quote.c src/http/api_quote.h \
	src/http/api_token.c \
	src/http/gnap_answer.c src/http/gnap_answer.h \
	src/http/gnap_client.c src/http/gnap_client.h \
	src/http/gnap_error.c src/http/gnap_error.h \
	src/http/own_wallet.c src/http/own_wallet.h \
	src/http/api_health.c src/http/api_health.h \
	src/http/api_btp.c src/http/api_btp.h \
	src/http/api_ilp.c src/http/api_ilp.h \
	src/http/api_incoming_payment.c src/http/api_incoming_payment.h \
	src/http/api_key.c src/http/api_key.h \
	src/http/api_routes.c src/http/api_routes.h \
	src/http/api_wallet_address.c src/http/api_wallet_address.h \
	src/http/address.c src/http/address.h \
	src/http/cookie.c src/http/cookie.h \
	src/http/crowd.c src/http/crowd.h \
	src/http/deadline.c src/http/deadline.h \
	src/http/error_row.c src/http/error_row.h \
	src/http/exchange.c src/http/exchange.h \
	src/http/inner.c src/http/inner.h \
	src/http/guard.c src/http/guard.h \
	src/http/html_pages.h \
	src/http/incoming_json.c src/http/incoming_json.h \
	src/http/json_body.c src/http/json_body.h \
	src/http/language.c src/http/language.h \
	src/http/live.c src/http/live.h \
	src/http/loop.c \
	src/http/negotiate.c src/http/negotiate.h \
	src/http/op_list.c src/http/op_list.h \
	src/http/op_outgoing_json.c \
	src/http/op_error.c src/http/op_error.h \
	src/http/op_json.c src/http/op_json.h \
	src/http/page.c src/http/page.h \
	src/http/page_form.c src/http/page_form.h \
	src/http/qr.c src/http/qr.h \
	src/http/rate.c src/http/rate.h \
	src/http/reply.c src/http/reply.h \
	src/http/request.c src/http/request.h \
	src/http/request_id.c src/http/request_id.h \
	src/http/router.c src/http/router.h \
	src/http/server.c src/http/server.h \
	src/http/signed.c src/http/signed.h \
	src/http/static_files.c src/http/static_files.h \
	src/http/stream.c \
	src/http/target.c src/http/target.h \
	src/http/template.c src/http/template.h \
	src/http/upgrade.c \
	src/http/tls.c src/http/tls.h \
	src/http/when.c src/http/when.h
nodist_libflorin_a_SOURCES += src/http/static_data.c

# The files of www/ become C at build time.
WWW_FILES = \
	$(top_srcdir)/www/favicon.ico \
	$(top_srcdir)/www/pages/address-name.html \
	$(top_srcdir)/www/pages/address-new.html \
	$(top_srcdir)/www/pages/amount.html \
	$(top_srcdir)/www/pages/app-item.html \
	$(top_srcdir)/www/pages/app.html \
	$(top_srcdir)/www/pages/apps.html \
	$(top_srcdir)/www/pages/cash.html \
	$(top_srcdir)/www/pages/client.html \
	$(top_srcdir)/www/pages/close.html \
	$(top_srcdir)/www/pages/components.html \
	$(top_srcdir)/www/pages/consent-other.html \
	$(top_srcdir)/www/pages/consent-passkey.html \
	$(top_srcdir)/www/pages/consent.html \
	$(top_srcdir)/www/pages/console-cell.html \
	$(top_srcdir)/www/pages/console-chart.html \
	$(top_srcdir)/www/pages/console-copied.html \
	$(top_srcdir)/www/pages/console-form.html \
	$(top_srcdir)/www/pages/console-login.html \
	$(top_srcdir)/www/pages/console-page.html \
	$(top_srcdir)/www/pages/console-setup-password.html \
	$(top_srcdir)/www/pages/console-setup.html \
	$(top_srcdir)/www/pages/console-table.html \
	$(top_srcdir)/www/pages/copied.html \
	$(top_srcdir)/www/pages/demo-wallet.html \
	$(top_srcdir)/www/pages/demo.html \
	$(top_srcdir)/www/pages/facts.html \
	$(top_srcdir)/www/pages/foot.html \
	$(top_srcdir)/www/pages/front.html \
	$(top_srcdir)/www/pages/head.html \
	$(top_srcdir)/www/pages/home.html \
	$(top_srcdir)/www/pages/incoming.html \
	$(top_srcdir)/www/pages/key-form.html \
	$(top_srcdir)/www/pages/key-list.html \
	$(top_srcdir)/www/pages/keys.html \
	$(top_srcdir)/www/pages/landing.html \
	$(top_srcdir)/www/pages/login.html \
	$(top_srcdir)/www/pages/message.html \
	$(top_srcdir)/www/pages/moment.html \
	$(top_srcdir)/www/pages/monetization.html \
	$(top_srcdir)/www/pages/notice-words.html \
	$(top_srcdir)/www/pages/notices.html \
	$(top_srcdir)/www/pages/passkey-login.html \
	$(top_srcdir)/www/pages/passkey-new.html \
	$(top_srcdir)/www/pages/passkeys.html \
	$(top_srcdir)/www/pages/payment-line.html \
	$(top_srcdir)/www/pages/payment.html \
	$(top_srcdir)/www/pages/qr.html \
	$(top_srcdir)/www/pages/quote-fields.html \
	$(top_srcdir)/www/pages/quote.html \
	$(top_srcdir)/www/pages/request.html \
	$(top_srcdir)/www/pages/script-words.html \
	$(top_srcdir)/www/pages/send.html \
	$(top_srcdir)/www/pages/session-over.html \
	$(top_srcdir)/www/pages/session.html \
	$(top_srcdir)/www/pages/settings.html \
	$(top_srcdir)/www/pages/transactions.html \
	$(top_srcdir)/www/pages/unpaid.html \
	$(top_srcdir)/www/pages/wallet-choice.html \
	$(top_srcdir)/www/pages/pay-form.html \
	$(top_srcdir)/www/pages/pay.html \
	$(top_srcdir)/www/pages/until.html \
	$(top_srcdir)/www/pages/visit.html \
	$(top_srcdir)/www/pages/when.html \
	$(top_srcdir)/www/robots.txt \
	$(top_srcdir)/www/static/florin.css \
	$(top_srcdir)/www/static/charts.js \
	$(top_srcdir)/www/static/florin.js \
	$(top_srcdir)/www/static/passkey.js \
	$(top_srcdir)/www/static/wallet.js
EXTRA_DIST += $(WWW_FILES) scripts/embed-files
CLEANFILES += src/http/static_data.c

# A library's file is served as it was installed (configure: --with-chart-js).
src/http/static_data.c: $(WWW_FILES) $(CHART_JS) $(top_srcdir)/scripts/embed-files
	$(AM_V_GEN)$(MKDIR_P) src/http && \
	$(top_srcdir)/scripts/embed-files $(top_srcdir)/www static/chart.js=$(CHART_JS) >$@.tmp && mv $@.tmp $@
