/* remote_call: one request of this node, as a client, to another wallet's server. Signed with the
 * node's own key as PUBLIC_URL/node, or without a signature. On the outbound thread.
 *
 * The address comes from a receiver, so it is judged by url_guard as any foreign one, and what is
 * signed is the address as it is requested. Spec: Open Payments, HTTP signatures.
 */
#ifndef FLORIN_ILP_REMOTE_CALL_H
#define FLORIN_ILP_REMOTE_CALL_H

#include <jansson.h>

#include "codec/remote_answer.h"
#include "ilp/node_sign.h"

struct remote_call {
	/* asked; borrowed until done */
	enum outbound_method method;
	const char *url;
	const char *body;  /* JSON; NULL: none */
	bool sign;         /* else a public question */
	const char *token; /* of a signed one; NULL: none */

	/* answered
	 * result: OK: an answer with this status came; those of outbound; THEIRS_PROTOCOL (an
	 * answer of 2xx that is no JSON object); OURS_STORE (the node's key can't be read). */
	enum result result;
	int status;
	json_t *json; /* NULL where the answer is no JSON object */

	/* private */
	struct node *node;
	void (*done)(struct remote_call *c);
	struct outbound_request request;
	struct node_signed signature;
};

/* c is zeroed, or cleared. done(c) runs once, perhaps before this returns. */
void remote_call_start(struct node *n, struct remote_call *c, void (*done)(struct remote_call *c));
void remote_call_clear(struct remote_call *c);
/* What an answer's status says of another try: RETRY_BUSY (the server says that it has too much to
 * do: 429, 503), RETRY_UNREACHABLE (408, any other 5xx), OK: that it would bring the same. */
MUST_USE enum result remote_call_later(const struct remote_call *c);

#endif
