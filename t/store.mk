# Tests of src/store and of the ledger's rules. The engine under test: FLORIN_TEST_STORE.
STORE_TESTS = t/store/test_store \
	t/store/test_history \
	t/store/test_holder \
	t/store/test_login \
	t/store/test_operator \
	t/store/test_grant \
	t/store/test_packets \
	t/store/test_sweep \
	t/store/test_incoming \
	t/store/test_kept \
	t/store/test_key \
	t/store/test_invitation \
	t/store/test_visit \
	t/store/test_nonce \
	t/store/test_note \
	t/store/test_outgoing \
	t/store/test_prices \
	t/store/test_receipt_total \
	t/store/test_refund \
	t/store/test_cash \
	t/store/test_notice \
	t/store/test_withdrawal \
	t/store/test_turns \
	t/store/test_writer \
	t/store/test_audit \
	t/store/test_backup \
	t/store/test_endpoint \
	t/store/test_event \
	t/store/test_funding \
	t/store/test_property \
	t/store/test_schema \
	t/store/test_settlement \
	t/store/test_statement \
	t/unit/test_ledger \
	t/unit/test_replay \
	t/unit/test_seal
check_PROGRAMS += $(STORE_TESTS)
TESTS += $(STORE_TESTS)


t_store_test_history_SOURCES = t/store/test_history.c
t_store_test_history_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_history_CFLAGS = $(TEST_CFLAGS)
t_store_test_history_LDADD = $(TEST_LIBS)

t_store_test_holder_SOURCES = t/store/test_holder.c
t_store_test_holder_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_holder_CFLAGS = $(TEST_CFLAGS)
t_store_test_holder_LDADD = $(TEST_LIBS)
t_store_test_endpoint_SOURCES = t/store/test_endpoint.c
t_store_test_endpoint_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_endpoint_CFLAGS = $(TEST_CFLAGS)
t_store_test_endpoint_LDADD = $(TEST_LIBS)

t_store_test_login_SOURCES = t/store/test_login.c
t_store_test_login_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_login_CFLAGS = $(TEST_CFLAGS)
t_store_test_login_LDADD = $(TEST_LIBS)

t_store_test_operator_SOURCES = t/store/test_operator.c
t_store_test_operator_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_operator_CFLAGS = $(TEST_CFLAGS)
t_store_test_operator_LDADD = $(TEST_LIBS)

t_store_test_store_SOURCES = t/store/test_store.c
t_store_test_store_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_store_CFLAGS = $(TEST_CFLAGS)
t_store_test_store_LDADD = $(TEST_LIBS)

t_store_test_grant_SOURCES = t/store/test_grant.c
t_store_test_grant_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_grant_CFLAGS = $(TEST_CFLAGS)
t_store_test_grant_LDADD = $(TEST_LIBS)

t_store_test_sweep_SOURCES = t/store/test_sweep.c
t_store_test_sweep_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_sweep_CFLAGS = $(TEST_CFLAGS)
t_store_test_sweep_LDADD = $(TEST_LIBS)

t_store_test_packets_SOURCES = t/store/test_packets.c
t_store_test_packets_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_packets_CFLAGS = $(TEST_CFLAGS)
t_store_test_packets_LDADD = $(TEST_LIBS)

t_store_test_incoming_SOURCES = t/store/test_incoming.c
t_store_test_incoming_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_incoming_CFLAGS = $(TEST_CFLAGS)
t_store_test_incoming_LDADD = $(TEST_LIBS)

t_store_test_invitation_SOURCES = t/store/test_invitation.c
t_store_test_invitation_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_invitation_CFLAGS = $(TEST_CFLAGS)
t_store_test_invitation_LDADD = $(TEST_LIBS)

t_store_test_visit_SOURCES = t/store/test_visit.c
t_store_test_visit_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_visit_CFLAGS = $(TEST_CFLAGS)
t_store_test_visit_LDADD = $(TEST_LIBS)

t_store_test_nonce_SOURCES = t/store/test_nonce.c
t_store_test_nonce_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_nonce_CFLAGS = $(TEST_CFLAGS)
t_store_test_nonce_LDADD = $(TEST_LIBS)

t_store_test_outgoing_SOURCES = t/store/test_outgoing.c
t_store_test_outgoing_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_outgoing_CFLAGS = $(TEST_CFLAGS)
t_store_test_outgoing_LDADD = $(TEST_LIBS)

t_store_test_kept_SOURCES = t/store/test_kept.c
t_store_test_kept_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_kept_CFLAGS = $(TEST_CFLAGS)
t_store_test_kept_LDADD = $(TEST_LIBS)

t_store_test_key_SOURCES = t/store/test_key.c
t_store_test_key_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_key_CFLAGS = $(TEST_CFLAGS)
t_store_test_key_LDADD = $(TEST_LIBS)

t_store_test_turns_SOURCES = t/store/test_turns.c
t_store_test_turns_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_turns_CFLAGS = $(TEST_CFLAGS)
t_store_test_turns_LDADD = $(TEST_LIBS)

t_store_test_writer_SOURCES = t/store/test_writer.c
t_store_test_writer_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_writer_CFLAGS = $(TEST_CFLAGS)
t_store_test_writer_LDADD = $(TEST_LIBS)

t_store_test_audit_SOURCES = t/store/test_audit.c
t_store_test_audit_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_audit_CFLAGS = $(TEST_CFLAGS)
t_store_test_audit_LDADD = $(TEST_LIBS)

t_store_test_backup_SOURCES = t/store/test_backup.c
t_store_test_backup_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_backup_CFLAGS = $(TEST_CFLAGS)
t_store_test_backup_LDADD = $(TEST_LIBS)

t_store_test_event_SOURCES = t/store/test_event.c
t_store_test_event_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_event_CFLAGS = $(TEST_CFLAGS)
t_store_test_event_LDADD = $(TEST_LIBS)

t_store_test_funding_SOURCES = t/store/test_funding.c
t_store_test_funding_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_funding_CFLAGS = $(TEST_CFLAGS)
t_store_test_funding_LDADD = $(TEST_LIBS)

t_store_test_property_SOURCES = t/store/test_property.c
t_store_test_property_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_property_CFLAGS = $(TEST_CFLAGS)
t_store_test_property_LDADD = $(TEST_LIBS)

t_store_test_schema_SOURCES = t/store/test_schema.c
t_store_test_schema_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_schema_CFLAGS = $(TEST_CFLAGS)
t_store_test_schema_LDADD = $(TEST_LIBS)

t_unit_test_ledger_SOURCES = t/unit/test_ledger.c
t_unit_test_ledger_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_ledger_CFLAGS = $(TEST_CFLAGS)
t_unit_test_ledger_LDADD = $(TEST_LIBS)

t_unit_test_replay_SOURCES = t/unit/test_replay.c
t_unit_test_replay_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_replay_CFLAGS = $(TEST_CFLAGS)
t_unit_test_replay_LDADD = $(TEST_LIBS)

t_unit_test_seal_SOURCES = t/unit/test_seal.c
t_unit_test_seal_CPPFLAGS = $(TEST_CPPFLAGS)
t_unit_test_seal_CFLAGS = $(TEST_CFLAGS)
t_unit_test_seal_LDADD = $(TEST_LIBS)

noinst_PROGRAMS += t/bench/bench_store
t_bench_bench_store_SOURCES = t/bench/bench_store.c
t_bench_bench_store_LDADD = libflorin.a $(LIBS_FLORIN)

EXTRA_DIST += t/store/snapshots

t_store_test_note_SOURCES = t/store/test_note.c
t_store_test_note_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_note_CFLAGS = $(TEST_CFLAGS)
t_store_test_note_LDADD = $(TEST_LIBS)

t_store_test_refund_SOURCES = t/store/test_refund.c
t_store_test_refund_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_refund_CFLAGS = $(TEST_CFLAGS)
t_store_test_refund_LDADD = $(TEST_LIBS)

t_store_test_receipt_total_SOURCES = t/store/test_receipt_total.c
t_store_test_receipt_total_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_receipt_total_CFLAGS = $(TEST_CFLAGS)
t_store_test_receipt_total_LDADD = $(TEST_LIBS)

t_store_test_settlement_SOURCES = t/store/test_settlement.c
t_store_test_settlement_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_settlement_CFLAGS = $(TEST_CFLAGS)
t_store_test_settlement_LDADD = $(TEST_LIBS)

t_store_test_statement_SOURCES = t/store/test_statement.c
t_store_test_statement_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_statement_CFLAGS = $(TEST_CFLAGS)
t_store_test_statement_LDADD = $(TEST_LIBS)

t_store_test_prices_SOURCES = t/store/test_prices.c
t_store_test_prices_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_prices_CFLAGS = $(TEST_CFLAGS)
t_store_test_prices_LDADD = $(TEST_LIBS)

t_store_test_cash_SOURCES = t/store/test_cash.c
t_store_test_cash_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_cash_CFLAGS = $(TEST_CFLAGS)
t_store_test_cash_LDADD = $(TEST_LIBS)

t_store_test_notice_SOURCES = t/store/test_notice.c
t_store_test_notice_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_notice_CFLAGS = $(TEST_CFLAGS)
t_store_test_notice_LDADD = $(TEST_LIBS)

t_store_test_withdrawal_SOURCES = t/store/test_withdrawal.c
t_store_test_withdrawal_CPPFLAGS = $(TEST_CPPFLAGS)
t_store_test_withdrawal_CFLAGS = $(TEST_CFLAGS)
t_store_test_withdrawal_LDADD = $(TEST_LIBS)
