# src/ilp: level 4. Packets, peers, payments.
libflorin_a_SOURCES += \
	src/ilp/arrival.c src/ilp/arrival.h \
	src/ilp/async_answer.c src/ilp/async_answer.h \
	src/ilp/async_ask.c src/ilp/async_ask.h \
	src/ilp/async_form.c src/ilp/async_form.h \
	src/ilp/bilateral.c src/ilp/bilateral.h \
	src/ilp/btp.c src/ilp/btp.h src/ilp/btp_part.h \
	src/ilp/btp_dial.c src/ilp/btp_dial.h \
	src/ilp/btp_session.c \
	src/ilp/forward.c src/ilp/forward.h \
	src/ilp/link.c src/ilp/link.h \
	src/ilp/node.c src/ilp/node.h \
	src/ilp/node_sign.c src/ilp/node_sign.h \
	src/ilp/node_wallet.c src/ilp/node_wallet.h \
	src/ilp/packet.c src/ilp/packet.h \
	src/ilp/partial.c src/ilp/partial.h \
	src/ilp/payer.c src/ilp/payer.h \
	src/ilp/payer_turns.c src/ilp/payer_turns.h \
	src/ilp/payment_run.c src/ilp/payment_run.h \
	src/ilp/payment_watch.c src/ilp/payment_watch.h \
	src/ilp/peer_health.c src/ilp/peer_health.h \
	src/ilp/peer_protocol.c src/ilp/peer_protocol.h \
	src/ilp/peer_test.c src/ilp/peer_test.h \
	src/ilp/peering_call.c src/ilp/peering_call.h \
	src/ilp/quoter.c src/ilp/quoter.h \
	src/ilp/rate_feed.c src/ilp/rate_feed.h \
	src/ilp/rate_watch.c src/ilp/rate_watch.h \
	src/ilp/rates.c src/ilp/rates.h \
	src/ilp/receive.c src/ilp/receive.h \
	src/ilp/receiver_call.c src/ilp/receiver_call.h \
	src/ilp/remote_call.c src/ilp/remote_call.h \
	src/ilp/remote_grant.c src/ilp/remote_grant.h \
	src/ilp/remote_pay.c src/ilp/remote_pay.h \
	src/ilp/remote_payment.c src/ilp/remote_payment.h \
	src/ilp/remote_server.c src/ilp/remote_server.h \
	src/ilp/resolve_call.c \
	src/ilp/resolve_incoming.c src/ilp/resolve_incoming.h \
	src/ilp/resolve_payer.c src/ilp/resolve_payer.h \
	src/ilp/resolver.c src/ilp/resolver.h \
	src/ilp/routes.c src/ilp/routes.h \
	src/ilp/settlement_message.c src/ilp/settlement_message.h \
	src/ilp/settler.c src/ilp/settler.h \
	src/ilp/snapshot.c src/ilp/snapshot.h \
	src/ilp/snapshot_build.c src/ilp/snapshot_build.h \
	src/ilp/stream_after.c src/ilp/stream_after.h \
	src/ilp/stream_connection.c src/ilp/stream_connection.h \
	src/ilp/stream_data.c src/ilp/stream_data.h \
	src/ilp/stream_endpoint.c src/ilp/stream_endpoint.h src/ilp/stream_endpoint_part.h \
	src/ilp/stream_endpoint_send.c \
	src/ilp/stream_flight.c src/ilp/stream_flight.h \
	src/ilp/stream_goal.c src/ilp/stream_goal.h \
	src/ilp/stream_host.c src/ilp/stream_host.h \
	src/ilp/stream_note.c src/ilp/stream_note.h \
	src/ilp/stream_outcome.c \
	src/ilp/stream_pace.c src/ilp/stream_pace.h \
	src/ilp/stream_parcel.c src/ilp/stream_parcel.h \
	src/ilp/stream_receiver.c src/ilp/stream_receiver.h \
	src/ilp/stream_sender.c src/ilp/stream_sender.h \
	src/ilp/stream_window.c src/ilp/stream_window.h \
	src/ilp/sweep.c src/ilp/sweep.h \
	src/ilp/throttle.c src/ilp/throttle.h \
	src/ilp/trace.c src/ilp/trace.h \
	src/ilp/upstream.c src/ilp/upstream.h \
	src/ilp/way_back.c src/ilp/way_back.h
