/* btp: packets of the Bilateral Transfer Protocol 2.0, which carries ILP packets over a WebSocket.
 *
 * Each is `type u8 | request id u32 | length-prefixed contents`. What follows the last field is
 * ignored. Decoding borrows from the input and allocates nothing. Spec: RFC 0023;
 * Interledger, BTP.
 */
#ifndef FLORIN_CODEC_BTP_H
#define FLORIN_CODEC_BTP_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"

#define BTP_ENTRIES_MAX 16 /* of protocol data; a count on the wire has no bound */
#define BTP_NAME_MAX    255
#define BTP_TIME_MAX    32
#define BTP_DATA_MAX    65535
#define BTP_CODE_SIZE   3

enum btp_type {
	BTP_RESPONSE = 1,
	BTP_ERROR = 2,
	BTP_MESSAGE = 6,
	BTP_TRANSFER = 7,
};

enum btp_content_type {
	BTP_OCTETS = 0,
	BTP_TEXT = 1,
	BTP_JSON = 2,
};

/* One sub-protocol's part. */
struct btp_entry {
	struct bytes name;
	uint8_t content_type; /* enum btp_content_type, or one that is not known */
	struct bytes data;
};

struct btp_packet {
	enum btp_type type;
	uint32_t request_id;
	uint64_t amount; /* of a Transfer */
	/* of an Error */
	struct bytes code;         /* 3 bytes */
	struct bytes name;         /* e.g. NotAcceptedError */
	struct bytes triggered_at; /* YYYYMMDDHHMMSS[.fff]Z, as it came */
	struct bytes data;
	/* of all; the first one is the primary */
	struct btp_entry entries[BTP_ENTRIES_MAX];
	size_t entry_count;
};

/* *out points into `in`. Errors: THEIRS_MALFORMED (an unknown type), THEIRS_TRUNCATED,
 * THEIRS_NONCANONICAL, THEIRS_TOO_BIG (more entries or longer parts than the limits above). */
MUST_USE enum result btp_decode(struct bytes in, struct btp_packet *out);
void btp_encode(struct buf *b, const struct btp_packet *p);
/* The first entry of that name; NULL: there is none. */
const struct btp_entry *btp_find(const struct btp_packet *p, const char *name);
/* What an Error says as its time: 15 to 19 characters and a NUL, by the rules of the spec (no
 * trailing zeros). */
#define BTP_TIME_SIZE 20
void btp_time(int64_t wall_ms, char out[BTP_TIME_SIZE]);

#endif
