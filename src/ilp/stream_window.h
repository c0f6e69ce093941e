/* stream_window: how many packets of a payment may be in flight, how large, and when the next: what
 * a sender learns from the ends of its packets. Part of stream_sender.
 */
#ifndef FLORIN_ILP_STREAM_WINDOW_H
#define FLORIN_ILP_STREAM_WINDOW_H

#include "ilp/stream_sender.h"

/* One packet of so many may get lost on the way without a word about the others. */
#define STREAM_MISS_PART 8

/* Something on the path is overloaded, out of money or away. */
void stream_window_slow_down(
        struct stream_sender *s, const struct stream_send *packet, int64_t now_ms);
/* A packet got lost (T00, T01). Where only few of a flight do, the rate is not the reason: it is
 * sent again and nothing else changes. Else the same as slow_down. */
void stream_window_miss(struct stream_sender *s, const struct stream_send *packet, int64_t now_ms);
void stream_window_speed_up(
        struct stream_sender *s, const struct stream_send *packet, int64_t now_ms);
/* T04. */
void stream_window_spare(struct stream_sender *s, const struct stream_send *packet, int64_t now_ms);

#endif
