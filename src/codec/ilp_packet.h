/* ilp_packet: Prepare, Fulfill and Reject of ILPv4.
 *
 * Decoders borrow from the input and copy nothing but integers. They ignore bytes after the last
 * field and after the packet, as the rules for extension ask; a connector forwards the bytes that
 * it received. Encoders append to a buf and leave it failed where a field is over its limit. Spec:
 * RFC 0027; asn1/InterledgerProtocol.asn; amounts are in the smallest unit of the account that the
 * packet travels over.
 */
#ifndef FLORIN_CODEC_ILP_PACKET_H
#define FLORIN_CODEC_ILP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"

enum ilp_type {
	ILP_PREPARE = 12,
	ILP_FULFILL = 13,
	ILP_REJECT = 14,
};

#define ILP_CONDITION_SIZE   32
#define ILP_FULFILLMENT_SIZE 32
#define ILP_CODE_SIZE        3

/* Error codes: three bytes on the wire. Others must be relayed untouched. */
#define ILP_F00_BAD_REQUEST                     "F00"
#define ILP_F01_INVALID_PACKET                  "F01"
#define ILP_F02_UNREACHABLE                     "F02"
#define ILP_F03_INVALID_AMOUNT                  "F03"
#define ILP_F04_INSUFFICIENT_DESTINATION_AMOUNT "F04"
#define ILP_F05_WRONG_CONDITION                 "F05"
#define ILP_F06_UNEXPECTED_PAYMENT              "F06"
#define ILP_F07_CANNOT_RECEIVE                  "F07"
#define ILP_F08_AMOUNT_TOO_LARGE                "F08"
#define ILP_F09_INVALID_PEER_RESPONSE           "F09"
#define ILP_F99_APPLICATION_ERROR               "F99"
#define ILP_T00_INTERNAL_ERROR                  "T00"
#define ILP_T01_PEER_UNREACHABLE                "T01"
#define ILP_T02_PEER_BUSY                       "T02"
#define ILP_T03_CONNECTOR_BUSY                  "T03"
#define ILP_T04_INSUFFICIENT_LIQUIDITY          "T04"
#define ILP_T05_RATE_LIMITED                    "T05"
#define ILP_T99_APPLICATION_ERROR               "T99"
#define ILP_R00_TRANSFER_TIMED_OUT              "R00"
#define ILP_R01_INSUFFICIENT_SOURCE_AMOUNT      "R01"
#define ILP_R02_INSUFFICIENT_TIMEOUT            "R02"
#define ILP_R99_APPLICATION_ERROR               "R99"

/* What a code's first letter promises; a letter that is none counts as final. */
enum ilp_code_class { ILP_CODE_FINAL, ILP_CODE_TEMPORARY, ILP_CODE_RELATIVE };
enum ilp_code_class ilp_code_class(const char *code);

struct ilp_prepare {
	uint64_t amount;
	int64_t expires_at_ms;
	const uint8_t *condition; /* 32 bytes */
	struct bytes destination; /* a valid address */
	struct bytes data;
	size_t amount_at; /* set by decode: where amount and expiry stand in the packet */
};

struct ilp_fulfill {
	const uint8_t *fulfillment; /* 32 bytes */
	struct bytes data;
};

struct ilp_reject {
	char code[ILP_CODE_SIZE + 1]; /* as received, and a NUL */
	struct bytes triggered_by;    /* an address, or empty */
	struct bytes message;         /* not promised to be UTF-8 */
	struct bytes data;
};

/* Which of the three a packet says to be. Errors: THEIRS_TRUNCATED, THEIRS_BAD_TYPE. */
MUST_USE enum result ilp_packet_type(struct bytes in, enum ilp_type *out);

/* *out points into `in`, which must outlive it.
 * Errors of the three: THEIRS_BAD_TYPE (another or no type), THEIRS_TRUNCATED, THEIRS_NONCANONICAL,
 * THEIRS_TOO_BIG (data above ILP_DATA_MAX, message above ILP_MESSAGE_MAX, an address above
 * ILP_ADDRESS_MAX), THEIRS_MALFORMED (expiry or address). All are answered F01. */
MUST_USE enum result ilp_prepare_decode(struct bytes in, struct ilp_prepare *out);
MUST_USE enum result ilp_fulfill_decode(struct bytes in, struct ilp_fulfill *out);
MUST_USE enum result ilp_reject_decode(struct bytes in, struct ilp_reject *out);

void ilp_prepare_encode(struct buf *b, const struct ilp_prepare *p);
void ilp_fulfill_encode(
        struct buf *b, const uint8_t fulfillment[ILP_FULFILLMENT_SIZE], struct bytes data);
/* code: three bytes, one of the ILP_ names above or a relayed one. */
void ilp_reject_encode(struct buf *b, const char *code, struct bytes triggered_by,
        struct bytes message, struct bytes data);

/* Write another amount and expiry into the packet that `p` was decoded from, for forwarding: 25
 * bytes change, nothing moves. `packet` is the first byte of that packet; `p` is updated too. */
void ilp_prepare_patch(
        uint8_t *packet, struct ilp_prepare *p, uint64_t amount, int64_t expires_at_ms);

/* The data of an F08: both amounts in units of the refusing hop's incoming account. */
#define ILP_F08_DATA_SIZE 16
struct ilp_f08_data {
	uint64_t received;
	uint64_t maximum;
};

/* Bytes after the first 16 are ignored. Errors: THEIRS_TRUNCATED: the refusal
 * carries no amounts. */
MUST_USE enum result ilp_f08_decode(struct bytes data, struct ilp_f08_data *out);
void ilp_f08_encode(struct buf *b, const struct ilp_f08_data *d);
/* The most that the sender may put in one packet, in its own units: floor(sent * maximum /
 * received). False where the data says nothing (received <= maximum). */
bool ilp_f08_new_max(const struct ilp_f08_data *d, uint64_t sent, uint64_t *out);

#endif
