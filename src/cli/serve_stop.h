/* serve_stop: the end of a node that serves, the other way round than it began. */
#ifndef FLORIN_CLI_SERVE_STOP_H
#define FLORIN_CLI_SERVE_STOP_H

#include "base/secret.h"
#include "cli/node_files.h"
#include "config.h"
#include "http/server.h"
#include "ilp/node.h"
#include "net/url_guard.h"
#include "store/store.h"

/* What each part has to come home; the longest stop is 30 s. */
#define BTP_DRAIN_MS      8000
#define ASYNC_DRAIN_MS    2000
#define HTTP_DRAIN_MS     13000
#define OUTBOUND_DRAIN_MS 8000

/* The parts of a node, as `serve` makes them; NULL or false: not made yet. */
struct serve {
	const struct config *config;
	struct store_options store_options;
	struct secret32 master_key;
	char admin_token[TOKEN_TEXT_SIZE];
	char backup_dir[NODE_PATH_BYTES];
	struct store *store;
	struct reader *reader; /* main thread's: snapshots and recovery */
	struct url_guard *guard;
	struct node node;
	struct http_server *server;
	bool writer_started, outbound_started, slow_started, server_started;
};

/* No new requests, what is parked completes, payments in flight come home, the writer empties its
 * queue, the store closes; then all is freed. Fine also where a start stopped half-way. Returns
 * `status`, or ends the program with it where a request could not be ended. */
int serve_stop(struct serve *s, int status);

#endif
