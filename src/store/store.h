/* store: opening the node's database, and everything that is read from it.
 *
 * Changes are made through batch.h inside the writer (writer.h); reads go through a reader, one per
 * thread, which sees committed data only and never blocks the writer. Nothing here knows which
 * engine lies below: it is chosen by the URL (`sqlite:FILE`).
 *
 * Rows are plain structs. Their texts and arrays live in the arena given to the call. Amounts are
 * smallest units of the asset that is named beside them. Times are wall milliseconds, 0 for none.
 * Common errors of every read: OURS_STORE (logged), OURS_MEMORY (arena full); each verb names only
 * its others.
 */
#ifndef FLORIN_STORE_STORE_H
#define FLORIN_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/amount.h"
#include "base/arena.h"
#include "base/id.h"
#include "base/secret.h"
#include "model/ledger.h"
#include "model/liquidity.h"
#include "model/pay_math.h"

struct store;  /* the one connection that writes; used by the writer only */
struct reader; /* a read-only connection; one per thread */
struct store_changes;

#define STORE_WHY_SIZE 256

struct store_options {
	const char *url;                   /* "sqlite:florin.db" */
	const char *dir;                   /* relative files are in here */
	const struct secret32 *master_key; /* seals what must be kept readable (peers' tokens) */
	int64_t now_ms;                    /* wall clock */
	bool headless;                     /* the host keeps its users' balances (funding.h) */
	bool incoming_approval;            /* it approves each incoming payment (incoming.h) */
	bool confirm_partials;             /* and decides about each packet of money for one */
	int64_t idempotency_ms; /* repeated requests are known so long; 0: IDEMPOTENCY_KEEP_MS */
	/* Shared by a store and the readers of its process, which then keep rows between reads
	 * (kept.h); NULL: they keep none. */
	struct store_changes *changes;
};

/* NULL where memory is out. Outlives the store and the readers that were given it. */
struct store_changes *store_changes_new(void);
void store_changes_free(struct store_changes *c);

/* Make a new, empty database with the present schema and the assets USD/2 EUR/2 GBP/2 XRP/9 BTC/8.
 * `why` gets one line for a person after every error.
 * Errors: OURS_CONFIG (URL), THEIRS_CONFLICT (there is one already), OURS_IO, OURS_STORE. */
MUST_USE enum result store_create(const struct store_options *o, char why[STORE_WHY_SIZE]);
/* Open for writing: one process at a time. Begins a new generation and lists what an earlier one
 * left unanswered as in doubt; its windows come later (batch_recover).
 * Errors: OURS_CONFIG (URL, wrong master key), RETRY_BUSY (another process has it), OURS_IO (no
 * such file), OURS_STORE (newer or altered schema, broken file). */
MUST_USE enum result store_open(
        const struct store_options *o, char why[STORE_WHY_SIZE], struct store **out);
void store_close(struct store *s);
uint64_t store_generation(const struct store *s);

/* May be opened beside a running server. Errors as store_open, but never RETRY_BUSY. */
MUST_USE enum result reader_open(
        const struct store_options *o, char why[STORE_WHY_SIZE], struct reader **out);
void reader_close(struct reader *r);

/* ---- lists ----
 * Newest first where the row says so, else in order of name or id. The cursor is the last row's
 * id (or account) of the page before. */
struct page {
	struct id after; /* zero: from the start */
	size_t limit;    /* 1..LIMIT_PAGE_SIZE */
};

/* ---- assets ---- */
struct asset_row {
	asset_id id;
	char code[ASSET_CODE_MAX + 1];
	unsigned scale;
	uint64_t fee_fixed; /* per outgoing payment, smallest units */
	unsigned fee_bps;
	uint64_t receive_fee_fixed; /* per incoming payment */
	unsigned receive_fee_bps;
	account_id settlement, pool, fee, spread, suspense;
	struct liquidity_limits liquidity; /* of the pool */
	/* The host is told when so much has come to a wallet without an incoming
	 * payment; 0: never */
	uint64_t withdrawal_threshold;
};

/* What it is called outside: the store has no UUID of it, its code, which never changes, gives it
 * one (version 8, RFC 9562 5.8). */
void asset_row_id(const struct asset_row *asset, struct id *out);

/* Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_asset_get(struct reader *r, asset_id id, struct asset_row *out);
MUST_USE enum result store_asset_find(struct reader *r, const char *code, struct asset_row *out);
MUST_USE enum result store_asset_list(
        struct reader *r, struct arena *a, struct asset_row **out, size_t *count);

/* ---- wallets ---- */
enum wallet_state { WALLET_OPEN, WALLET_CLOSED };

struct wallet_row {
	struct id id;
	account_id account;
	asset_id asset;
	enum wallet_state state;
	const char *name;
	const char *public_name; /* "" for none */
	const char *user;
	int64_t created_ms;
	/* It takes no new payments; from then on it is not shown, and those that it has take
	 * nothing. 0: it is active. */
	int64_t inactive_ms;
};
/* It is there for strangers: neither closed nor past its last day. */
bool wallet_is_shown(const struct wallet_row *w, int64_t now_ms);
/* It takes new payments. */
bool wallet_is_active(const struct wallet_row *w);

/* By UUID, by name, by account. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_wallet_get(
        struct reader *r, struct arena *a, const struct id *id, struct wallet_row *out);
MUST_USE enum result store_wallet_find(
        struct reader *r, struct arena *a, const char *name, struct wallet_row *out);
MUST_USE enum result store_wallet_of_account(
        struct reader *r, struct arena *a, account_id account, struct wallet_row *out);
/* In order of creation. */
MUST_USE enum result store_wallet_list(struct reader *r, struct arena *a, const struct page *p,
        struct wallet_row **out, size_t *count, bool *more);

/* ---- peers and routes ---- */
#define PEER_TOKENS_MAX 4
#define PEER_ROUTES_MAX 64

enum peer_relation {
	PEER_RELATION_PEER,
	PEER_RELATION_PARENT, /* our upstream: at most one */
	PEER_RELATION_CHILD   /* we are its parent */
};

enum peer_state {
	PEER_ACTIVE,
	PEER_DRAINING, /* nothing new from it or to it; what is under way ends */
	PEER_DISABLED, /* its tokens open nothing either */
	PEER_STATES
};
const char *peer_state_name(enum peer_state s); /* "ACTIVE" */

struct peer_row {
	struct id id;
	account_id account;
	asset_id asset;
	const char *name;
	const char *ilp_address; /* ".rest": below our own address; "": not known (a parent's) */
	const char *assigned;    /* our own address, as this parent last said; "" for none */
	const char *url;
	const char *outgoing_token; /* in clear: never log; lives in the arena */
	uint8_t incoming_token_hashes[PEER_TOKENS_MAX][32]; /* SHA-256 of each accepted token */
	int64_t incoming_token_ms[PEER_TOKENS_MAX];         /* since when; in that order */
	size_t incoming_tokens;
	enum peer_state state;
	uint64_t credit_limit; /* the peer may owe us this much */
	uint64_t debt_limit;   /* packets may make us owe it this much; 0: any amount */
	/* What it may send; 0: the node's limit, or none. */
	uint64_t packets_per_s, in_flight, amount_per_s;
	uint64_t max_packet; /* 0: no cap */
	unsigned spread_bps;
	enum peer_relation relation;
	bool ccp;            /* routes are exchanged with it */
	bool url_is_foreign; /* chosen by the other side */
	int64_t down_ms;     /* since when it gives no answers; 0: it does */
	int64_t created_ms;
	struct liquidity_limits liquidity;
};

struct route_row {
	const char *prefix; /* ".rest": below our own address */
	account_id peer;
};

/* Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_peer_get(
        struct reader *r, struct arena *a, const struct id *id, struct peer_row *out);
MUST_USE enum result store_peer_find(
        struct reader *r, struct arena *a, const char *name, struct peer_row *out);
/* All of them (at most LIMIT_PEERS), in order of name: what a snapshot is made of. */
MUST_USE enum result store_peer_list(
        struct reader *r, struct arena *a, struct peer_row **out, size_t *count);
MUST_USE enum result store_route_list(
        struct reader *r, struct arena *a, struct route_row **out, size_t *count);

/* ---- balances ---- */
/* One account as of now. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_account_get(struct reader *r, account_id id, struct account *out);
/* What the wallet's payments on their way still hold of its money. 0 for an
 * account that is none. */
MUST_USE enum result store_wallet_held(struct reader *r, account_id wallet, uint64_t *out);
/* Sums over every account of a kind and asset, for metrics and the console's balance sheet. One
 * that passes 2^63-1 is shown as that. */
struct balance_row {
	enum account_kind kind;
	asset_id asset;
	uint64_t accounts;
	int64_t balance; /* credits_posted - debits_posted */
	uint64_t debits_pending;
	uint64_t credits_pending;
};
MUST_USE enum result store_balance_list(
        struct reader *r, struct arena *a, struct balance_row **out, size_t *count);

/* ---- quotes and outgoing payments ---- */
enum quote_kind { QUOTE_FIXED_SEND, QUOTE_FIXED_DELIVERY };

struct quote_row {
	struct id id;
	account_id wallet; /* the account of the wallet that pays */
	enum quote_kind kind;
	const char *receiver;      /* as the payer gave it: pointer or URL */
	account_id local_receiver; /* wallet of this node, or 0: by packets */
	int64_t local_incoming;    /* key of the incoming payment of that wallet; 0: none */
	uint64_t debit_amount;     /* in the wallet's asset, fee included */
	uint64_t fee;              /* part of debit_amount */
	uint64_t receive_amount;   /* least that arrives, in the receiver's asset */
	char receive_code[ASSET_CODE_MAX + 1];
	unsigned receive_scale;
	struct ratio min_rate;  /* smallest units delivered per smallest unit sent */
	struct pay_bounds path; /* the path's rate, as far as it was learnt */
	uint64_t max_packet;    /* discovered on the path; 0: none */
	int64_t created_ms;
	int64_t expires_ms;
	const char *client;    /* canonical client that asked; "" or NULL: the operator */
	struct ratio own_rate; /* to the next hop's asset, kept for the first attempt; zero: none */
	asset_id own_rate_to;  /* that asset */
	bool receiver_made;    /* this node had the incoming payment made: it completes it */
	int64_t pace_ms;       /* the money leaves evenly over this time; 0: at once */
	int64_t refund_of;     /* key of the incoming payment that it gives back of; 0: none */
	account_id payment;    /* that used it; 0: none */
};

/* Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_quote_get(
        struct reader *r, struct arena *a, const struct id *id, struct quote_row *out);

enum payment_state {
	PAYMENT_FUNDING, /* waits for the host's money; not used in wallet mode */
	PAYMENT_SENDING,
	PAYMENT_COMPLETED,
	PAYMENT_FAILED,
	PAYMENT_CANCELLED
};
const char *payment_state_name(enum payment_state s); /* as in the contract: "SENDING" */
bool payment_state_is_final(enum payment_state s);

struct payment_row {
	struct id id;
	struct id quote_id;
	account_id account; /* its own: holds what it may still send */
	enum payment_state state;
	struct quote_row quote;
	uint64_t sent; /* left the wallet for good, in doubt included; with the fee once done */
	uint64_t delivered; /* receiver's asset, as the receiver's packets said */
	uint64_t refunded;
	uint64_t in_doubt; /* part of `sent` */
	uint64_t packets;  /* fulfilled */
	unsigned attempts;
	const char *error;    /* "" for none */
	const char *metadata; /* JSON object, "" for none */
	int64_t created_ms;
	int64_t finished_ms;    /* 0: not yet */
	const char *client;     /* as of a quote */
	bool cancel_asked;      /* it ends as soon as nothing is in flight */
	int64_t lease_until_ms; /* of one that waits: its next attempt */
	uint64_t fee;           /* that was taken, or will be when it completes */
	uint64_t returned;      /* its receiver sent back, in the wallet's asset */
};

/* Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_payment_get(
        struct reader *r, struct arena *a, const struct id *id, struct payment_row *out);
/* Newest first; `wallet` 0: of every wallet. */
MUST_USE enum result store_payment_list(struct reader *r, struct arena *a, account_id wallet,
        const struct page *p, struct payment_row **out, size_t *count, bool *more);

/* ---- transfers ---- */
enum transfer_state { TRANSFER_PENDING, TRANSFER_POSTED, TRANSFER_VOID };
const char *transfer_state_name(enum transfer_state s);

struct transfer_row {
	int64_t id;
	int64_t group;
	account_id debit;
	account_id credit;
	enum account_kind debit_kind;
	enum account_kind credit_kind;
	asset_id asset;
	uint64_t amount; /* asked for */
	uint64_t posted; /* moved; 0 unless POSTED */
	enum transfer_state state;
	const char *reason; /* payment, window, doubt: what it belongs to */
	int64_t created_ms;
	int64_t closed_ms;
};

/* The ledger lines of one outgoing payment, oldest first, at most LIMIT_PAGE_SIZE. */
MUST_USE enum result store_payment_transfers(struct reader *r, struct arena *a, account_id payment,
        struct transfer_row **out, size_t *count);

/* ---- money moved by the operator ---- */
enum movement_kind {
	MOVEMENT_DEPOSIT,       /* outside -> wallet */
	MOVEMENT_WITHDRAWAL,    /* wallet -> outside */
	MOVEMENT_LIQUIDITY,     /* outside -> asset pool */
	MOVEMENT_LIQUIDITY_OUT, /* and back */
	MOVEMENT_SETTLE_IN,     /* the peer paid us: outside -> peer */
	MOVEMENT_SETTLE_OUT,    /* we paid the peer: peer -> outside */
};

/* ---- doubts ---- */
enum doubt_direction {
	DOUBT_THEY_MAY_OWE, /* we credited; the peer may never have got our Fulfill */
	DOUBT_WE_MAY_OWE,   /* the peer may have fulfilled what we never saw */
};
const char *doubt_direction_name(enum doubt_direction d); /* "they_may_owe" */

enum doubt_end { DOUBT_TO_PAYER, DOUBT_TO_PEER };

struct doubt_row {
	struct id id;
	enum doubt_direction direction;
	account_id peer;
	const char *peer_name;
	struct id payment; /* zero: none */
	uint64_t amount;   /* of `asset`: the payment's for a payment, else the peer's */
	asset_id asset;
	int64_t since_ms;
	bool open;          /* false: released */
	enum doubt_end end; /* where to; of a released one */
	int64_t ended_ms;
};

/* Oldest first. */
MUST_USE enum result store_doubt_list(struct reader *r, struct arena *a, bool open_only,
        const struct page *p, struct doubt_row **out, size_t *count, bool *more);
/* Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result store_doubt_get(
        struct reader *r, struct arena *a, const struct id *id, struct doubt_row *out);

/* ---- counters ---- */
struct store_totals {
	uint64_t wallets;
	uint64_t peers;
	uint64_t payments_sending;
	uint64_t payments_completed;
	uint64_t payments_failed;
	uint64_t packets_credited;  /* Prepares for wallets of this node */
	uint64_t packets_forwarded; /* that were fulfilled */
	uint64_t doubts_open;
};
MUST_USE enum result store_totals(struct reader *r, struct store_totals *out);

/* ---- audit ---- */
/* One row that breaks an invariant: `check` is its name ("M1"), `what` says what is broken. */
typedef void store_audit_fn(void *arg, const char *check, const char *what);
/* Every invariant on one snapshot; *broken counts the calls of fn. */
MUST_USE enum result store_audit(
        struct reader *r, int64_t now_ms, store_audit_fn *fn, void *arg, size_t *broken);

#endif
