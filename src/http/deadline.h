/* deadline: when each connection of a loop must have done what it is about.
 *
 * Each kind of deadline has one length for all connections, so the connections of a kind expire in
 * the order in which they were set: one queue for each kind, every operation is O(1), and the next
 * deadline is the first of their heads.
 */
#ifndef FLORIN_HTTP_DEADLINE_H
#define FLORIN_HTTP_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

enum deadline_kind {
	DEADLINE_HEADER,   /* the header is complete */
	DEADLINE_BODY,     /* the body is complete */
	DEADLINE_RESPONSE, /* the reply's last byte is handed to the socket */
	DEADLINE_LOOK,     /* the next request begins, or the client is looked after */
	DEADLINE_IDLE,     /* the next request begins */
	DEADLINE_HELD,     /* a request that is parked has its answer, or is suspended */
	DEADLINE_STREAM,   /* a stream that has nothing to say shows that it lives */
};
#define DEADLINE_KINDS 7

struct deadline {
	struct deadline *prev;
	struct deadline *next;
	int64_t at_ms;
	enum deadline_kind kind;
	bool set;
};

struct deadlines {
	struct deadline *first[DEADLINE_KINDS];
	struct deadline *last[DEADLINE_KINDS];
	int64_t length_ms[DEADLINE_KINDS];
};

/* length_ms by kind. */
void deadlines_init(struct deadlines *q, const int64_t length_ms[DEADLINE_KINDS]);
/* Sets (or moves) d to now plus the kind's length. now_ms never goes back. */
void deadline_set(struct deadlines *q, struct deadline *d, enum deadline_kind kind, int64_t now_ms);
void deadline_unset(struct deadlines *q, struct deadline *d);
/* Removes and returns one that is due; NULL where none is. */
struct deadline *deadline_due(struct deadlines *q, int64_t now_ms);
/* Milliseconds until the next is due, 0 where one is, -1 where none is set. */
int64_t deadlines_wait_ms(const struct deadlines *q, int64_t now_ms);

#endif
