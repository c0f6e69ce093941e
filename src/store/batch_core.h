/* batch_core: the working set of one transaction; private to src/store.
 *
 * What verbs touch is loaded once into `work` items, changed in memory, and written by batch_flush.
 * Rows that are rarely touched are written at once by their verbs, inside the same transaction.
 * Nothing here outlives the transaction: batch_reset drops it all.
 */
#ifndef FLORIN_STORE_BATCH_CORE_H
#define FLORIN_STORE_BATCH_CORE_H

#include "base/arena.h"
#include "base/owner.h"
#include "store/batch.h"
#include "store/engine.h"
#include "store/incoming.h"
#include "store/event.h"
#include "store/revenue.h"

#define BATCH_BUCKETS     4096
#define RATIO_PACKED_SIZE 32
#define BATCH_ARENA_MAX   (32U * 1024 * 1024)

enum work_kind {
	WORK_ACCOUNT,  /* a: account */
	WORK_PAYMENT,  /* a: account */
	WORK_WINDOW,   /* a: from, b: to; of our own generation */
	WORK_ORPHAN,   /* a: window; of a process that died */
	WORK_CREDIT,   /* a: peer, b: wallet or outgoing payment, or minus the incoming payment */
	WORK_ANSWER,   /* a: credit batch */
	WORK_ASSET,    /* a: asset */
	WORK_INCOMING, /* a: key */
	WORK_REVENUE,  /* a: pair of assets, b: kind */
	WORK_LANE,     /* a, b: the halves of a resource's id */
	WORK_KINDS
};

struct work {
	struct work *bucket_next;
	struct work *kind_next; /* in order of arrival */
	enum work_kind kind;
	int64_t a, b;
};

struct work_account {
	struct work work;
	struct account now;
	struct id wallet_id; /* of a wallet's, once it was asked for; else zero */
	bool dirty;
};

struct work_payment {
	struct work work;
	struct id id;
	account_id wallet;
	enum payment_state state;
	uint64_t debit_amount, fee;
	uint64_t sent, delivered, refunded, in_doubt, packets;
	bool cancel_asked;
	int64_t lease_until_ms;
	bool dirty;
};

/* What of a window moves together. */
struct portion {
	uint64_t in, out, spread;
};

struct work_window {
	struct work work;
	int64_t id;
	account_id from, to;
	bool cross; /* the two differ in asset */
	bool payment;
	/* as committed */
	int64_t group; /* 0: nothing pending */
	struct portion held;
	/* as of now */
	struct portion reserved;
	struct portion settled; /* of `held`, to be posted; spread only as far as it was held */
	uint64_t excess;        /* spread above that: its own transfer */
	uint64_t packets;
	uint64_t doubt_in;
	int64_t last_expiry_ms;
	int64_t credit_batch; /* of a forward that settled, else 0 */
	bool renew;           /* expiry grew */
	bool closing;
	bool dirty;
};

/* What came from one address of a payer. */
struct work_way_back {
	struct work_way_back *next;
	struct way_back payer; /* texts in the batch's arena */
	uint64_t amount;
};

struct work_credit {
	struct work work;
	account_id wallet;
	int64_t incoming;    /* 0: none */
	account_id outgoing; /* 0: none */
	struct work_way_back *ways;
	int64_t id; /* of the credit batch */
	struct portion sum;
	uint64_t packets;
};

struct work_answer {
	struct work work;
	account_id peer;
	uint64_t packets, amount_in;
	uint64_t answered, answered_amount, doubted, doubted_amount;
	bool dirty;
};

struct work_incoming {
	struct work work;
	struct incoming_row row; /* texts in the batch's arena */
	uint64_t fee;            /* taken in this transaction, not written yet */
	bool dirty;
	bool ended; /* in this transaction */
};

struct work_asset {
	struct work work;
	struct asset_row row;
};

enum sequence {
	SEQUENCE_ACCOUNT,
	SEQUENCE_TRANSFER,
	SEQUENCE_CREDIT_BATCH,
	SEQUENCE_WINDOW,
	SEQUENCE_DOUBT,
	SEQUENCE_INCOMING,
	SEQUENCE_EVENT,
	SEQUENCE_GRANT,
	SEQUENCE_GRANT_TOKEN,
	SEQUENCES
};

/* What the transaction adds to the tallies. */
struct tally {
	int64_t wallets;
	int64_t payments_completed, payments_failed;
	int64_t packets_credited, packets_forwarded;
};

struct batch {
	struct store *store;
	int64_t now_ms;
	bool begun;
	size_t events;          /* that were written */
	bool settles;           /* something was left for settlement engines */
	uint64_t changes;       /* counts what verbs changed: a refusal must leave it as it was */
	unsigned kinds_changed; /* of rows that readers keep (kept.h) */
	struct arena arena;
	struct work *buckets[BATCH_BUCKETS];
	struct work *first[WORK_KINDS];
	struct work *last[WORK_KINDS];
	int64_t next_id[SEQUENCES]; /* 0: not loaded */
	struct id last_id;          /* that batch_id_new made, in this transaction or before */
	struct tally tally;
};

/* ---- life ---- */
MUST_USE enum result batch_new(struct store *s, struct batch **out);
void batch_free(struct batch *b);
/* A fresh transaction at this time; it begins with the first statement. */
void batch_reset(struct batch *b, int64_t now_ms);
/* Writes the working set. After it only batch_commit or batch_rollback may follow. */
MUST_USE enum result batch_flush(struct batch *b);
MUST_USE enum result batch_commit(struct batch *b);
void batch_rollback(struct batch *b);

/* ---- for verbs ---- */
/* A statement in the batch's transaction, which begins where it has not. */
void batch_query(struct batch *b, struct query *q, enum statement s);
/* An id of what lists show in the order of their ids: above all that this made before, also where a
 * millisecond's are used up or the clock went back a little: its time then runs ahead of the clock.
 * Spec: RFC 9562 6.2 (a counter in rand_a). */
void batch_id_new(struct batch *b, struct id *out);
MUST_USE enum result batch_next_id(struct batch *b, enum sequence s, int64_t *out);
/* The item of that key, or NULL. */
void *batch_find(struct batch *b, enum work_kind kind, int64_t a, int64_t key_b);
/* A zeroed item of `size` bytes under that key; NULL: out of memory. */
void *batch_make(struct batch *b, enum work_kind kind, int64_t a, int64_t key_b, size_t size);

/* Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result batch_account(struct batch *b, account_id id, struct work_account **out);
MUST_USE enum result batch_payment(struct batch *b, account_id id, struct work_payment **out);
MUST_USE enum result batch_asset(struct batch *b, asset_id id, const struct asset_row **out);
MUST_USE enum result batch_incoming(struct batch *b, int64_t key, struct work_incoming **out);
/* Of a peer by its account; the name is in the batch's arena. Errors: OURS_BUG (no peer's). */
MUST_USE enum result batch_peer_names(
        struct batch *b, account_id peer, struct id *id, const char **name);
/* A new account in the working set alone, with no money. Its row is written by
 * batch_account_insert, before any other row refers to it, as the account is then: with what moved
 * since, nothing pending. */
MUST_USE enum result batch_account_new(struct batch *b, enum account_kind kind, asset_id asset,
        uint64_t credit_limit, struct work_account **out);
MUST_USE enum result batch_account_insert(struct batch *b, struct work_account *a);
/* Both in one. */
MUST_USE enum result batch_account_add(struct batch *b, enum account_kind kind, asset_id asset,
        uint64_t credit_limit, account_id *out);
/* Where the money of a payment comes from and what it does not use goes back to: its wallet or, in
 * headless mode, outside (the asset's settlement account). */
MUST_USE enum result batch_payment_payer(
        struct batch *b, account_id account, const struct work_payment *p, account_id *out);
/* Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result batch_quote_get(struct batch *b, const struct id *id, struct quote_row *out);
/* Whether the incoming payment of this node that the quote is for, if it is for one, takes it.
 * Errors: THEIRS_REFUSED; as batch_incoming_try. */
MUST_USE enum result batch_payment_incoming_allows(
        struct batch *b, const struct quote_row *quote, const struct payment_local *local);
/* Pays one that has its money to another wallet of this node, to its end. */
MUST_USE enum result batch_payment_pay_local(struct batch *b, const struct quote_row *quote,
        account_id account, const struct payment_local *local);
/* The end of one whose account is empty: its row, its grant, its event. error: NULL for none. */
MUST_USE enum result batch_payment_end(struct batch *b, account_id account, struct work_payment *p,
        enum payment_state state, const char *error);
/* Writes the payments of the working set, so that a statement may search among them. */
MUST_USE enum result batch_flush_payments(struct batch *b);

/* ---- events that verbs write (event_payment.c) ---- */

/* Nothing has happened to this new resource: its first event need not look. */
MUST_USE enum result batch_event_lane_new(struct batch *b, const struct id *resource);

/* The UUID of a wallet's account. */
MUST_USE enum result batch_wallet_id(struct batch *b, account_id wallet, struct id *out);
/* A payment as it is now. */
MUST_USE enum result batch_event_payment(struct batch *b, enum event_type type, account_id account);
/* The same of a payment that is at hand; balance: what is left of the money that it was given. */
MUST_USE enum result batch_event_payment_of(
        struct batch *b, enum event_type type, const struct payment_row *p, uint64_t balance);
/* Its attempt failed, and the next is at retry_at_ms. */
MUST_USE enum result batch_event_attempt_failed(
        struct batch *b, account_id account, int64_t retry_at_ms);

/* So much has come to a wallet without an incoming payment: told with what came before, where that
 * is as much as its asset's withdrawal_threshold. While flushing. */
MUST_USE enum result batch_monetized(struct batch *b, account_id wallet, uint64_t units);

/* An incoming payment as it is now. partial: of the event that is about one; else NULL. */
MUST_USE enum result batch_event_incoming(struct batch *b, enum event_type type,
        const struct incoming_row *row, const struct incoming_partial *partial);

/* ---- limits of liquidity (liquidity.c) ---- */

/* Of a pool or a peer, in smallest units; NULL: as it is, 0: none. Errors: THEIRS_NOT_FOUND,
 * THEIRS_BAD_AMOUNT (above 2^63-1, or the low one not below the high one). */
MUST_USE enum result batch_liquidity_set(
        struct batch *b, account_id account, const uint64_t *low, const uint64_t *high);
MUST_USE enum result batch_liquidity_forget(struct batch *b, account_id account);
/* With the balance that is written: an event where it came to a limit. */
MUST_USE enum result batch_liquidity_check(struct batch *b, const struct account *a);

/* ---- legs: transfers that belong together ---- */
#define LEGS_MAX 6

struct leg {
	struct work_account *debit, *credit;
	uint64_t amount; /* asked for: transferred, or held */
	uint64_t posted; /* legs_settle: how much of it moves */
	const char *ref; /* NULL: that of the group */
};

struct legs {
	struct leg leg[LEGS_MAX];
	size_t n;
};

/* Errors: THEIRS_NOT_FOUND (an account). */
MUST_USE enum result legs_add(
        struct batch *b, struct legs *l, account_id debit, account_id credit, uint64_t amount);
/* One movement from `from` to `to`: one leg, or through the pools where their assets differ; then
 * one to the spread account unless spread is zero. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result legs_portion(
        struct batch *b, struct legs *l, account_id from, account_id to, const struct portion *p);
/* The same for what a verb was asked for. Errors: also THEIRS_BAD_AMOUNT (in or out zero or above
 * 2^63-1, or one asset and in != out + spread). */
MUST_USE enum result legs_exchange(
        struct batch *b, struct legs *l, account_id from, account_id to, const struct portion *p);
/* All or nothing. Errors: as ledger_transfer. */
MUST_USE enum result legs_transfer(struct legs *l);
MUST_USE enum result legs_hold(struct legs *l);
MUST_USE enum result legs_settle(struct legs *l);
/* Inserts a posted group that legs_transfer has allowed. */
MUST_USE enum result legs_post(
        struct batch *b, const struct legs *l, const char *ref, int64_t ref_id, int64_t *group);
/* Inserts a pending group that legs_hold has allowed. */
MUST_USE enum result legs_pend(struct batch *b, const struct legs *l, const char *ref,
        int64_t ref_id, int64_t hold_until_ms, int64_t *group);
/* legs_transfer and legs_post in one, counted as a change. */
MUST_USE enum result legs_move(
        struct batch *b, struct legs *l, const char *ref, int64_t ref_id, int64_t *group);

/* ---- what was earned (revenue.c) ---- */
MUST_USE enum result batch_revenue_add(struct batch *b, const struct revenue_row *earned);
/* What of a movement from one account to another went to the spread account, in packets; margin:
 * what the basis points give of it. */
MUST_USE enum result batch_revenue_spread(struct batch *b, account_id from, account_id to,
        uint64_t packets, uint64_t spread, uint64_t margin);
/* A fee that this account paid. */
MUST_USE enum result batch_revenue_fee(
        struct batch *b, enum revenue_kind kind, account_id payer, uint64_t fee);
MUST_USE enum result batch_flush_revenue(struct batch *b);

/* ---- money for incoming payments ---- */
struct incoming_credit {
	int64_t key;
	account_id
	        from; /* peer or outgoing payment: its asset says whether there was an exchange */
	account_id wallet;
	uint64_t units; /* in the wallet's asset */
	bool exchanged; /* on its way to `from` */
};
/* May it take this? *after is what it is then, for batch_incoming_set once the money has moved.
 * Errors: THEIRS_NOT_FOUND (also: of another wallet), and those of incoming_take. */
MUST_USE enum result batch_incoming_try(struct batch *b, const struct incoming_credit *c,
        struct work_incoming **out, struct incoming_terms *after);
/* With the fee of what has arrived, which its wallet pays at once. Errors: those of a transfer. */
MUST_USE enum result batch_incoming_set(
        struct batch *b, struct work_incoming *w, const struct incoming_terms *after);

/* ---- parts of other files that flushing and recovery share ---- */
MUST_USE enum result batch_flush_incoming(struct batch *b);
MUST_USE enum result batch_flush_credits(struct batch *b);
MUST_USE enum result batch_flush_windows(struct batch *b);
/* Closes the open windows of a payment. Errors: THEIRS_STATE (something is in flight). */
MUST_USE enum result batch_windows_close(struct batch *b, account_id from);

struct doubt_new {
	enum doubt_direction direction;
	account_id peer;
	account_id payment; /* 0: none */
	const char *source; /* "credit" or "window" */
	int64_t source_id;
	asset_id asset;
	uint64_t amount;
	uint64_t peer_amount;
};
MUST_USE enum result batch_doubt_add(struct batch *b, const struct doubt_new *d, int64_t *key);
/* Lists what an earlier generation left unanswered (store_open). */
MUST_USE enum result batch_recover_credits(struct batch *b, size_t *listed);

/* ---- rows as statements give them, in the order of their columns ---- */
enum payment_state query_payment_state(struct query *q);
enum transfer_state query_transfer_state(struct query *q);
enum event_state query_event_state(struct query *q);
enum doubt_direction query_doubt_direction(struct query *q);
enum account_kind query_account_kind(struct query *q);
void row_account(struct query *q, struct account *out);
void row_asset(struct query *q, struct asset_row *out);
void row_wallet(struct query *q, struct arena *a, struct wallet_row *out);
void row_quote(struct query *q, struct arena *a, struct quote_row *out);
/* Where an id of that time stands among the payments' ids, which are in order of time: its last ten
 * bytes are those of `rest`. */
void row_id_at(int64_t unix_ms, const struct id *rest, struct id *out);
void row_incoming(struct query *q, struct arena *a, struct incoming_row *out);
void row_payment(struct query *q, struct arena *a, struct payment_row *out);
void row_event(struct query *q, struct arena *a, struct event_row *out);
void ratio_pack(const struct ratio *r, uint8_t out[RATIO_PACKED_SIZE]);
void ratio_unpack(const uint8_t in[RATIO_PACKED_SIZE], struct ratio *out);
void query_ratio(struct query *q, struct ratio *out);
/* All rows of a statement that gives transfers, at most LIMIT_PAGE_SIZE; ends the query. */
MUST_USE enum result rows_transfers(
        struct query *q, struct arena *a, struct transfer_row **out, size_t *count);

/* ---- pages (list.h) ---- */
struct list_statements {
	enum statement position; /* ?1 cursor, ?2 wallet, ?3 client: its created_ms */
	enum statement older;    /* id and created_ms, nearest first */
	enum statement newer;
};
/* ids has room for LIMIT_PAGE_SIZE. Errors: THEIRS_NOT_FOUND (cursor). */
MUST_USE enum result list_page(struct reader *r, const struct list_statements *s,
        const struct list_query *q, struct id *ids, size_t *count, struct list_edges *edges);

#endif
