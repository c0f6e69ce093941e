/* remote_server: which authorization server speaks for the incoming payments of another resource
 * server, as their public views said a moment ago, so that it is not asked before each of them.
 *
 * Remembered by what stands before "/incoming-payments/". Whoever is refused what it was promised
 * forgets and asks. Bounded, in memory, on the outbound thread.
 * Spec: Open Payments, payments between servers.
 */
#ifndef FLORIN_ILP_REMOTE_SERVER_H
#define FLORIN_ILP_REMOTE_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

#define REMOTE_SERVERS_MAX    64
#define REMOTE_SERVER_LIFE_MS 60000

struct remote_server {
	char *resource; /* owned; NULL: no entry */
	char *auth;     /* owned */
	int64_t until_ms;
};

/* Zeroed, it is empty. */
struct remote_servers {
	struct remote_server entries[REMOTE_SERVERS_MAX];
	size_t next; /* gives way */
};

/* url: of an incoming payment. False: unknown. */
bool remote_server_find(
        struct remote_servers *s, const char *url, int64_t now_ms, char auth[URL_MAX_CHARS + 1]);
/* Without memory nothing is remembered. */
void remote_server_note(
        struct remote_servers *s, const char *url, const char *auth, int64_t now_ms);
void remote_server_forget(struct remote_servers *s, const char *url);
void remote_servers_clear(struct remote_servers *s);

#endif
