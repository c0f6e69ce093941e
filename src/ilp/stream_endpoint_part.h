/* stream_endpoint_part: what the two halves of stream_endpoint share: its state and streams
 * (stream_endpoint.c), and the writing of packets (stream_endpoint_send.c).
 */
#ifndef FLORIN_ILP_STREAM_ENDPOINT_PART_H
#define FLORIN_ILP_STREAM_ENDPOINT_PART_H

#include "ilp/stream_endpoint.h"

#define STREAM_PLACES (2 * STREAM_STREAMS_MAX)

/* The highest id of theirs that we take. */
uint64_t stream_endpoint_their_max(const struct stream_endpoint *e);
/* Frees the place of a stream that both have closed. */
void stream_endpoint_let_go(struct stream_endpoint *e, struct stream *s);
/* Control frames of a packet of theirs. False: it broke the protocol, and the
 * connection is closed. */
bool stream_endpoint_control(
        struct stream_endpoint *e, const struct stream_packet *p, struct stream_taken *t);
/* Its data. False: something of it can't be kept now. */
bool stream_endpoint_data(struct stream_endpoint *e, const struct stream_packet *p);
/* Its StreamClose frames, and ConnectionClose. */
void stream_endpoint_closes(struct stream_endpoint *e, const struct stream_packet *p);

#endif
