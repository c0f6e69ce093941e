/* operator_visitor: which operator sends a request, by its cookies.
 *
 * As web/visitor has it for account holders: one cookie marks the browser before anybody has signed
 * in, the other is the session, of which the store has the hash only. Both are HttpOnly and
 * SameSite=Strict, and go to /console alone.
 */
#ifndef FLORIN_CONSOLE_OPERATOR_VISITOR_H
#define FLORIN_CONSOLE_OPERATOR_VISITOR_H

#include "console/console.h"
#include "http/page_form.h"
#include "store/operator.h"

struct operator_visitor {
	char browser[TOKEN_TEXT_SIZE]; /* "" for none */
	char token[TOKEN_TEXT_SIZE];   /* of the session; "" for none */
	uint8_t hash[OPERATOR_HASH_BYTES];
	bool known; /* the session is in the store and has not ended */
	struct operator_session_row session;
};

/* Reads the cookies and the session, and notes that it is in use. On an error the reply is set.
 * Errors: those of a read. */
MUST_USE enum result operator_visitor_read(struct http_request *rq, struct operator_visitor *out);
/* A browser that has no mark yet gets one with the reply that follows. Errors: OURS_MEMORY. */
MUST_USE enum result operator_visitor_mark(struct http_request *rq, struct operator_visitor *v);
/* The session cookie of the reply that follows; NULL takes it away. */
MUST_USE enum result operator_visitor_set(struct http_request *rq, const char *token);
/* The operator's name, "" where nobody is signed in. */
const char *operator_visitor_name(const struct operator_visitor *v);

#endif
