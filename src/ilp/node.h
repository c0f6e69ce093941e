/* node: what every part of a running node shares, and what each thread has of its own.
 *
 * The assembly (cli/serve.c) makes one node and one node_loop for each HTTP loop thread; handlers
 * get theirs with http_app(rq). The outbound thread has a submitter of its own.
 */
#ifndef FLORIN_ILP_NODE_H
#define FLORIN_ILP_NODE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/env.h"
#include "base/secret.h"
#include "codec/http_sig.h"
#include "ilp/payment_watch.h"
#include "ilp/remote_server.h"
#include "ilp/snapshot.h"
#include "model/expiry.h"
#include "model/incoming_payment.h"
#include "net/outbound.h"
#include "store/batch.h"
#include "store/store.h"
#include "store/writer.h"

struct admin_change;
struct arrivals;
struct async_answers;
struct async_asks;
struct admin_turn;
struct btp;
struct changes;
struct console;
struct client_keys;
struct html_pages;
struct sweep;
struct feed;
struct open_doubt;
struct partials;
struct payer;
struct peer_health;
struct rate;
struct rate_feeds;
struct rate_watch;
struct receiver;
struct settler;
struct slow;
struct stream_hosts;
struct upstream;
struct web;
struct webhook;
struct remote_grants;
struct routes;

/* Operations collected during one turn of a thread's loop and given to the writer as one list. */
struct submitter {
	struct writer *writer;
	struct mail_list ops;
	struct mail_list must;
};

void submitter_init(struct submitter *s, struct writer *w);
void submitter_add(struct submitter *s, struct op *op);
/* For an op that ends what an earlier one began (settle, release): never refused, because its
 * number was bounded when that one was taken. */
void submitter_must(struct submitter *s, struct op *op);

struct node_options {
	const char *public_url;  /* no trailing slash */
	const char *database;    /* kind, as the ready line shows it */
	const char *root_wallet; /* NULL: the only wallet */
	bool dev;
	bool auto_peering;           /* other nodes may become peers, without credit */
	bool stream_echo;            /* what comes on a stream is sent back */
	bool headless;               /* the host keeps its users' balances (store/funding.h) */
	bool wallet_not_found;       /* the host is told of addresses that nobody has */
	uint64_t addresses_per_user; /* that a holder may have, and add; 0: may add none */
	uint64_t faucet;             /* major units that holders may deposit by themselves */
	int64_t confirm_partial_ms;  /* that long it may decide about a packet; 0: it does not */
	uint64_t max_packet_amount;  /* 0: no cap */
	struct expiry_rules expiry;
	int64_t quote_lifetime_ms;
	unsigned slippage_bps;
	struct incoming_life incoming_life;
	unsigned incoming_slack_bps;
	uint64_t packets_per_peer_per_s; /* 0: no limit */
	uint64_t packets_per_peer_burst; /* at once; of peers without a rate of their own */
	uint64_t in_flight_per_peer;
	size_t page_size;
	size_t metadata_bytes; /* of a payment */
	enum http_sig_profile signature_profile;
	enum http_sig_digest content_digest;
	int64_t signature_max_age_s;
	const char *admin_token;
	int64_t token_lifetime_ms; /* of an access token */
	int64_t interaction_ms;    /* how long a person has to decide */
	uint64_t pending_grants_per_client;
};

struct node {
	const struct env *env;
	struct node_options options;
	const struct store_options *store_options; /* how it is opened, for another reader */
	struct writer *writer;
	struct outbound *outbound;
	struct submitter outbound_submitter; /* the outbound thread's */
	/* live on the outbound thread; NULL: no connection keeps state */
	struct stream_hosts *stream_hosts;
	struct partials *partials; /* on the same thread; NULL: the host decides about no packet */
	struct snapshots *snapshots;
	struct payer *payer; /* lives on the outbound thread */
	/* on the same thread */
	struct payment_watches watches;
	struct sweep *sweep;
	struct slow *slow;             /* hashes passwords */
	struct web *web;               /* what the pages share; NULL where there are none */
	struct console *console;       /* the same of the operator's; NULL: none */
	const struct html_pages *html; /* http/html_pages.h; NULL: no pages at API's addresses */
	struct feed *feed;             /* lives on the admin listener's loop */
	struct webhook *webhook;       /* tells the host's endpoints; on the outbound thread */
	struct changes *changes;       /* wakes pages that are open; NULL: none is */
	struct rate_watch *rate_watch;
	struct rate_feeds *rate_feeds;        /* prices that are fetched; on the outbound thread */
	struct peer_health *peer_health;      /* on the same thread; NULL: nobody is told */
	struct routes *routes;                /* exchanged with peers; on the same thread */
	struct arrivals *arrivals;            /* packets that no request waits for; on it */
	struct async_answers *async_answers;  /* of peers that want answers later; on it */
	struct async_asks *async_asks;        /* to peers that answer later; on it */
	struct btp *btp;                      /* links of that kind; on the same thread */
	struct settler *settler;              /* calls settlement engines; on the same thread */
	_Atomic unsigned settlement_messages; /* that wait for an engine */
	struct upstream *upstream;            /* asks the parent; lives on the outbound thread */
	struct open_doubt *open_doubts;       /* of forward: the outbound thread's */
	struct client_keys *client_keys;      /* of clients on other servers */
	struct rate *key_rate;                /* of signed requests, by key; NULL: none */
	struct remote_grants *remote_grants;  /* lives on the outbound thread */
	/* so does what was heard of other resource servers */
	struct remote_servers remote_servers;
	const struct url_guard *guard;
	struct secret32 receiver_secret; /* makes and opens the address tokens of our wallets */
	uint8_t admin_token_hash[32];
	struct secret32 password_pepper;
	struct secret32 request_key; /* of the hashes by which a repeated request is known */
	int64_t started_ms;          /* wall */
};

/* At the end of the turn. Where the writer refuses, each op ends here with the refusal as its
 * result, so its done() runs before this returns. */
void submitter_flush(struct submitter *s);

/* What replies promised and what became of them, told to the store in passing. */
#define ANSWERED_MAX 64 /* credit batches in one note */

struct answered {
	struct answer notes[ANSWERED_MAX];
	size_t count;
};

/* When the uses of keys were last noted, so that a busy key is not written at each request. */
#define KEY_USES 64

struct key_use {
	struct id key;
	int64_t noted_ms; /* wall */
};

struct node_loop {
	struct node *node;
	struct reader *reader; /* this thread's read connection */
	struct mailbox *home;
	struct submitter submitter;
	struct snapshot *snapshot; /* held; as of this turn */
	struct receiver *receiver;
	struct answered answered;
	struct key_use key_uses[KEY_USES];
	int64_t wallet_asked_ms;     /* wall: the host was told of an address that nobody has */
	struct admin_change *claims; /* of admin/change.h: their keys are in use */
	struct admin_turn *turns;    /* of admin/condition.h: changes under way */
};

/* reader: becomes the loop's. Errors: OURS_MEMORY. */
MUST_USE enum result node_loop_new(
        struct node *n, struct reader *reader, struct mailbox *home, struct node_loop **out);
void node_loop_free(struct node_loop *l);
/* op->task.home is set to this loop; done() runs on it. */
void node_submit(struct node_loop *l, struct op *op);
void node_turn_end(struct node_loop *l);
/* The picture of the node for work that begins now; valid for this turn, hold it for longer. */
struct snapshot *node_snapshot(struct node_loop *l);
/* Gives a task to the outbound thread, where its done() runs. Where that thread takes no more,
 * *result is set and the task comes back to this loop with `home_done`.
 * Errors: RETRY_BUSY, RETRY_DRAINING. */
enum result node_post_outbound(struct node_loop *l, struct task *task,
        void (*home_done)(struct task *t), enum result *result);
/* From any thread: the task goes to `home`, where done() runs. */
void node_send_home(struct mailbox *home, struct task *task, void (*done)(struct task *t));
/* A reply that promised `amount` of credit batch `id` was written, or was not. */
void node_answered(struct node_loop *l, int64_t id, uint64_t amount, bool delivered);

/* After a committed change of assets, peers or routes and before its request is answered. */
MUST_USE enum result node_reload(struct node_loop *l);

#endif
