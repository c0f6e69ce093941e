/* routing_base: the inside of routing: entries by prefix, and who announced a way to them. */
#ifndef FLORIN_MODEL_ROUTING_BASE_H
#define FLORIN_MODEL_ROUTING_BASE_H

#include "model/routing.h"

#define ROUTING_EPOCHS_SPARE 1024 /* of the log and of entries, beyond twice what holds */
#define ROUTING_PATH_BYTES   4096 /* of a path as text; longer ones are not taken */

struct routing_peer;

/* What one peer announced about one prefix. */
struct routing_way {
	struct routing_entry *entry;
	struct routing_peer *peer;
	struct routing_way *other;           /* the entry's next */
	struct routing_way *previous, *next; /* of the peer's */
	unsigned generation;
	uint8_t auth[CCP_AUTH_SIZE];
	size_t hops;
	size_t path_n;
	uint8_t path[]; /* blank-separated */
};

struct routing_entry {
	struct routing_entry *chain; /* of the hash table */
	uint64_t hash;
	struct routing_way *ways;
	struct routing_way *best; /* of the ways */
	uint64_t fixed_hop;
	enum routing_relation fixed_relation;
	bool fixed, fixed_before, own;
	bool is_home; /* what is below it is learned from its fixed hop alone */
	struct routing_entry *next_dirty;
	bool dirty;     /* in the list of changes */
	bool in_table;  /* the owner's table has it */
	bool announced; /* in the present table, to anybody */
	uint32_t epoch; /* of its last change; 0: never told */
	uint16_t prefix_n;
	uint8_t prefix[];
};

struct routing_peer {
	uint64_t account;
	enum routing_relation relation;
	bool member; /* for routing_set_members */
	bool busy;   /* a step is under way */
	struct routing_way *ways;
	size_t ways_n, refused;
	/* what it tells us */
	uint8_t table_id[CCP_TABLE_ID_SIZE];
	uint32_t epoch;
	unsigned generation;
	bool heard;
	int64_t hold_until_ms; /* of one that was heard */
	int64_t control_at_ms; /* when its table is to be asked (again); INT64_MAX: not */
	unsigned control_failures;
	/* what we tell it */
	bool sync;
	uint32_t told;         /* epoch */
	int64_t update_at_ms;  /* not before */
	int64_t update_due_ms; /* the heartbeat */
	unsigned update_failures;
	unsigned stamp; /* counts what makes an update that is under way worth nothing */
};

struct routing {
	struct routing_limits limits;
	struct secret32 secret;
	uint8_t own[ILP_ADDRESS_MAX];
	size_t own_n, scheme_n;
	uint8_t table_id[CCP_TABLE_ID_SIZE];
	struct routing_entry **slots;
	size_t slot_count, entry_count;
	struct routing_peer **peers;
	size_t peer_count;
	struct routing_entry **fixed;
	size_t fixed_count;
	size_t way_count;
	struct routing_entry **log; /* by epoch - 1 */
	uint32_t epoch;
	size_t log_cap;
	/* Those of which the owner's table is to hear, in order. */
	struct routing_entry *dirty_first, *dirty_last;
	size_t dirty_count;
	struct route_change *changes;
	size_t changes_cap;
	uint8_t lists[2][ROUTING_MESSAGE_MAX]; /* routes and withdrawals of an update */
};

struct routing_peer *routing_peer_of(const struct routing *c, uint64_t account);
/* NULL: none, or with `make` no memory. */
struct routing_entry *routing_entry_of(struct routing *c, struct bytes prefix, bool make);
struct bytes routing_prefix(const struct routing_entry *e);
/* Chooses again, and notes what changed. `told`: what peers are told of it has changed anyhow. */
void routing_choose(struct routing *c, struct routing_entry *e, bool told);
/* What peers are told of it is new from the next epoch on. */
void routing_note_told(struct routing *c, struct routing_entry *e);
/* Whether a prefix may be announced at all: of our network, and longer than its scheme. */
bool routing_is_public(const struct routing *c, struct bytes prefix);
/* Whether the peer may tell of it: of what is at or below another node's address only that node
 * may, where the longest such address decides. */
bool routing_may_tell(const struct routing *c, struct bytes prefix, uint64_t peer);
/* Takes the ways away of which that is not so any more. */
void routing_ways_drop_strange(struct routing *c);

/* A way of the peer, instead of the one before. False: a limit, or no memory. */
bool routing_way_put(struct routing *c, struct routing_peer *p, struct bytes prefix,
        struct bytes path, size_t hops, const uint8_t auth[CCP_AUTH_SIZE]);
void routing_way_drop(struct routing *c, struct routing_peer *p, struct bytes prefix);
/* All of a peer's; keep_generation: but those of its present one. */
void routing_ways_drop(struct routing *c, struct routing_peer *p, bool keep_generation);

#endif
