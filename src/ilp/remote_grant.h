/* remote_grant: what this node may do at other wallets' servers: one grant for each authorization
 * server and kind of access, asked for without a person, kept, and used for every payment there.
 *
 * A token that has expired is rotated by its manage URL; where that fails, and where a server
 * forgot it, a new grant is asked for. Requests for one grant share one question. Everything is in
 * memory and bounded: after a restart it is asked for again. On the outbound thread.
 * Spec: Open Payments, payments between servers.
 */
#ifndef FLORIN_ILP_REMOTE_GRANT_H
#define FLORIN_ILP_REMOTE_GRANT_H

#include "ilp/remote_call.h"

#define REMOTE_GRANTS_KEPT 256 /* of which none is asked for */
/* With those that are: as many as requests may be under way, so that servers which hang shut nobody
 * else out. */
#define REMOTE_GRANTS_MAX   LIMIT_OUTBOUND_IN_FLIGHT
#define REMOTE_GRANT_LATE_S 5 /* a token is not used in its last seconds */

enum remote_access {
	REMOTE_READ,     /* read-all */
	REMOTE_CREATE,   /* create, read-all */
	REMOTE_COMPLETE, /* read-all, complete */
	REMOTE_QUOTE,    /* create, read of quotes; the others are of incoming payments */
	REMOTE_ACCESSES
};

struct remote_grants;

/* NULL without memory. */
struct remote_grants *remote_grants_new(struct node *n);
/* Nothing may be under way. */
void remote_grants_free(struct remote_grants *g);

struct remote_grant_call {
	/* asked; auth_server is borrowed until done */
	const char *auth_server;
	enum remote_access access;

	/* answered
	 * OK; those of remote_call and of remote_token_read; THEIRS_REFUSED (the server gives
	 * none); RETRY_BUSY (REMOTE_GRANTS_MAX are being asked for); OURS_MEMORY. */
	enum result result;
	char token[REMOTE_TOKEN_MAX + 1]; /* the owner wipes it */

	/* private */
	void (*done)(struct remote_grant_call *c);
	struct remote_grant_call *next;
};

/* done(c) runs once, perhaps before this returns. */
void remote_grant_get(struct remote_grants *g, struct remote_grant_call *c,
        void (*done)(struct remote_grant_call *c));
/* The server answered 401 or 403 to this token. */
void remote_grant_forget(struct remote_grants *g, const struct remote_grant_call *c);

#endif
