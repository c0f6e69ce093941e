/* config: the configuration of one node, as it is in force.
 *
 * Each key has a default, may stand in DIR/florin.conf and may be given as FLORIN_SECTION_KEY in
 * the environment, which wins. One table in config.c holds every key with its kind and bounds; what
 * is not in it stops the start and names the nearest known key. Nothing here is global: whoever
 * loads a configuration owns it and hands each module its own options.
 */
#ifndef FLORIN_CONFIG_H
#define FLORIN_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/result.h"

#define CONFIG_FILE_NAME    "florin.conf"
#define CONFIG_KEYS_MAX     96
#define CONFIG_LINE_CHARS   190         /* longest line of the file; inih cuts at 200 */
#define CONFIG_FILE_BYTES   (64 * 1024) /* largest file that we read */
#define CONFIG_VALUE_CHARS  2048        /* longest value */
#define CONFIG_ARENA_BYTES  (512 * 1024)
#define CONFIG_LISTEN_CHARS 64

enum config_source { CONFIG_DEFAULT, CONFIG_FILE, CONFIG_ENVIRONMENT };

enum config_signature_profile { CONFIG_SIGNATURE_COMPAT, CONFIG_SIGNATURE_STRICT };
enum config_content_digest { CONFIG_DIGEST_STRICT, CONFIG_DIGEST_WARN, CONFIG_DIGEST_OFF };
enum config_accounts_mode { CONFIG_ACCOUNTS_WALLET, CONFIG_ACCOUNTS_HEADLESS };

/* Texts are NUL-terminated, owned by the configuration, and NULL where unset. Paths are
 * already resolved against the node's directory; the database's is not, because the store does it.
 * Times carry their unit in the name; amounts are smallest units. */
struct config {
	const char *dir;

	struct {
		const char *listen;     /* ADDRESS:PORT; see config_parse_listen */
		const char *public_url; /* without a trailing slash; never NULL */
		const char *admin_listen;
		uint64_t threads; /* 0: as many as there are cores */
		const char *tls_certificate;
		const char *tls_key;
		const char *trusted_proxies; /* addresses or networks, blank-separated */
		const char *root_wallet;
		enum log_level log_level;
		bool dev;
	} server;
	struct {
		const char *url; /* "sqlite:florin.db", relative to dir */
	} database;
	struct {
		const char *address;
		uint64_t max_packet_amount; /* of the node's own asset; 0: no cap */
		uint64_t max_hold_s;
		uint64_t min_message_window_ms;
		bool stream_echo; /* only with dev */
		bool auto_peering;
	} ilp;
	struct {
		const char *file; /* NULL where prices are fetched and it is not set */
		const char *url;
		const char *ecb;         /* a URL, else a file */
		const char *priority;    /* sources, blank-separated */
		uint64_t max_age_s;      /* of file and url, unless they have their own */
		uint64_t file_max_age_s; /* 0: rates do not age */
		uint64_t url_max_age_s;
		uint64_t ecb_max_age_s;
		uint64_t jump_bps; /* of what is fetched; 0: no bound */
	} rates;
	struct {
		uint64_t lifetime_s;
		uint64_t slippage_bps;
	} quotes;
	struct {
		const char *consent; /* "builtin" or a URL */
		const char *idp_secret;
		uint64_t password_above; /* major units */
		uint64_t token_lifetime_s;
		uint64_t signature_max_age_s;
		enum config_signature_profile signature_profile;
		enum config_content_digest require_content_digest;
	} auth;
	struct {
		enum config_accounts_mode mode;
		bool incoming_approval;      /* the host approves each incoming payment */
		bool confirm_partials;       /* and decides about each packet of money for one */
		bool wallet_not_found;       /* and is told of addresses that nobody has */
		uint64_t addresses_per_user; /* that holders make themselves; 0: the operator alone
		                              */
		uint64_t faucet; /* major units: deposits up to it need no answer; 0: all do */
	} accounts;
	struct {
		const char *url;
		const char *secret;
		uint64_t timeout_s;
	} webhooks;
	struct {
		const char *allow;   /* hosts or networks, blank-separated */
		const char *ca_file; /* PEM; NULL: the system's roots */
	} outbound;
	struct {
		uint64_t connections;
		uint64_t connections_per_address;
		uint64_t connection_bytes;
		uint64_t header_s;
		uint64_t body_s;
		uint64_t response_s;
		uint64_t idle_s;
		uint64_t header_bytes;
		uint64_t header_fields;
		uint64_t json_bytes;
		uint64_t json_depth;
		uint64_t json_tokens;
		uint64_t metadata_bytes;
		uint64_t requests_per_address_per_s; /* 0 lifts each of the rates */
		uint64_t requests_per_key_per_s;
		uint64_t packets_per_peer_per_s;
		uint64_t packets_per_peer_burst;
		uint64_t in_flight_per_peer;
		uint64_t routes_per_peer; /* learned ones */
		uint64_t routes;
		uint64_t packet_expiry_s;
		uint64_t outbound_connect_s;
		uint64_t outbound_total_s;
		uint64_t outbound_bytes;
		uint64_t outbound_per_host;
		uint64_t pending_grants_per_client;
		uint64_t interaction_s;
		uint64_t session_idle_s;
		uint64_t session_s;
		uint64_t incoming_payment_s;
		uint64_t incoming_payment_max_s;
		uint64_t incoming_slack_bps;
		uint64_t confirm_partial_ms;
		uint64_t webhook_days;
		uint64_t settlement_timeout_s;
		uint64_t idempotency_days;
		uint64_t page_size;
	} limits;

	/* For `florin check`: read through config_row. */
	uint8_t source[CONFIG_KEYS_MAX];
	const char *value[CONFIG_KEYS_MAX];
	struct arena memory;
};

/* Why a configuration was refused, for the line `florin: WHAT: WHY (HINT)`. hint may be empty. */
struct config_error {
	char what[128]; /* "[server] public_url" */
	char why[256];
	char hint[256];
};

/* Reads DIR/florin.conf, then `environment` (NAME=VALUE strings, NULL-terminated; NULL: none).
 * On success the caller owns *out and clears it; on failure *out needs no clearing and *error tells
 * the first thing wrong.
 * Errors: OURS_CONFIG, OURS_IO (file unreadable or missing), OURS_MEMORY. Spec: contract 3. */
MUST_USE enum result config_load(
        const char *dir, char *const *environment, struct config *out, struct config_error *error);
/* The same from a file's text, which the caller keeps: for tests and for `init`, which checks what
 * it is about to write. */
MUST_USE enum result config_load_text(const char *dir, const char *text, char *const *environment,
        struct config *out, struct config_error *error);
void config_clear(struct config *c);
/* Valid keys that this version does not serve yet must not be ignored in silence: a node does not
 * start with one set. Errors: OURS_CONFIG, with *error telling the first. */
MUST_USE enum result config_served(const struct config *c, struct config_error *error);

/* One effective value, for `florin check`. All texts borrow from the configuration. */
struct config_row {
	const char *section;
	const char *key;
	const char *value; /* "set" for a secret that is; "" where unset */
	const char *source;
};
size_t config_row_count(void);
void config_row(const struct config *c, size_t i, struct config_row *out);

/* Splits "127.0.0.1:3000", "[::1]:3000" or "localhost:3000". host is without brackets. Port 0 is
 * any free port. Errors: THEIRS_MALFORMED. */
MUST_USE enum result config_parse_listen(
        const char *text, char host[CONFIG_LISTEN_CHARS], uint16_t *port);

/* Texts of a value. A URL is http or https with a host, without user information or fragment; an
 * origin is one without path or query. A flag is yes, true, on, 1 or the opposite of one; false:
 * none of them. */
bool config_text_is_url(const char *url);
bool config_text_is_origin(const char *url);
bool config_text_flag(const char *text, bool *out);

/* ---- private to config*.c ---- */

/* What a key may be. */
enum config_kind {
	KIND_TEXT,
	KIND_SECRET,
	KIND_NAME,     /* a wallet's name */
	KIND_PATH,     /* a file, relative to the node's directory */
	KIND_LISTEN,   /* ADDRESS:PORT */
	KIND_ORIGIN,   /* a URL of scheme, host and port */
	KIND_URL,      /* any http(s) URL */
	KIND_CONSENT,  /* "builtin" or a URL */
	KIND_PLACE,    /* a URL, else a file as KIND_PATH */
	KIND_DATABASE, /* sqlite:PATH */
	KIND_ADDRESS,  /* an ILP address */
	KIND_LIST,     /* blank-separated words */
	KIND_NUMBER,
	KIND_FLAG,
	KIND_CHOICE, /* stored as the index of the word */
};

/* What such a text must be, where this one is not; *hint may get more to say. NULL: it is fine. */
const char *config_text_fault(enum config_kind kind, const char *value, const char **hint);

#endif
