/* client_keys: the keys of clients that live on other servers, fetched and kept for a moment.
 *
 * A client is a wallet address; its keys stand in the document at ADDRESS/jwks.json. What was
 * fetched counts for at most CLIENT_KEYS_AGE_MS from the moment it was asked for, so that a key
 * that is taken away is of no use soon after. A kid that the document lacked is looked for once
 * more. Requests about one client share one fetch. Everything is bounded.
 *
 * find may be called by any thread; fetches live on the outbound thread.
 * Spec: Open Payments, client keys.
 */
#ifndef FLORIN_AUTH_CLIENT_KEYS_H
#define FLORIN_AUTH_CLIENT_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/task.h"
#include "codec/jwk.h"
#include "net/outbound.h"

#define CLIENT_KEYS_AGE_MS    3000
#define CLIENT_KEYS_FAILED_MS 1000 /* and a failure */
#define CLIENT_KEYS_AGAIN_MS  200  /* a document that is younger is not asked for again */
#define CLIENT_KEYS_FETCH_MS  4000 /* clients wait 5 s for the whole of their request */
/* At a time: as many as requests may be under way, so that who names clients whose servers hang
 * shuts nobody else out. */
#define CLIENT_KEYS_FETCHES_MAX LIMIT_OUTBOUND_IN_FLIGHT
#define CLIENT_KEYS_MAX         128 /* of one client: the first ones of its document */

struct client_keys;

/* Borrows outbound, which must be stopped before client_keys_free. Errors: OURS_MEMORY. */
MUST_USE enum result client_keys_new(struct outbound *o, struct client_keys **out);
void client_keys_free(struct client_keys *c);

/* What is known now of the client's key; `client` is canonical. False: it must be fetched. */
bool client_keys_find(struct client_keys *c, const char *client, const char *kid, int64_t mono_ms,
        enum result *result, uint8_t public_key[JWK_PUBLIC_SIZE]);

struct client_keys_call {
	struct task task;   /* home and done set by the caller */
	const char *client; /* lent until done(), and so is kid */
	const char *kid;
	void *arg; /* the caller's */

	/* answered
	 * OK; THEIRS_NOT_FOUND (the client has no such key, or no keys at all); THEIRS_PROTOCOL (no
	 * key document); THEIRS_BLOCKED, RETRY_UNREACHABLE and whatever else an outbound request
	 * ends with; RETRY_BUSY (CLIENT_KEYS_FETCHES_MAX). */
	enum result result;
	uint8_t public_key[JWK_PUBLIC_SIZE];

	/* private */
	struct client_keys *owner;
	void (*done)(struct task *t);
	struct client_keys_call *next;
	bool joined; /* a fetch that was under way before */
	bool again;  /* the next answer is the last */
};

/* The call comes home once. Errors: RETRY_BUSY, RETRY_DRAINING; the caller still owns it then. */
MUST_USE enum result client_keys_fetch(struct client_keys *c, struct client_keys_call *call);

#endif
