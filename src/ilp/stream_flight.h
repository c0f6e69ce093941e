/* stream_flight: a packet of a stream_connection, while it is under way. Private to the two files
 * of that module.
 */
#ifndef FLORIN_ILP_STREAM_FLIGHT_H
#define FLORIN_ILP_STREAM_FLIGHT_H

#include "ilp/peer_health.h"
#include "ilp/stream_connection.h"
#include "ilp/way_back.h"

/* Head, frames and padding of the packets that we send: all small. */
#define REQUEST_PLAIN_BYTES (192 + WAY_BACK_ADDRESS_SIZE)
#define REQUEST_DATA_BYTES  (REQUEST_PLAIN_BYTES + ENVELOPE_SIZE)
#define REQUEST_BYTES       (96 + ILP_ADDRESS_MAX + REQUEST_DATA_BYTES)
#define REQUEST_FRAMES_MAX  7
#define NOTE_PLAIN_BYTES    (REQUEST_PLAIN_BYTES + NOTE_BYTES_MAX)
#define NOTE_WIRE_BYTES     (REQUEST_BYTES + NOTE_BYTES_MAX)

/* Of a packet with data: only one is under way at a time. */
struct stream_room {
	uint8_t piece[STREAM_PIECE_MAX];
	uint8_t plain[REQUEST_PLAIN_BYTES + STREAM_PIECE_MAX];
	uint8_t sealed[REQUEST_DATA_BYTES + STREAM_PIECE_MAX];
	uint8_t wire[REQUEST_BYTES + STREAM_PIECE_MAX];
};

/* One packet under way. */
struct stream_flight {
	struct stream_connection *connection;
	struct stream_flight *next_free;
	struct stream_flight *next; /* of all */
	struct stream_send send;
	struct link_prepare prepare;
	struct outbound_request request;
	struct peer_call call;
	struct timer timer; /* of an unknown outcome: fires when no Fulfill can count any more */
	uint64_t amount_out;
	uint8_t condition[ILP_CONDITION_SIZE];
	uint8_t wire[REQUEST_BYTES];
};

/* Writes the packet that f->send describes. False: it can't be. */
bool stream_flight_build(struct stream_flight *f, int64_t wall_now_ms);

#endif
