/* stream_endpoint: one end of a STREAM connection that keeps state: streams of both ends, money and
 * data both ways. Pure: no input or output, no crypto, no clock; packets are plaintexts, `now_ms`
 * (monotonic) is an argument, and the money itself is the caller's.
 *
 * A request of the other end: _take judges it, the caller reads what arrived and may write, _answer
 * writes the reply, and _settle says whether the money was committed. Packets of our own: _next
 * writes one while none is under way, _report says what became of it. What was judged to be
 * fulfilled counts as received from then on, so that two packets can't both use the last room.
 *
 * Everything is bounded: STREAM_STREAMS_MAX streams of each end, STREAM_CONNECTION_BYTES of data
 * that nobody has read, STREAM_WINDOW_BYTES per stream and direction.
 * Spec: RFC 0029; Interledger, STREAM frames, STREAM connections, STREAM senders, STREAM receivers.
 */
#ifndef FLORIN_ILP_STREAM_ENDPOINT_H
#define FLORIN_ILP_STREAM_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/amount.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "codec/ilp_packet.h"
#include "codec/stream_crypt.h"
#include "codec/stream_packet.h"
#include "ilp/stream_data.h"

#define STREAM_STREAMS_MAX        10 /* open at a time, of each end */
#define STREAM_CONNECTION_BYTES   65536
#define STREAM_IDLE_MS            60000 /* without a packet either way: over */
#define STREAM_AGAIN_MS           100   /* after a packet that got nowhere; doubled each time */
#define STREAM_AGAIN_MAX_MS       5000
#define STREAM_FAILURES_MAX       8           /* in a row: the other end can't be reached */
#define STREAM_ENDPOINT_PACKETS   2147483647u /* 2^31-1: GCM's safe number of packets */
#define STREAM_ENDPOINT_CODE_SIZE 32

struct stream {
	uint64_t id; /* 0: this place is free */

	/* money in: units of our asset */
	uint64_t receive_max;
	uint64_t received;  /* committed */
	uint64_t receiving; /* judged, and not yet settled */

	/* money out: units of our asset */
	uint64_t send_max; /* in all; set by the application */
	uint64_t sent, sending;
	uint64_t their_max, their_received; /* as told, in their units */

	/* data */
	struct stream_inbox in;
	struct stream_outbox out;
	uint64_t out_max; /* they take bytes up to here */
	bool out_max_told;

	bool ending;       /* to be closed when all is sent */
	uint8_t end_code;  /* what they are told then, an enum stream_error */
	bool closed_here;  /* they know that we have closed */
	bool closed_there; /* nothing more comes */
	uint8_t close_code;
};

struct stream_endpoint_options {
	bool server;             /* opens even streams; else odd ones */
	const char *address;     /* ours, for their packets; NULL: they only answer */
	const char *asset_code;  /* borrowed, as is the address */
	uint8_t asset_scale;     /* of the amounts in our packets */
	uint64_t receive_max;    /* of each new stream */
	uint64_t first_sequence; /* of our packets */
};

struct stream_endpoint {
	struct stream_endpoint_options options;
	struct stream streams[2 * STREAM_STREAMS_MAX];

	/* of the other end */
	char address[ILP_ADDRESS_MAX + 1]; /* ""; not told, or it takes no packets */
	bool asset_told;
	char asset_code[STREAM_ENDPOINT_CODE_SIZE]; /* cut; not trusted for printing */
	uint8_t asset_scale;

	bool closed;        /* by either end: nothing goes any more */
	uint8_t close_code; /* an enum stream_error */
	bool close_theirs;  /* they said it */
	bool failed;        /* they can't be reached */
	uint64_t received;  /* committed, over all streams */

	/* private */
	bool introduced;      /* they have answered: they know our address and asset */
	bool close_told;      /* or need not be */
	uint64_t their_base;  /* all their streams below are closed */
	uint64_t their_gone;  /* bit i: their_base + 2i is closed */
	uint64_t their_ended; /* how many */
	uint64_t own_next;    /* id of our next stream */
	uint64_t own_max;     /* highest that they take */
	uint64_t read;        /* bytes of all streams that the application is done with */
	uint64_t top;         /* bytes of all streams that they have sent */
	uint64_t told;        /* the limit for them that went out last */
	uint64_t out_max;     /* bytes of all streams that they take */
	bool out_max_told;
	uint64_t out_top; /* bytes of all streams that we have sent, each counted once */
	uint64_t sequence;
	bool under_way;
	unsigned failures;
	int64_t resume_ms;
	int64_t active_ms;
};

/* e is zeroed. Clear frees the data. */
void stream_endpoint_init(
        struct stream_endpoint *e, const struct stream_endpoint_options *options, int64_t now_ms);
void stream_endpoint_clear(struct stream_endpoint *e);

/* ---- requests of the other end ---- */

struct stream_taken {
	bool fulfil;
	char code[ILP_CODE_SIZE + 1]; /* of the Reject */
	bool exchanged;               /* their asset is said to be another one */
	/* private */
	uint64_t sequence, amount;
	bool has_data; /* so ours may travel in the answer */
	bool welcome;  /* the answer names limits and asset */
	uint64_t refused_stream;
	struct {
		uint64_t stream, amount;
	} shares[2 * STREAM_STREAMS_MAX];
	unsigned shares_n;
};

/* request: an authentic plaintext of inner type Prepare. amount: what arrived, in our units.
 * fulfillable: the condition is ours. */
void stream_endpoint_take(struct stream_endpoint *e, const struct stream_packet *request,
        uint64_t amount, bool fulfillable, int64_t now_ms, struct stream_taken *out);
/* The plaintext of the answer. fulfil: what the answer is to be, where it is not t->fulfil (the
 * store may refuse). Data of ours goes along where room, the bytes of plaintext, leaves some beyond
 * STREAM_FRAMES_BYTES; scratch has room for it. */
#define STREAM_FRAMES_BYTES 4096 /* head and all frames without data, at their longest */
void stream_endpoint_answer(struct stream_endpoint *e, const struct stream_taken *t, bool fulfil,
        size_t room, uint8_t *scratch, struct buf *plain);
/* Once for each request that was to be fulfilled: its money is ours, or it was refused. */
void stream_endpoint_settle(struct stream_endpoint *e, const struct stream_taken *t, bool ours);

/* ---- packets of our own ---- */

struct stream_limits {
	uint64_t packet_max; /* units of ours in one packet; 0: no money now */
	bool rate_known;
	struct ratio rate; /* their units for one of ours; what arrives of a packet is at least
	                    * that, rounded down, or it is refused */
};

struct stream_out {
	uint64_t sequence;
	uint64_t amount; /* our units */
	uint64_t minimum;
	bool fulfillable;
	/* private */
	bool closes; /* the connection */
	bool introduces;
	uint64_t told;
	struct {
		uint64_t stream, amount;
		bool data, end;
	} parts[2 * STREAM_STREAMS_MAX];
	unsigned parts_n;
};

enum stream_fate {
	STREAM_FULFILLED, /* with the preimage */
	STREAM_REJECTED,
	STREAM_LOST, /* no answer, and none can count any more */
};

/* True: *out is to be sent, with the plaintext in plain. False: nothing before *wait_ms (INT64_MAX:
 * before something happens). room: bytes of plaintext, at most STREAM_PLAINTEXT_MAX. */
bool stream_endpoint_next(struct stream_endpoint *e, const struct stream_limits *limits,
        int64_t now_ms, size_t room, uint8_t *scratch, struct buf *plain, struct stream_out *out,
        int64_t *wait_ms);
/* The end of that packet. reply: an authentic reply to it, or NULL. */
void stream_endpoint_report(struct stream_endpoint *e, const struct stream_out *out,
        enum stream_fate fate, const struct stream_packet *reply, int64_t now_ms);

/* ---- for the application ---- */

/* A stream of ours; NULL where they, or we, take no more of them. */
struct stream *stream_endpoint_open(struct stream_endpoint *e);
/* NULL: never opened, or over. */
struct stream *stream_endpoint_find(struct stream_endpoint *e, uint64_t id);
/* The next bytes of a stream, as many as lie in one piece. */
struct bytes stream_endpoint_peek(const struct stream *s);
void stream_endpoint_read(struct stream_endpoint *e, struct stream *s, size_t n);
/* Returns how many bytes were taken. */
size_t stream_endpoint_write(struct stream *s, struct bytes data);
/* No more of ours: closes when all is sent. It is over when both ends have closed. */
void stream_endpoint_end(struct stream_endpoint *e, struct stream *s);
/* Closes at once: what was written is dropped. */
void stream_endpoint_refuse(struct stream *s, enum stream_error code);
/* The whole connection, at once. */
void stream_endpoint_close(struct stream_endpoint *e, enum stream_error code);
/* They send no more, and all of it was read. */
bool stream_endpoint_is_read_out(const struct stream *s);
bool stream_endpoint_is_idle(const struct stream_endpoint *e, int64_t now_ms);

#endif
