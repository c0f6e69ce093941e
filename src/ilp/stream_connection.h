/* stream_connection: sends what the controller (stream_sender.h) decides, as real packets to the
 * next hop, and reports what became of them. On the outbound thread.
 *
 * Used by the quoter for probes and by the payer for money. Amounts of the controller are in the
 * paying wallet's asset; where the next hop is of another asset each packet is converted by the
 * node's own rate, rounded down.
 * Spec: RFC 0029; Interledger, STREAM, @interledger/pay.
 */
#ifndef FLORIN_ILP_STREAM_CONNECTION_H
#define FLORIN_ILP_STREAM_CONNECTION_H

#include "codec/stream_crypt.h"
#include "ilp/link.h"
#include "ilp/node.h"
#include "ilp/resolver.h"
#include "ilp/stream_sender.h"
#include "ilp/trace.h"
#include "model/payment_error.h"
#include "store/note.h"

#define STREAM_NOTE_STREAM 3 /* money goes on stream 1 */
#define STREAM_DATA_STREAM 5

/* One packet whose money's fate is known. */
struct stream_end {
	uint64_t amount_in;  /* paying wallet's asset */
	uint64_t amount_out; /* next hop's asset */
	uint64_t delivered;  /* what the receiver counted, at least the minimum; only of a fulfilled
	                        one */
};

struct stream_connection_events {
	void (*fulfilled)(void *arg, const struct stream_end *end);
	/* The peer may have fulfilled, and its expiry has passed: the money is in doubt. */
	void (*doubted)(void *arg, const struct stream_end *end);
	/* The controller asks for more budget; ask stream_sender_wants. */
	void (*budget)(void *arg);
	/* The controller is done and no money is in flight. Packets without money may be: ask
	 * stream_connection_busy before clearing. */
	void (*done)(void *arg);
	/* After done, where it was busy then: it may be cleared now. */
	void (*idle)(void *arg);
	void *arg;
};

struct stream_flight;
struct stream_room;

/* Where the data comes from that follows the money: up to n of its bytes from `offset` on. Returns
 * how many; 0: it can't be read. */
typedef size_t stream_data_read(void *arg, uint64_t offset, uint8_t *out, size_t n);

struct stream_connection {
	struct node *node;
	struct snapshot *snapshot;     /* held: route and rates stay as they were at the start */
	const struct peer *peer;       /* next hop */
	const struct asset_row *asset; /* of the paying wallet; the snapshot's */
	struct rate_pair pair;         /* of the wallet's asset to the peer's */
	struct stream_keys *keys;
	struct stream_sender sender;
	struct stream_connection_events events;
	struct timer timer;
	struct stream_flight *free;
	struct stream_flight *all; /* every flight ever made, for clearing */
	/* Money may be in flight until then (wall): the window in the store lives no longer. 0:
	 * there is no window, as for a probe. */
	int64_t until_ms;
	unsigned in_flight;
	int64_t renew_ms; /* the window is to be moved this often; 0: only in need */
	bool pumping;
	bool ended;                        /* done was called */
	struct payment_reject last_reject; /* before the end was decided; for people */
	struct traces *traces;             /* NULL: nobody wants to know */
	struct id traced;                  /* the payment */
	int64_t traced_from_ms;
	const char *way_back;     /* borrowed; NULL: not told */
	struct bytes note;        /* borrowed; empty: none */
	uint8_t *note_wire;       /* of its packet */
	struct stream_room *room; /* of the packets with data; NULL: none */
	stream_data_read *data_read;
	void *data_arg;
	/* What the receiver answered to the note with its Fulfill: any bytes */
	uint8_t note_reply[NOTE_BYTES_MAX];
	size_t note_reply_n;
	char address[RESOLVE_ADDRESS_SIZE];
};

/* c is zeroed. options: of the controller; packet_life_ms is set here. why: static text, set on an
 * error. Errors: THEIRS_REFUSED (no route or no usable peer), THEIRS_NO_RATE, OURS_MEMORY. */
MUST_USE enum result stream_connection_init(struct stream_connection *c, struct node *n,
        asset_id asset, const char *address, const struct secret32 *shared_secret,
        const struct stream_sender_options *options, const struct stream_connection_events *events,
        const char **why);
/* Before the first pump, where options.note was set: text to go with the payment, borrowed until
 * clear. Errors: OURS_MEMORY. */
MUST_USE enum result stream_connection_note(struct stream_connection *c, struct bytes text);
/* Before the first pump, where options.data was set. Errors: OURS_MEMORY. */
MUST_USE enum result stream_connection_data(
        struct stream_connection *c, stream_data_read *read, void *arg);
/* Before the first pump: money may come back to this address, borrowed until clear; it takes no
 * data. At most WAY_BACK_ADDRESS_SIZE. */
void stream_connection_tell(struct stream_connection *c, const char *way_back);
/* Before the first pump: what is decided from now on is written to that payment's trace. */
void stream_connection_trace(
        struct stream_connection *c, struct traces *traces, const struct id *payment);
/* Before the first pump: our own rate to the next hop is this one, where the next hop is still of
 * that asset. A rate of 0 pins nothing. */
void stream_connection_pin(
        struct stream_connection *c, const struct ratio *own_rate, asset_id next_hop);
/* Sends as much as may be sent now; call after init and whenever the budget has grown. */
void stream_connection_pump(struct stream_connection *c);
/* How long a packet of this connection lives. */
int64_t stream_connection_life_ms(const struct stream_connection *c);
/* A packet sent now could outlive the window: nothing is sent before until_ms was moved. */
bool stream_connection_is_late(const struct stream_connection *c);
/* Packets are under way. */
bool stream_connection_busy(const struct stream_connection *c);
/* Only when not busy. */
void stream_connection_clear(struct stream_connection *c);

#endif
