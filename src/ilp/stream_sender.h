/* stream_sender: decides what one payment sends next. Pure: no input or output, no crypto, no
 * clock; `now_ms` (monotonic) is an argument and packets are described, not built.
 *
 * The caller asks stream_sender_next until it answers WAIT, BUDGET or DONE, sends what it is told,
 * and reports the end of each packet exactly once: fulfilled, rejected, or lost. Two kinds of run:
 * a probe learns the path (its asset, its largest packet, its rate) with packets that nobody can
 * fulfill; a payment moves money. A payment may start from what a probe learnt.
 *
 * A payment may have many packets in flight. Money in flight and money sent together never pass
 * the budget, which is what the caller has durably reserved.
 *
 * Spec: Interledger, STREAM senders, STREAM receivers, @interledger/pay.
 */
#ifndef FLORIN_ILP_STREAM_SENDER_H
#define FLORIN_ILP_STREAM_SENDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/amount.h"
#include "ilp/stream_after.h"
#include "ilp/stream_goal.h"
#include "ilp/stream_pace.h"
#include "ilp/stream_window.h"
#include "model/pay_math.h"

#define STREAM_SEQUENCE_MAX 2147483647u /* 2^31-1: GCM's safe number of packets */
/* Of one that joins: the other end numbers answers to packets of ours from 1. */
#define STREAM_JOIN_SEQUENCE  (1u << 24)
#define STREAM_PACKET_LIFE_MS 20000
#define STREAM_PROGRESS_MS    10000 /* without a fulfilled packet; of a probe: without a reply */
#define STREAM_DRY_MS         3000  /* the same where the path never had any money: T04 only */
#define STREAM_PROBE_MAX      1000000000000u /* 10^12: the largest probe */
#define STREAM_PROBE_MIN      1000u          /* powers of ten are tried down to this */
#define STREAM_GOAL_MS        3000           /* what a probe's goal may take longer */
#define STREAM_PROBES_MAX     96             /* packets of one probe, without its goal's */

/* Why a run ended. Names as in the specification, 3.3. */
enum stream_outcome {
	STREAM_RUNNING = 0,
	STREAM_COMPLETED,                  /* the target was reached, or the probe knows the path */
	STREAM_ESTABLISHMENT_FAILED,       /* no authentic reply */
	STREAM_UNKNOWN_DESTINATION_ASSET,  /* wanted, and not told */
	STREAM_DESTINATION_ASSET_CONFLICT, /* changed during the connection */
	STREAM_RATE_PROBE_FAILED,
	STREAM_INSUFFICIENT_EXCHANGE_RATE,
	STREAM_IDLE_TIMEOUT, /* no progress for progress_ms */
	STREAM_CONNECTOR_ERROR,
	STREAM_CLOSED_BY_RECEIVER,
	STREAM_INCOMPATIBLE_RECEIVE_MAX,
	STREAM_RECEIVER_PROTOCOL_VIOLATION,
	STREAM_MAX_SAFE_ENCRYPTION_LIMIT,
	STREAM_CANCELLED, /* stream_sender_cancel */
	STREAM_OUTCOME_COUNT
};

/* "InsufficientExchangeRate", ...; never NULL. */
const char *stream_outcome_name(enum stream_outcome o);
/* A later attempt may go better (3.3 "retryable errors"). */
bool stream_outcome_is_retryable(enum stream_outcome o);

enum stream_run {
	STREAM_RUN_PROBE,          /* unfulfillable packets only */
	STREAM_RUN_FIXED_SEND,     /* until limits.max_source is sent */
	STREAM_RUN_FIXED_DELIVERY, /* until limits.min_delivery has arrived */
};

struct stream_sender_options {
	enum stream_run run;
	struct pay_limits limits; /* of a payment */
	struct ratio min_rate;    /* of a payment */
	struct pay_bounds bounds; /* of a payment: what is known of the rate; may be unknown */
	uint64_t max_packet; /* of a payment: the largest that passes; 0 or UINT64_MAX: unknown */
	uint64_t probe_max;  /* of a probe: more than this is of no interest; 0: STREAM_PROBE_MAX */
	bool asset_wanted;   /* of a probe: it must learn the destination's asset */
	struct stream_goal goal; /* of a probe: what the payment after it will send or deliver */
	uint32_t first_sequence; /* a run after another one with the same secret goes on */
	unsigned window_max;     /* packets in flight; 0: STREAM_WINDOW_MAX */
	int64_t packet_life_ms;  /* 0: STREAM_PACKET_LIFE_MS */
	int64_t progress_ms;     /* 0: STREAM_PROGRESS_MS */
	bool note;               /* of a payment: when it is complete, a note follows, */
	uint64_t data;           /* and then so many bytes */
	struct stream_pace pace; /* of one that sends a fixed sum */
	/* The other end opened this connection: it knows whom it talks to, and closes it. */
	bool joins;
};

/* What goes into a packet beside its amounts. */
enum stream_send_frames {
	STREAM_PACKET_MONEY = 1,         /* StreamMoney(1, 1) */
	STREAM_PACKET_SETUP = 2,         /* ConnectionMaxStreamId(1), ConnectionMaxData(0) */
	STREAM_PACKET_ASSET_REQUEST = 4, /* ConnectionNewAddress("") */
	/* ConnectionNewAddress("private.SEND_ONLY_CLIENT"), to the address with a "_" segment
	 * before its last one: how one other implementation is asked for its asset */
	STREAM_PACKET_ASSET_REQUEST_SEND_ONLY = 8,
	/* ConnectionClose(NoError). The last packet of a payment: its end need not be reported, and
	 * nothing waits for it. */
	STREAM_PACKET_CLOSE = 16,
	STREAM_PACKET_NOTE = 32, /* the payer's note, on a stream of its own that ends with it */
	STREAM_PACKET_DATA = 64, /* the next piece of its data: after.parcel */
};

/* One packet to send: filled by stream_sender_next, kept by
 * the caller while it is in flight, given back with its end. */
struct stream_send {
	uint32_t sequence;
	unsigned frames;  /* of enum stream_send_frames */
	bool fulfillable; /* else: a random condition */
	uint64_t amount;  /* source units */
	uint64_t minimum; /* "prepare amount": what must arrive */
	int64_t life_ms;  /* expires this long after now */

	/* private */
	int64_t sent_at_ms;
	uint64_t most; /* the most that may arrive, for what is in flight */
	bool search;   /* of a probe: not of its first volley */
	bool goal;     /* of a probe: for its goal */
};

enum stream_step {
	STREAM_STEP_SEND,   /* *packet is to be sent now */
	STREAM_STEP_WAIT,   /* nothing before *wait_until_ms or the next report */
	STREAM_STEP_BUDGET, /* more must be reserved: stream_sender_wants, then _set_budget */
	/* See outcome. No money is in flight; a probe may leave packets behind, whose ends need not
	 * be reported. */
	STREAM_STEP_DONE,
};

struct stream_asset {
	bool known;
	char code[32]; /* as told, cut at 31 bytes; not trusted for printing */
	uint8_t scale;
};

/* What an authentic STREAM reply said; all of it is the receiver's claim. */
struct stream_reply {
	uint64_t received; /* its "prepare amount" */
	bool closed;       /* a close frame for the connection or stream 1 */
	/* to a note or data: its stream or the connection was closed with an error */
	bool after_refused;
	uint64_t data_max,
	        data_all_max; /* bytes that they take, of that stream, of all; 0: unsaid */
	bool has_receive_max; /* StreamMaxMoney for stream 1 */
	uint64_t receive_max, total_received;
	struct stream_asset asset; /* ConnectionAssetDetails */
};

struct stream_sender {
	enum stream_run run;
	enum stream_outcome outcome; /* STREAM_RUNNING until the end is known */
	struct pay_limits limits;
	struct ratio min_rate;
	struct pay_bounds bounds;      /* as learnt */
	struct pay_max_packet largest; /* as learnt */
	struct stream_asset asset;     /* as told */
	struct stream_goal goal;       /* of a probe */

	uint64_t sent;      /* fulfilled, source units: exact */
	uint64_t delivered; /* at least this arrived: the larger of minimum and claim, per packet */
	uint64_t in_flight; /* source units in packets whose end is open */
	unsigned packets_in_flight;
	uint64_t packets_sent, packets_fulfilled, packets_rejected, packets_lost;
	bool has_receive_max; /* the receiver named one */
	uint64_t receive_max, total_received;
	struct stream_after after;

	/* private */
	uint64_t budget;
	uint64_t in_flight_minimum, in_flight_most;
	uint32_t sequence;
	bool authentic; /* some reply decrypted */
	bool joins;
	struct stream_pace pace;
	bool close_sent;
	uint64_t cap;              /* what liquidity lets us try now, below largest.limit */
	uint64_t liquidity;        /* the least that had none by itself; UINT64_MAX: not met */
	uint64_t dust;             /* packets up to this arrive as nothing */
	bool no_money, heard_else; /* T04 came; what is not T04, R01 or F08 came */
	struct stream_window window;
	unsigned lost_flights;  /* in a row */
	uint32_t lost_sequence; /* packets before it are of the newest lost flight, or older */
	int64_t packet_life_ms, progress_ms;
	int64_t now_ms; /* of the newest step */
	int64_t progress_at_ms;
	bool started;

	/* private, of a probe */
	bool asset_wanted, asset_asked;
	uint64_t probe_max;
	uint64_t volley; /* next amount of the first volley */
	bool volley_begun, volley_over;
	bool searching; /* a packet after the first volley is in flight */
	unsigned volley_in_flight;
	int64_t goal_until_ms; /* 0: not begun */
	int64_t patience_ms;   /* until then the newest packet is waited for */
};

/* Caller's storage; nothing to clear. */
void stream_sender_init(struct stream_sender *s, const struct stream_sender_options *options);

/* What to do now. packet is written on SEND, wait_until_ms on WAIT (INT64_MAX: only a report
 * helps). After a report, ask again. */
enum stream_step stream_sender_next(struct stream_sender *s, int64_t now_ms,
        struct stream_send *packet, int64_t *wait_until_ms);

/* How much may leave: the sum of what is sent (fulfilled) and what is reserved for packets in
 * flight and to come, in source units. A payment starts with 0. It may shrink, but what is in
 * flight stays so. Probes need none. */
void stream_sender_set_budget(struct stream_sender *s, uint64_t total);
/* The budget that it would like to have now, at most limits.max_source: what is sent and in flight
 * and two windows of packets more. */
uint64_t stream_sender_wants(const struct stream_sender *s);

/* The ends of a packet. The caller has checked the preimage: a wrong one is a reject with F05. */

/* reply: NULL where the Fulfill's data was not an authentic STREAM reply to this packet. */
void stream_sender_fulfilled(struct stream_sender *s, const struct stream_send *packet,
        int64_t now_ms, const struct stream_reply *reply);

struct stream_reject {
	char code[4];                     /* "F08" */
	bool has_maximum;                 /* F08 data */
	uint64_t received, maximum;       /* of that data */
	const struct stream_reply *reply; /* NULL where the data was not authentic STREAM */
};

void stream_sender_rejected(struct stream_sender *s, const struct stream_send *packet,
        int64_t now_ms, const struct stream_reject *reject);
/* No answer came, and none can count any more: it was never sent, or its expiry is over. The money
 * is free again and the sender slows down. */
void stream_sender_lost(struct stream_sender *s, const struct stream_send *packet, int64_t now_ms);

/* Of a payment: no money is in flight, and none is to be sent; the next step says so, perhaps after
 * a packet without money. */
bool stream_sender_is_over(const struct stream_sender *s);

/* Of a payment: all that was to go has been fulfilled, however the run ended. */
bool stream_sender_has_all(const struct stream_sender *s);

/* So much of what was in flight may have arrived, and is not to be sent again. */
void stream_sender_doubt(struct stream_sender *s, uint64_t amount);

/* Send no more; ends when nothing is in flight, as `why` where it was still running. */
void stream_sender_cancel(struct stream_sender *s, enum stream_outcome why);

/* A probe's result, as a payment or a quote wants it: the largest packet that passed, or UINT64_MAX
 * where all of interest did. */
uint64_t stream_sender_max_packet(const struct stream_sender *s);

#endif
