/* batch: the verbs that change the store, for use inside an op's apply (writer.h).
 *
 * A batch is the working set of one transaction: accounts, windows and transfers are loaded and
 * decided in memory, merged, and written once when the batch is flushed. Each verb decides
 * completely before it changes anything; after a refusal (THEIRS_*) it changed nothing. Common
 * errors of every verb: OURS_STORE, RETRY_STORE, OURS_MEMORY, OURS_BUG; after one of them the whole
 * batch is rolled back. Each verb names its others, in order of precedence where that matters.
 *
 * Amounts are smallest units; amount_in of a packet is in the asset of the debited account,
 * amount_out and spread in the asset of the credited one. Texts are borrowed for the call.
 */
#ifndef FLORIN_STORE_BATCH_H
#define FLORIN_STORE_BATCH_H

#include "store/store.h"

struct batch;

/* The wall clock of the transaction, one value for all of its verbs. */
int64_t batch_now(const struct batch *b);

/* An account as this transaction sees it, for answers that show it. Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result batch_account_get(struct batch *b, account_id id, struct account *out);

/* ---- assets, wallets, peers, routes ---- */

/* An asset with its settlement, pool, fee, spread and suspense accounts.
 * Errors: THEIRS_BAD_ASSET (code not [A-Za-z0-9]{1,12}, scale above 18), THEIRS_CONFLICT. */
MUST_USE enum result batch_asset_add(
        struct batch *b, const char *code, unsigned scale, asset_id *out);

/* When so much has come to a wallet without an incoming payment, the host is told; 0: never.
 * Errors: THEIRS_NOT_FOUND, THEIRS_BAD_AMOUNT (above 2^63-1). */
MUST_USE enum result batch_asset_set_withdrawal(
        struct batch *b, asset_id asset, uint64_t threshold);

/* At which balances of its pool the host is told; NULL: as it is, 0: none. Errors:
 * THEIRS_NOT_FOUND, THEIRS_BAD_AMOUNT (above 2^63-1, or the low one not below the high one). */
MUST_USE enum result batch_asset_set_liquidity(
        struct batch *b, asset_id asset, const uint64_t *low, const uint64_t *high);

struct wallet_new {
	const char *name;
	const char *public_name; /* may be NULL */
	const char *user;        /* NULL: a user of the wallet's name; made where missing */
	asset_id asset;
	uint64_t user_max; /* wallets that the user may have then, closed ones too; 0: any number */
};
/* Errors: THEIRS_MALFORMED (name, public name, user), THEIRS_BAD_ASSET, THEIRS_CONFLICT (name: of a
 * wallet, or of what is below our address and a child's), THEIRS_REFUSED (user_max). */
MUST_USE enum result batch_wallet_add(
        struct batch *b, const struct wallet_new *w, struct id *id, account_id *account);
/* Errors: THEIRS_NOT_FOUND, THEIRS_STATE (closed, or has money or pending amounts). */
MUST_USE enum result batch_wallet_close(struct batch *b, const struct id *id);

struct peer_new {
	const char *name;
	asset_id asset;
	const char *ilp_address; /* as of a peer_row: ".rest" for a child, "" for a parent */
	const char *url;
	const char *outgoing_token;
	const char *incoming_token;
	uint64_t credit_limit, debt_limit;
	uint64_t max_packet; /* 0: no cap */
	unsigned spread_bps;
	uint64_t packets_per_s, in_flight, amount_per_s; /* as of a peer_row */
	bool url_is_foreign;
	enum peer_relation relation; /* a parent gets the default route "" */
	bool ccp;                    /* exchange routes with it */
	const char *const *routes;
	size_t routes_count;
	struct liquidity_limits liquidity;
};
/* A peer with its account and routes (its own ILP address is one; not for a parent).
 * Errors: THEIRS_MALFORMED (name, empty token), THEIRS_BAD_ASSET, THEIRS_BAD_AMOUNT (limit above
 * 2^63-1, spread above BPS_ONE, low limit of liquidity not below the high one), THEIRS_TOO_BIG
 * (LIMIT_PEERS, PEER_ROUTES_MAX), THEIRS_CONFLICT (name, token, or route taken, second parent, a
 * child where a wallet is). */
MUST_USE enum result batch_peer_add(
        struct batch *b, const struct peer_new *p, struct id *id, account_id *account);
/* The parent says what our address is. Errors: THEIRS_NOT_FOUND (no such peer, or no parent),
 * THEIRS_MALFORMED (empty or too long). */
MUST_USE enum result batch_peer_assign(struct batch *b, const struct id *id, const char *address);

/* Members that are NULL stay as they are. */
struct peer_change {
	const char *url;
	const char *outgoing_token;
	const char *incoming_token;   /* added: the newest PEER_TOKENS_MAX are accepted */
	bool incoming_token_only;     /* the ones before are dropped */
	const uint8_t *revoked_token; /* SHA-256 of an incoming token that goes */
	const enum peer_state *state;
	const uint64_t *packets_per_s, *in_flight, *amount_per_s;
	const uint64_t *credit_limit, *debt_limit;
	const uint64_t *max_packet;
	const unsigned *spread_bps;
	const bool *ccp;
	const char *const *routes_add;
	size_t routes_add_count;
	const char *const *routes_remove; /* one that it has not is ignored */
	size_t routes_remove_count;
	const uint64_t *liquidity_low;
	const uint64_t *liquidity_high;
};
/* A URL that is given here is the operator's. Errors: as batch_peer_add; THEIRS_NOT_FOUND (also:
 * the token to be revoked is none of its); THEIRS_STATE (the peer owes more than the new limit, or
 * no incoming token would be left). */
MUST_USE enum result batch_peer_set(
        struct batch *b, const struct id *id, const struct peer_change *c);
/* The peer, its tokens and routes go; its account and history stay.
 * Errors: THEIRS_NOT_FOUND, THEIRS_STATE (a balance, pending amounts or open doubts). */
MUST_USE enum result batch_peer_remove(struct batch *b, const struct id *id);

/* It gives no answers since then (0: it does again): an event where that is news. why: for people.
 * Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result batch_peer_down(
        struct batch *b, const struct id *id, int64_t down_ms, const char *why);

/* ---- money moved by the operator ---- */

struct movement {
	struct id id; /* chosen by the caller, once: the same id moves money once */
	enum movement_kind kind;
	account_id account; /* wallet, pool or peer */
	uint64_t amount;
	const char *reference; /* of a settlement: what it is known as elsewhere; NULL: nothing */
};
/* What moved between peers is a settlement (settlement.h) as well.
 * *repeated: the id was used before for the same, and nothing was done now.
 * Errors: THEIRS_BAD_AMOUNT (0 or above 2^63-1), THEIRS_CONFLICT (id used for something else),
 * THEIRS_NOT_FOUND, THEIRS_BAD_TYPE (the account is of another kind), THEIRS_STATE (closed),
 * THEIRS_INSUFFICIENT. */
MUST_USE enum result batch_move(struct batch *b, const struct movement *m, bool *repeated);

/* ---- packets for wallets of this node ---- */

/* Where a payer can be paid back, as its packets said. */
struct way_back {
	const char *address;    /* NULL: not told */
	const char *asset_code; /* "": not told */
	unsigned asset_scale;
};

struct credit {
	account_id peer;   /* debited */
	account_id wallet; /* credited */
	uint64_t amount_in;
	uint64_t amount_out;
	uint64_t spread; /* of another asset: what the rate gives and the wallet does not get; else
	                    0 */
	int64_t expires_at_ms; /* checked again inside the transaction */
	int64_t incoming;      /* key of the incoming payment that it is for; 0: none */
	bool exchanged;        /* before it came to us: its sender says that its asset is another */
	account_id outgoing;   /* the payment of ours whose receiver sends it back; 0: none */
	struct way_back payer; /* of an incoming payment's */
	uint64_t margin;       /* part of spread that its basis points give (revenue.h) */
};
/* Credits of one batch with equal peer, wallet and incoming payment become one transfer group and
 * one credit batch, whose id they share: say later with batch_answered what became of the replies.
 * Errors: THEIRS_EXPIRED, THEIRS_NOT_FOUND, THEIRS_STATE (incoming payment over),
 * THEIRS_FORBIDDEN (it waits for approval),
 * THEIRS_TOO_BIG (more than it takes), THEIRS_BAD_AMOUNT, THEIRS_STATE (wallet closed),
 * THEIRS_INSUFFICIENT (the peer's credit limit, or the pool's liquidity). */
MUST_USE enum result batch_credit(struct batch *b, const struct credit *c, int64_t *credit_batch);

/* What became of the replies to the packets of one credit batch. */
struct answer {
	int64_t credit_batch;
	uint64_t packets;        /* their reply was written */
	uint64_t amount;         /* incoming amount of these */
	uint64_t failed_packets; /* their reply could not be written ... */
	uint64_t failed_amount;  /* ... and this is listed as in doubt (they_may_owe) at once */
};
/* May be late and in parts: what is never said is found in doubt after the next start.
 * Errors: THEIRS_NOT_FOUND, THEIRS_BAD_AMOUNT (more than there are). */
MUST_USE enum result batch_answered(struct batch *b, const struct answer *a);

/* ---- windows: what may be in flight to a peer ----
 * One open window per (from, to): `from` is the account of an outgoing payment or of the peer that
 * a forwarded packet came from. It always holds exactly what is in flight after the commit: a
 * Prepare leaves only after the commit of its reserve. A payment may reserve ahead of need and
 * spend the window in packets. */

#define WINDOW_MARGIN_MS 5000 /* a hold outlives its last packet's expiry by this */

struct flight {
	account_id from;
	account_id to;
	uint64_t amount_in;
	uint64_t amount_out;
	uint64_t spread; /* as in struct credit; for one asset amount_in - amount_out */
};

/* A payment that reserves ahead rounds amount_out + spread up, since the packets' roundings add up
 * to no more than that. Errors: THEIRS_BAD_AMOUNT (in or out 0, above 2^63-1, one asset and
 * in != out + spread), THEIRS_EXPIRED, THEIRS_NOT_FOUND, THEIRS_BAD_TYPE (neither payment nor
 * peer), THEIRS_STATE (closed, payment not SENDING), THEIRS_INSUFFICIENT (payment's rest without
 * its fee, peer's credit, pool's liquidity). */
MUST_USE enum result batch_window_reserve(
        struct batch *b, const struct flight *f, int64_t expires_at_ms);

/* What is reserved stays so until expires_at_ms, where that is later. With nothing reserved nothing
 * is done. Errors: THEIRS_EXPIRED, THEIRS_STATE (the window closes). */
MUST_USE enum result batch_window_extend(
        struct batch *b, account_id from, account_id to, int64_t expires_at_ms);

struct settlement {
	struct flight flight; /* what was fulfilled; no component above what is reserved, except
	                       * that spread is cut to it (the rest stays in the pool) */
	uint64_t packets;
	uint64_t margin;    /* part of the flight's spread, as in struct credit */
	uint64_t delivered; /* payment: what the receiver says it got, in its asset; the sum over
	                     * all its packets is cut to AMOUNT_MAX */
};
/* The flight is posted. For a forward *credit_batch is our claim on `from`, to be answered like a
 * credit; for a payment it is 0. Errors: THEIRS_NOT_FOUND (no such window), THEIRS_BAD_AMOUNT. */
MUST_USE enum result batch_window_settle(
        struct batch *b, const struct settlement *s, int64_t *credit_batch);
/* The flight is given back: rejected, or no longer needed. amount_in decides: the whole of what is
 * reserved gives back everything, and a part at most its amount_out and spread.
 * Errors: as batch_window_settle. */
MUST_USE enum result batch_window_release(struct batch *b, const struct flight *f);
/* The flight's outcome is unknown and its expiry has passed: a payment's goes to suspense and
 * counts as sent, a forward's is void; either is listed as in doubt (we_may_owe).
 * Errors: as batch_window_settle. */
MUST_USE enum result batch_window_doubt(struct batch *b, const struct flight *f);

/* What a process that died left in flight, where no packet of it can still be fulfilled: as
 * batch_window_doubt. *next_due_ms: when to call again; 0: nothing is left. */
MUST_USE enum result batch_recover(struct batch *b, int64_t *next_due_ms);

/* They_may_owe: TO_PEER gives the claim up (suspense -> peer), TO_PAYER keeps it. We_may_owe of a
 * payment: TO_PAYER refunds (suspense -> wallet), TO_PEER pays (suspense -> peer, through the pools
 * where assets differ). We_may_owe of a forward: TO_PEER pays (suspense -> peer), TO_PAYER nothing.
 * Errors: THEIRS_NOT_FOUND, THEIRS_STATE (released before; the payment still sends),
 * THEIRS_INSUFFICIENT (liquidity). */
MUST_USE enum result batch_doubt_release(struct batch *b, const struct id *id, enum doubt_end end);

/* ---- quotes and outgoing payments ---- */

/* Stores q with a new id (out) at q->created_ms = now. A rate that is held for half a minute is an
 * option: what the unexpired quotes of one asker would take of a wallet together is never more than
 * it has. The operator's are refused here, a client's when it is used (batch_payment_create).
 * Errors: THEIRS_NOT_FOUND, THEIRS_BAD_TYPE (not a wallet), THEIRS_STATE (closed),
 * THEIRS_BAD_AMOUNT (debit 0 or not above the fee), THEIRS_INSUFFICIENT. */
MUST_USE enum result batch_quote_add(struct batch *b, struct quote_row *q);
/* Whether the wallet has what this quote and its client's newer ones, unused and unexpired, would
 * take: of rates that were held together the newest count. Errors: THEIRS_CONFLICT. */
MUST_USE enum result batch_quote_newest_fit(
        struct batch *b, const struct quote_row *quote, const struct account *wallet);

struct payment_grant;
struct payment_new {
	struct id quote_id;
	account_id wallet;
	const char *metadata;        /* may be NULL */
	const char *client;          /* canonical client that asks; NULL: the operator */
	const char *note;            /* for the receiver (note.h); NULL: none */
	struct payment_grant *grant; /* that it is made under (grant.h); NULL: none */
};
/* debit_amount moves from the wallet to the payment's account, state SENDING; the fee is taken
 * from there only at its end. A quote for a wallet of this node is paid at once,
 * all in this transaction, and the state is COMPLETED: `local` then says what to move.
 * Errors: THEIRS_NOT_FOUND (quote), THEIRS_FORBIDDEN (another wallet's), THEIRS_CONFLICT (quote
 * used), THEIRS_EXPIRED, THEIRS_STATE (closed), THEIRS_INSUFFICIENT; of a quote for an incoming
 * payment of this node also THEIRS_REFUSED (over) and THEIRS_TOO_BIG (more than it takes, or than
 * is left to be refunded); then those of batch_grant_spend. One that waits for approval is refused
 * like one that is over. */
struct payment_local {
	uint64_t amount_out; /* what the receiving wallet gets */
	uint64_t spread;     /* as in struct credit */
	uint64_t margin;
};
MUST_USE enum result batch_payment_create(struct batch *b, const struct payment_new *p,
        const struct payment_local *local, struct id *id, account_id *account);

/* What a payment in state SENDING waits for, as stored. */
enum payment_turn { PAYMENT_TURN_FIRST = 1, PAYMENT_TURN_AGAIN = 2 };
#define PAYMENT_DUE_MAX 100
/* A lease is written again where at least this much of it has gone. */
#define PAYMENT_RENEW_MS 1000
/* Those whose next attempt is due, and those that a process that died had at work, wait from now on
 * for their turn; none of the latter's windows may still be open. At most PAYMENT_DUE_MAX; *more:
 * there may be others. */
MUST_USE enum result batch_payment_due(struct batch *b, bool *more);
/* The oldest that waits for that of the first wallet whose account is above `after`. All payments
 * of the working set must be written (batch_payment_due). Errors: THEIRS_NOT_FOUND. */
MUST_USE enum result batch_payment_next(struct batch *b, enum payment_turn turn, account_id after,
        account_id *wallet, account_id *payment);
/* It is at work until now + lease_ms. Texts of *out live in `a`. attempts is counted up. Errors:
 * THEIRS_NOT_FOUND. */
MUST_USE enum result batch_payment_claim(struct batch *b, account_id payment, int64_t lease_ms,
        struct arena *a, struct payment_row *out);
/* Still at work, for lease_ms - PAYMENT_RENEW_MS at least. *cancelled: no more is to be sent.
 * Errors: THEIRS_NOT_FOUND, THEIRS_STATE (final). */
MUST_USE enum result batch_payment_renew(
        struct batch *b, const struct id *id, int64_t lease_ms, bool *cancelled);
/* Leave it for another attempt after retry_at_ms; `error` says why. One that is to be cancelled is
 * finished instead. Errors: as renew, as finish. */
MUST_USE enum result batch_payment_postpone(
        struct batch *b, const struct id *id, int64_t retry_at_ms, const char *error);
/* COMPLETED (the fee is taken), FAILED or CANCELLED (of the fee the part that was sent is of all;
 * error says why): what is left goes back to the wallet. FAILED becomes CANCELLED where that was
 * asked. Errors: THEIRS_NOT_FOUND, THEIRS_STATE (final, or something is still in flight). */
MUST_USE enum result batch_payment_finish(
        struct batch *b, const struct id *id, enum payment_state state, const char *error);

/* ---- repeated requests ---- */

struct idempotency_key {
	const char *principal; /* who asks */
	const char *route;
	const char *key;             /* at most IDEMPOTENCY_KEY_MAX characters */
	const uint8_t *request_hash; /* SHA-256 of the body */
};
#define IDEMPOTENCY_KEY_MAX 128
#define IDEMPOTENCY_KEEP_MS (7 * 24 * 3600 * 1000LL)
/* Errors: THEIRS_NOT_FOUND (new: do it, then put), THEIRS_CONFLICT (another request's key). */
MUST_USE enum result batch_idempotency_get(struct batch *b, const struct idempotency_key *k,
        struct arena *a, int *status, const char **body);
MUST_USE enum result batch_idempotency_put(
        struct batch *b, const struct idempotency_key *k, int status, const char *body);

#endif
