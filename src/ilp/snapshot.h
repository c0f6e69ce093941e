/* snapshot: assets, peers, routes and rates as one immutable picture of the node.
 *
 * Built from the store and the rates file or feed, swapped whole by version, read by any thread
 * without a lock. Whoever works on a packet holds the snapshot that it began with, so that nothing
 * changes under it. What does change from packet to packet (throttles, counters) is the peer's
 * `live` part, which goes over from one snapshot to the next.
 */
#ifndef FLORIN_ILP_SNAPSHOT_H
#define FLORIN_ILP_SNAPSHOT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "ilp/btp_dial.h"
#include "ilp/rates.h"
#include "ilp/throttle.h"
#include "model/route.h"
#include "model/spread.h"
#include "net/outbound.h"
#include "store/store.h"

#define SNAPSHOT_ARENA_BYTES (64 * 1024 * 1024)

/* The part of a peer that lives on: atomics, and what is the outbound thread's. */
struct peer_live {
	_Atomic unsigned holds;
	_Atomic bool active;            /* as the newest picture has it */
	struct throttle packets, money; /* that it sends */
	/* Prepares that wait for their answer: from the peer, and to it */
	_Atomic uint64_t in_flight, in_flight_out;
	_Atomic uint64_t packets_in, packets_out;
	_Atomic uint64_t refused;                     /* of packets_in: without a Fulfill */
	_Atomic uint64_t fulfilled, rejected, failed; /* of packets_out; failed: no ILP answer */
	_Atomic int64_t last_packet_ms;               /* from the peer; wall */
	_Atomic int64_t last_answer_ms;               /* wall */
	_Atomic int64_t latency_us;                   /* of answers: a moving average */
	_Atomic int64_t down_ms;                      /* wall; 0: it answers */
	_Atomic unsigned settlement_messages;         /* of the peer, that wait for our engine */
	_Atomic unsigned answers_later;               /* that it is owed: async_answer.h */
	_Atomic int64_t linked_ms; /* wall: its BTP connection is open since; 0: it is not */
	/* peer_health's, on the outbound thread */
	unsigned failures; /* in a row */
	int64_t failing_ms, probe_ms, probe_gap_ms;
	bool probing, telling;
	int64_t told_down_ms; /* as the store has it */
	char why[64];
};

/* From a peer's asset to another. */
struct rate_way {
	struct rate_pair pair; /* at the peer's own part of the spread */
	unsigned spread_in;    /* that part, basis points */
	int64_t until_ms;      /* after it the sources are asked again; INT64_MIN: had no rate */
};

struct peer {
	struct peer_row row; /* without the outgoing token, which only the target knows */
	struct asset_row asset;
	size_t asset_at;          /* in snapshot.assets */
	struct bytes ilp_address; /* whole; empty: not known (a parent's) */
	const char **routes;      /* as configured, whole; in force while it is active */
	size_t route_count;
	size_t in_flight;     /* that it may have at a time, either way */
	struct ratio unit_ns; /* what one unit costs of its allowance; zero: nothing */
	uint64_t money_burst; /* the most at once; 0: any amount */
	struct outbound_target *target;
	struct btp_dial *dial; /* NULL: its link is HTTP */
	/* Where packets are posted that it answers later: its target carries them. NULL: it answers
	 * at once */
	struct outbound_target *later;
	uint8_t outgoing_token_hash[32]; /* tells the builder whether the target still fits */
	struct peer_live *live;
	/* By asset, in the order of snapshot.assets. */
	struct rate_way *ways; /* what the peer's packets convert at */
	unsigned *spread_out;  /* besides, of what goes to the peer, basis points */
};

struct snapshot {
	_Atomic unsigned holds;
	uint64_t version;
	uint64_t peers_version;  /* the one that read the store: all but `learned` is of it */
	const char *own_address; /* the parent's word, else the configured one */
	struct bytes own;        /* the same */
	/* The parent is to give the address, and never has: nobody can be told one below it. */
	bool address_is_due;
	struct asset_row *assets;
	size_t asset_count;
	struct peer *peers; /* in order of name */
	size_t peer_count;
	/* Of each route next_hop is its peer's account. */
	struct route *fixed; /* configured, of active peers: in order of prefix */
	size_t fixed_count;
	struct route_table *routes;   /* the same, to look up */
	struct route_table *children; /* of them, those below our own address; NULL: none */
	struct route_table *learned;  /* from peers; may name one that has gone. NULL: none */
	struct rates *rates;
	struct spread_rule *spreads; /* in force */
	size_t spread_count;
	uint32_t *token_slots; /* hash table of incoming tokens: peer index + 1, 0 empty */
	uint8_t (*token_hashes)[32];
	size_t token_slot_count;
	uint32_t *account_slots; /* the same of peers' accounts */
	size_t account_slot_count;
	struct snapshot *base; /* whose parts these are, but for `learned`; NULL: our own */
	struct arena memory;
};

struct snapshots;

struct snapshots_options {
	struct outbound *outbound;
	const char *ilp_address; /* configured */
	const struct url_guard *guard;
	const char *rates_file; /* NULL: none but those of snapshots_use_rates */
	struct rates_options rates;
	size_t in_flight_per_peer;
};

/* Options are borrowed. Errors: THEIRS_MALFORMED (the sources' priority), OURS_MEMORY. */
MUST_USE enum result snapshots_new(const struct snapshots_options *options, struct snapshots **out);
void snapshots_free(struct snapshots *s);
/* Reads the store again and swaps the new picture in, with the rates as they are. Any thread, with
 * a reader of its own. Errors: OURS_STORE, OURS_MEMORY; the picture before stays. */
MUST_USE enum result snapshots_reload(struct snapshots *s, struct reader *r);
/* Reads the rates file again, and swaps. *fault may be NULL. Errors: those of rate_table_parse, and
 * OURS_IO (file missing or unreadable), THEIRS_TOO_BIG; the rates before stay. */
MUST_USE enum result snapshots_reload_rates(
        struct snapshots *s, struct reader *r, struct rate_fault *fault);
/* Swaps a picture with this source's price list in (rates_with); the table is taken, also on an
 * error. Any thread, with a reader of its own. Errors: as snapshots_reload. */
MUST_USE enum result snapshots_use_rates(
        struct snapshots *s, struct reader *r, enum rate_origin origin, struct rate_table *table);
/* Swaps a picture in where what this source's list held of a code (NULL: of each) counts. Any
 * thread, with a reader of its own. Errors: THEIRS_NOT_FOUND (nothing is held), as
 * snapshots_reload. */
MUST_USE enum result snapshots_accept_rates(
        struct snapshots *s, struct reader *r, enum rate_origin origin, const char *code);
/* Swaps a picture in with this table of learned routes, which is taken, also on an error; all else
 * stays shared with the one before. Any thread. Errors: OURS_MEMORY. */
MUST_USE enum result snapshots_use_learned(struct snapshots *s, struct route_table *learned);

/* The present picture, held. Any thread. */
struct snapshot *snapshots_get(struct snapshots *s);
/* Changes whenever a new picture was swapped in: cheap to ask. */
uint64_t snapshots_version(const struct snapshots *s);
struct snapshot *snapshot_hold(struct snapshot *s);
void snapshot_release(struct snapshot *s);

/* NULL where there is none. */
const struct peer *snapshot_peer_of_token(const struct snapshot *s, struct bytes token);
const struct peer *snapshot_peer_of_account(const struct snapshot *s, account_id account);
const struct peer *snapshot_parent(const struct snapshot *s);
/* Takes new packets, either way. */
bool peer_is_active(const struct peer *p);
struct peer_live *peer_live_hold(struct peer_live *live);
void peer_live_release(struct peer_live *live); /* NULL is fine */
const struct asset_row *snapshot_asset(const struct snapshot *s, asset_id id);
/* Whether packets to it are for this node's wallets: below its address, and not a child's. */
bool snapshot_is_own(const struct snapshot *s, struct bytes destination);
/* The routes that match, best first, without those whose peer has gone or is not active. Returns
 * how many. */
size_t snapshot_explain(
        const struct snapshot *s, struct bytes destination, struct route *out, size_t max);
/* Whether a stranger may call it its own: it is of our network, and neither above nor below our own
 * address, a peer's or a route that is known. A route for a bare scheme, or for everything, is in
 * nobody's way. */
bool snapshot_is_unclaimed(const struct snapshot *s, struct bytes address);
/* Longest prefix; never `except` (the peer that the packet came from; NULL: none is excepted). */
const struct peer *snapshot_route(
        const struct snapshot *s, struct bytes destination, const struct peer *except);

/* The rate of what came from a peer into another asset of this node, for `next` (a peer of that
 * asset; NULL: a wallet), less the spread of both. Errors: THEIRS_NO_RATE. */
MUST_USE enum result snapshot_pair(const struct snapshot *s, const struct peer *from, asset_id to,
        const struct peer *next, int64_t now_ms, struct rate_pair *out);
/* The node's own rate between two of its assets, without spread. Errors: THEIRS_NO_RATE. */
MUST_USE enum result snapshot_own_pair(const struct snapshot *s, asset_id from, asset_id to,
        int64_t now_ms, struct rate_pair *out);
/* The price lists in force. Borrowed from the snapshot. */
const struct rate_book *snapshot_rates(const struct snapshot *s);

#endif
