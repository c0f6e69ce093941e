/* change: one request that changes the store, from the key it carries to its stored answer.
 *
 *	struct my_change *c = admin_change_new(rq, sizeof(*c), ADMIN_KEY_REQUIRED);
 *
 *	if (!c)
 *		return HTTP_DONE;
 *	c->change.apply = my_apply;
 *	return admin_change_submit(&c->change);
 *
 * apply runs on the writer's thread inside the transaction, as an op's (store/writer.h): maybe more
 * than once, and it may touch nothing but the change itself and the batch. What it answers is
 * stored under the Idempotency-Key in the same transaction as its effect: the same request with the
 * same key gets it again, status and body, and another request with that key is refused. A refusal
 * is not stored: it had no effect, and may be tried again.
 */
#ifndef FLORIN_ADMIN_CHANGE_H
#define FLORIN_ADMIN_CHANGE_H

#include <jansson.h>
#include <stdbool.h>

#include "admin/answer.h"
#include "base/arena.h"
#include "http/request.h"
#include "ilp/node.h"
#include "store/batch.h"
#include "store/writer.h"

#define ADMIN_CHANGE_BYTES (128 * 1024) /* of one answer, stored or made */

struct admin_actor;

enum admin_key {
	ADMIN_KEY_NONE,     /* PATCH and DELETE: repeating them changes nothing more */
	ADMIN_KEY_OPTIONAL, /* POST */
	ADMIN_KEY_REQUIRED, /* POST that moves money */
};

struct admin_change {
	struct op op;
	struct http_request *rq; /* loop thread only */
	struct node_loop *loop;
	struct id id; /* of the Idempotency-Key; zero without one */

	/* Set before admin_change_submit: */
	unsigned status; /* of the answer; 201 at first */
	/* Decides and writes. *answer is the body, a new reference; left NULL where
	 * `then` answers. */
	enum result (*apply)(struct admin_change *c, struct batch *b, json_t **answer);
	/* On the loop thread after the commit, also when the answer is a stored one. May be NULL.
	 * An error is logged: the change is made, and its answer is given. */
	enum result (*committed)(struct admin_change *c);
	/* Makes the answer from what the store then holds; for changes without a key. */
	http_handler *then;
	const struct admin_refusal *refusals; /* may be NULL */

	/* private */
	struct admin_actor *actor;        /* NULL: whoever holds the token */
	struct admin_change *claims_next; /* of the loop's; loop thread */
	struct admin_change *waiting;     /* for this one's end, each by its claims_next */
	bool claimed;
	http_handler *first;
	struct idempotency_key key; /* key.key NULL: none */
	uint8_t request_hash[32];
	struct arena memory; /* writer's thread while the change is there */
	int stored_status;
	const char *body;
};

/* size: of the struct that begins with a struct admin_change, zeroed. NULL where the reply is set:
 * a key that is missing or no UUID, or no memory. */
void *admin_change_new(struct http_request *rq, size_t size, enum admin_key key);
/* Parks the request. */
enum http_next admin_change_submit(struct admin_change *c);
/* For a change that reaches outside before it is made: where its key was used before, that answer
 * is given at once; else `first` runs, and submits in the end. `first` finds the change in
 * rq->state. A request with a key that another one is still working on waits for that one's end. */
enum http_next admin_change_unless_known(struct admin_change *c, http_handler *first);
/* For `committed`: a new snapshot, after a change of assets, peers or routes. */
enum result admin_change_reload(struct admin_change *c);

#endif
