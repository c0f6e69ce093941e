/* peering_call: one question to another node about becoming peers, from a loop thread.
 *
 * The URL is the operator's: pasted, or typed. JSON there and back.
 */
#ifndef FLORIN_ILP_PEERING_CALL_H
#define FLORIN_ILP_PEERING_CALL_H

#include <jansson.h>

#include "ilp/node.h"

#define PEERING_CALL_MS 8000

struct peering_call {
	struct task task; /* done is the caller's; runs on its loop thread */

	/* asked; lent until done */
	const char *url;
	const char *token; /* bearer; NULL: none */
	char *body;        /* JSON, taken and wiped; NULL: a GET */

	/* answered
	 * result: OK: an answer with this status came; those of outbound; THEIRS_PROTOCOL (of 2xx
	 * that is no JSON object). */
	enum result result;
	int status;
	json_t *json; /* an object, owned; NULL where the answer is none */

	/* private */
	struct peering_asking *asking;
};

/* The call is the caller's again when done runs. */
void peering_call_start(struct node_loop *l, struct peering_call *call);
void peering_call_clear(struct peering_call *call);

/* The tokens of a link, always the same for one invitation, so that who lost an answer asks again
 * with them: what we accept from the other side, or what we show it. */
void peering_token(
        const struct node *n, const char *invitation, bool ours, char out[TOKEN_TEXT_SIZE]);

#endif
