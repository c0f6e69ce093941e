# Level 3: the store. Its verbs stand on named statements (batch_*, read_*), an engine carries them
# out (sqlite*). The texts of sql/ become C at build time.
libflorin_a_SOURCES += \
	src/store/backup.c src/store/backup.h \
	src/store/batch.c src/store/batch.h src/store/batch_core.h \
	src/store/batch_credit.c \
	src/store/batch_doubt.c \
	src/store/batch_incoming.c \
	src/store/batch_login.c \
	src/store/batch_event.c \
	src/store/batch_grant.c \
	src/store/batch_interaction.c \
	src/store/batch_money.c \
	src/store/batch_nonce.c src/store/nonce.h \
	src/store/batch_payment.c src/store/batch_payment_new.c src/store/batch_quote.c \
	src/store/batch_peer.c \
	src/store/batch_setup.c \
	src/store/batch_fee.c src/store/fee.h \
	src/store/batch_settlement.c \
	src/store/batch_engine.c \
	src/store/settlement.h src/store/settlement_core.h src/store/read_settlement.c \
	src/store/statement.h src/store/read_statement.c src/store/batch_reconcile.c \
	src/store/batch_spend.c \
	src/store/batch_token.c \
	src/store/batch_wallet.c src/store/wallet.h \
	src/store/batch_window.c \
	src/store/read_journal.c src/store/journal.h \
	src/store/batch_withdrawal.c src/store/withdrawal.h \
	src/store/cash.c src/store/cash.h \
	src/store/engine.h \
	src/store/holder.h src/store/read_holder.c \
	src/store/incoming.h \
	src/store/invitation.h src/store/invitations.c \
	src/store/kept.c src/store/kept.h \
	src/store/key.h src/store/keys.c \
	src/store/note.h src/store/notes.c \
	src/store/notice.h src/store/notices.c \
	src/store/quote_data.c src/store/quote_data.h \
	src/store/operator.h src/store/operators.c \
	src/store/liquidity.c \
	src/store/list.c src/store/list.h \
	src/store/login.h \
	src/store/passkey.h src/store/passkeys.c \
	src/store/query.c \
	src/store/activity.h src/store/read_activity.c \
	src/store/history.c src/store/history.h \
	src/store/rate_history.c src/store/rate_history.h \
	src/store/read_incoming.c \
	src/store/read_login.c \
	src/store/endpoint.h src/store/endpoints.c \
	src/store/event.h \
	src/store/event_grant.c src/store/event_incoming.c \
	src/store/event_json.c src/store/event_json.h \
	src/store/event_payment.c src/store/event_wallet.c \
	src/store/funding.h \
	src/store/read_event.c \
	src/store/grant.h src/store/grant_core.h src/store/grant_rows.c \
	src/store/read_grant.c \
	src/store/read_money.c \
	src/store/read_setup.c \
	src/store/refund.c src/store/refund.h \
	src/store/receipt_total.c src/store/receipt_total.h \
	src/store/replay.c src/store/replay.h \
	src/store/rate_rows.c src/store/rate_rows.h \
	src/store/revenue.c src/store/revenue.h \
	src/store/rows.c \
	src/store/seal.c src/store/seal.h \
	src/store/spread.h src/store/spreads.c \
	src/store/sqlite.c src/store/sqlite.h src/store/sqlite_sql.h \
	src/store/sqlite_audit.c \
	src/store/sqlite_backup.c \
	src/store/sqlite_image.h \
	src/store/sqlite_schema.c \
	src/store/store.c src/store/store.h \
	src/store/sweep.c src/store/sweep.h \
	src/store/visit.h src/store/visits.c \
	src/store/writer.c src/store/writer.h
nodist_libflorin_a_SOURCES += src/store/sqlite_sql.c src/store/statements.h

SQL_SQLITE = \
	$(top_srcdir)/sql/sqlite/0001-foundation.sql \
	$(top_srcdir)/sql/sqlite/0002-incoming.sql \
	$(top_srcdir)/sql/sqlite/0003-payment-lists.sql \
	$(top_srcdir)/sql/sqlite/0004-outgoing.sql \
	$(top_srcdir)/sql/sqlite/0005-login.sql \
	$(top_srcdir)/sql/sqlite/0006-event.sql \
	$(top_srcdir)/sql/sqlite/0007-headless.sql \
	$(top_srcdir)/sql/sqlite/0008-grants.sql \
	$(top_srcdir)/sql/sqlite/0009-keys.sql \
	$(top_srcdir)/sql/sqlite/0010-parents.sql \
	$(top_srcdir)/sql/sqlite/0011-sweep.sql \
	$(top_srcdir)/sql/sqlite/0012-nonces.sql \
	$(top_srcdir)/sql/sqlite/0013-receive-fees.sql \
	$(top_srcdir)/sql/sqlite/0014-note.sql \
	$(top_srcdir)/sql/sqlite/0015-ccp.sql \
	$(top_srcdir)/sql/sqlite/0016-fee-versions.sql \
	$(top_srcdir)/sql/sqlite/0017-liquidity.sql \
	$(top_srcdir)/sql/sqlite/0018-quote-used.sql \
	$(top_srcdir)/sql/sqlite/0019-receipt.sql \
	$(top_srcdir)/sql/sqlite/0020-quote-client.sql \
	$(top_srcdir)/sql/sqlite/0021-hosts-choice.sql \
	$(top_srcdir)/sql/sqlite/0022-settlement.sql \
	$(top_srcdir)/sql/sqlite/0023-refunds.sql \
	$(top_srcdir)/sql/sqlite/0024-sweep-empty.sql \
	$(top_srcdir)/sql/sqlite/0025-money.sql \
	$(top_srcdir)/sql/sqlite/0026-withdrawal.sql \
	$(top_srcdir)/sql/sqlite/0027-peer-live.sql \
	$(top_srcdir)/sql/sqlite/0028-pace.sql \
	$(top_srcdir)/sql/sqlite/0029-invitation.sql \
	$(top_srcdir)/sql/sqlite/0030-grant-index.sql \
	$(top_srcdir)/sql/sqlite/0031-engine-token.sql \
	$(top_srcdir)/sql/sqlite/0032-operator.sql \
	$(top_srcdir)/sql/sqlite/0033-passkey.sql \
	$(top_srcdir)/sql/sqlite/0034-visit.sql \
	$(top_srcdir)/sql/sqlite/0035-nonce-client.sql \
	$(top_srcdir)/sql/sqlite/0036-webhook-endpoints.sql \
	$(top_srcdir)/sql/sqlite/0037-incoming-withdrawal.sql \
	$(top_srcdir)/sql/sqlite/0038-web-monetization.sql \
	$(top_srcdir)/sql/sqlite/0039-holder.sql \
	$(top_srcdir)/sql/sqlite/0040-order-in-doubt.sql \
	$(top_srcdir)/sql/sqlite/0041-fewer-pages.sql \
	$(top_srcdir)/sql/sqlite/0042-payment-turns.sql \
	$(top_srcdir)/sql/sqlite/0043-quote-data.sql \
	$(top_srcdir)/sql/sqlite/0044-history.sql \
	$(top_srcdir)/sql/sqlite/0045-known-browser.sql \
	$(top_srcdir)/sql/sqlite/0046-wallet-user.sql \
	$(top_srcdir)/sql/sqlite/0047-payment-watch.sql \
	$(top_srcdir)/sql/sqlite/0048-cash.sql \
	$(top_srcdir)/sql/sqlite/0049-notice.sql \
	$(top_srcdir)/sql/sqlite/0050-lists.sql \
	$(top_srcdir)/sql/sqlite/audit.sql \
	$(top_srcdir)/sql/sqlite/statements-activity-read.sql \
	$(top_srcdir)/sql/sqlite/statements-both.sql \
	$(top_srcdir)/sql/sqlite/statements-cash-both.sql \
	$(top_srcdir)/sql/sqlite/statements-cash-read.sql \
	$(top_srcdir)/sql/sqlite/statements-cash-write.sql \
	$(top_srcdir)/sql/sqlite/statements-client-read.sql \
	$(top_srcdir)/sql/sqlite/statements-data-both.sql \
	$(top_srcdir)/sql/sqlite/statements-data-read.sql \
	$(top_srcdir)/sql/sqlite/statements-data-write.sql \
	$(top_srcdir)/sql/sqlite/statements-event-both.sql \
	$(top_srcdir)/sql/sqlite/statements-event-read.sql \
	$(top_srcdir)/sql/sqlite/statements-event-write.sql \
	$(top_srcdir)/sql/sqlite/statements-fee-read.sql \
	$(top_srcdir)/sql/sqlite/statements-fee-write.sql \
	$(top_srcdir)/sql/sqlite/statements-grant-both.sql \
	$(top_srcdir)/sql/sqlite/statements-grant-read.sql \
	$(top_srcdir)/sql/sqlite/statements-grant-write.sql \
	$(top_srcdir)/sql/sqlite/statements-headless-write.sql \
	$(top_srcdir)/sql/sqlite/statements-history-read.sql \
	$(top_srcdir)/sql/sqlite/statements-history-write.sql \
	$(top_srcdir)/sql/sqlite/statements-holder-read.sql \
	$(top_srcdir)/sql/sqlite/statements-incoming-both.sql \
	$(top_srcdir)/sql/sqlite/statements-incoming-read.sql \
	$(top_srcdir)/sql/sqlite/statements-incoming-write.sql \
	$(top_srcdir)/sql/sqlite/statements-invitation-both.sql \
	$(top_srcdir)/sql/sqlite/statements-invitation-write.sql \
	$(top_srcdir)/sql/sqlite/statements-journal-read.sql \
	$(top_srcdir)/sql/sqlite/statements-key-both.sql \
	$(top_srcdir)/sql/sqlite/statements-key-read.sql \
	$(top_srcdir)/sql/sqlite/statements-key-write.sql \
	$(top_srcdir)/sql/sqlite/statements-liquidity-write.sql \
	$(top_srcdir)/sql/sqlite/statements-login-both.sql \
	$(top_srcdir)/sql/sqlite/statements-login-read.sql \
	$(top_srcdir)/sql/sqlite/statements-login-write.sql \
	$(top_srcdir)/sql/sqlite/statements-money-read.sql \
	$(top_srcdir)/sql/sqlite/statements-money-write.sql \
	$(top_srcdir)/sql/sqlite/statements-nonce-write.sql \
	$(top_srcdir)/sql/sqlite/statements-note-both.sql \
	$(top_srcdir)/sql/sqlite/statements-note-read.sql \
	$(top_srcdir)/sql/sqlite/statements-note-write.sql \
	$(top_srcdir)/sql/sqlite/statements-notice-read.sql \
	$(top_srcdir)/sql/sqlite/statements-notice-write.sql \
	$(top_srcdir)/sql/sqlite/statements-operator-both.sql \
	$(top_srcdir)/sql/sqlite/statements-operator-read.sql \
	$(top_srcdir)/sql/sqlite/statements-operator-write.sql \
	$(top_srcdir)/sql/sqlite/statements-passkey-read.sql \
	$(top_srcdir)/sql/sqlite/statements-passkey-write.sql \
	$(top_srcdir)/sql/sqlite/statements-read.sql \
	$(top_srcdir)/sql/sqlite/statements-receipt-write.sql \
	$(top_srcdir)/sql/sqlite/statements-settlement-both.sql \
	$(top_srcdir)/sql/sqlite/statements-settlement-read.sql \
	$(top_srcdir)/sql/sqlite/statements-settlement-write.sql \
	$(top_srcdir)/sql/sqlite/statements-refund-both.sql \
	$(top_srcdir)/sql/sqlite/statements-refund-write.sql \
	$(top_srcdir)/sql/sqlite/statements-statement-read.sql \
	$(top_srcdir)/sql/sqlite/statements-statement-write.sql \
	$(top_srcdir)/sql/sqlite/statements-sweep-both.sql \
	$(top_srcdir)/sql/sqlite/statements-sweep-write.sql \
	$(top_srcdir)/sql/sqlite/statements-visit-both.sql \
	$(top_srcdir)/sql/sqlite/statements-visit-write.sql \
	$(top_srcdir)/sql/sqlite/statements-wallet-read.sql \
	$(top_srcdir)/sql/sqlite/statements-wallet-write.sql \
	$(top_srcdir)/sql/sqlite/statements-withdrawal-both.sql \
	$(top_srcdir)/sql/sqlite/statements-withdrawal-read.sql \
	$(top_srcdir)/sql/sqlite/statements-withdrawal-write.sql \
	$(top_srcdir)/sql/sqlite/statements-write.sql
EXTRA_DIST += sql
BUILT_SOURCES += src/store/sqlite_sql.c src/store/statements.h
CLEANFILES += src/store/sqlite_sql.c src/store/statements.h

src/store/statements.h: $(SQL_SQLITE) $(top_srcdir)/scripts/embed-sql $(top_srcdir)/src/store/local.mk
	$(AM_V_GEN)$(MKDIR_P) src/store && \
	$(AWK) -f $(top_srcdir)/scripts/embed-sql -v out=header $(SQL_SQLITE) >$@.tmp && mv $@.tmp $@

src/store/sqlite_sql.c: $(SQL_SQLITE) $(top_srcdir)/scripts/embed-sql $(top_srcdir)/src/store/local.mk
	$(AM_V_GEN)$(MKDIR_P) src/store && \
	$(AWK) -f $(top_srcdir)/scripts/embed-sql -v out=source $(SQL_SQLITE) >$@.tmp && mv $@.tmp $@

# What a new database is, made by the steps: its own library, since the program that makes it needs the other one.
noinst_LIBRARIES += libimage.a
nodist_libimage_a_SOURCES = src/store/sqlite_image.c
noinst_PROGRAMS += src/store/make_image
src_store_make_image_SOURCES = src/store/make_image.c
src_store_make_image_LDADD = libflorin.a $(LIBS_ELSEWHERE)
CLEANFILES += src/store/sqlite_image.c

src/store/sqlite_image.c: $(SQL_SQLITE) src/store/make_image.c src/store/sqlite_schema.c | src/store/make_image$(EXEEXT)
	$(AM_V_GEN)src/store/make_image$(EXEEXT) $@.db >$@.tmp && mv $@.tmp $@
