/* visitor: who sends a request, by its cookies.
 *
 * Cookies, each a random token: one marks the browser before anybody has logged in (the login form
 * is bound to it), one is the session, and one, which stays for a year, says that somebody has
 * signed in with this browser before (auth/login_guard.h); of the latter two the store has the
 * hashes only. All are
 * HttpOnly and SameSite=Lax, so that they come along when a client sends the browser here, and not
 * with a form of another site; over https they are Secure and carry the prefix __Host-.
 */
#ifndef FLORIN_WEB_VISITOR_H
#define FLORIN_WEB_VISITOR_H

#include "store/login.h"
#include "web/web.h"

struct visitor {
	char browser[TOKEN_TEXT_SIZE]; /* "" for none */
	char token[TOKEN_TEXT_SIZE];   /* of the session; "" for none */
	uint8_t hash[SESSION_HASH_BYTES];
	bool known; /* the session is in the store and has not ended */
	struct session_row session;
};

/* Reads the cookies and the session, and notes that it is in use. On an error the reply is set.
 * Errors: those of a read. */
MUST_USE enum result visitor_read(struct http_request *rq, struct visitor *out);
/* A browser that has no mark yet gets one with the reply that follows. Errors: OURS_MEMORY. */
MUST_USE enum result visitor_mark(struct http_request *rq, struct visitor *v);
/* The session cookie of the reply that follows; NULL takes it away. */
MUST_USE enum result visitor_set_session(struct http_request *rq, const char *token);

/* The token that a browser is known by; false where it has none. */
bool visitor_known_token(struct http_request *rq, char out[TOKEN_TEXT_SIZE]);
/* The same, a new one where it has none, and its hash. */
void visitor_known_make(
        struct http_request *rq, char token[TOKEN_TEXT_SIZE], uint8_t hash[SESSION_HASH_BYTES]);
/* Its cookie of the reply that follows. Errors: OURS_MEMORY. */
MUST_USE enum result visitor_set_known(struct http_request *rq, const char *token);

/* The token of the cookie `name` in a Cookie field (NULL: none). False where there is none, it is
 * no token, or the name occurs twice: then somebody else may have put one of them there. */
bool visitor_cookie(const char *field, const char *name, char out[TOKEN_TEXT_SIZE]);

#endif
