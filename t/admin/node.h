/* node: a whole node inside the test's process, and calls of its admin API.
 *
 * Its directory is new, its listeners are on free ports of the loopback, its rates are those of
 * node.c, its wallets and peers are what the test adds. Calls come as tables: what is sent, which
 * status comes back, and what the answer must contain at least.
 */
#ifndef FLORIN_T_ADMIN_NODE_H
#define FLORIN_T_ADMIN_NODE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "http/router.h"

struct node;
struct reader;

#define NODE_TOKEN "the-token-of-the-operator"

/* Before node_setup: what the public listener serves; its port. The public URL is
 * http://127.0.0.1:9 all the same; signatures are checked by profile strict. */
void node_public(const struct http_route *routes, size_t count);
uint16_t node_public_port(void);
/* The node itself, and a reader of its store, to be closed by the caller. */
const struct node *node_get(void);
struct reader *node_reader(void);
/* Starts it with a page size of 10; ends the test where it can't. */
void node_setup(void);
void node_teardown(void);
/* Stops and starts again on the same data. */
void node_restart(void);
/* The audit must find nothing. */
void node_audit(void);

struct call {
	const char *method;
	const char *path; /* below /admin/v1, or from the root where it begins with // */
	const char *body; /* JSON with ' for "; NULL: none */
	const char *key;  /* Idempotency-Key; NULL: none */
	int status;
	const char
	        *want; /* JSON with ' for ": a part of the answer, see node_contains; NULL: any */
};

/* Makes one call and checks it. The answer's JSON (a new reference; NULL where it is none). */
json_t *node_call(const struct call *c);
/* Makes each call in order, and forgets the answers. */
void node_calls(const struct call *calls, size_t count);
#define NODE_CALLS(table) node_calls(table, sizeof(table) / sizeof((table)[0]))
/* One call with another token (NULL: none); the status. `text` gets the body. */
int node_status(const char *token, const char *method, const char *path, char *text, size_t size);

/* Whether `want` is part of `got`: each member of an object, each element of an array of the same
 * length; "*" stands for any text. */
int node_contains(const json_t *got, const json_t *want);

#endif
