/* limits: every maximum of the program, named in one place.
 *
 * Those that an operator may set have a key of the same name in [limits]; these are the defaults.
 */
#ifndef FLORIN_BASE_LIMITS_H
#define FLORIN_BASE_LIMITS_H

/* names */
#define NAME_MAX_CHARS  63 /* a wallet's or peer's name: [a-z0-9][a-z0-9_-]{0,62} */
#define URL_MAX_CHARS   2048
#define PUBLIC_NAME_MAX 128
#define ILP_ADDRESS_MAX 1023
#define ILP_DATA_MAX    32767
#define ILP_MESSAGE_MAX 8191
#define ILP_PACKET_MAX  42000 /* bytes of any packet that we read */

/* HTTP listener */
#define LIMIT_CONNECTIONS                4096
#define LIMIT_CONNECTIONS_PER_ADDRESS    256
#define LIMIT_CONNECTIONS_PER_PEER       960 /* on which it has shown its token */
#define LIMIT_REQUESTS_PER_ADDRESS_PER_S 2000
#define LIMIT_HEADER_S                   10
#define LIMIT_BODY_S                     15
#define LIMIT_RESPONSE_S                 30
#define LIMIT_IDLE_S                     30
#define LIMIT_HEADER_BYTES               8192
#define LIMIT_HEADER_FIELDS              64
#define LIMIT_JSON_BYTES                 65536
#define LIMIT_METADATA_BYTES             4096
#define LIMIT_JSON_DEPTH                 16
#define LIMIT_JSON_TOKENS                4096
#define LIMIT_PAGE_SIZE                  100
#define LIMIT_REQUEST_ARENA              (256 * 1024)
/* Of each row of a list beyond that: its texts came with one request, and as much
 * is read with it. */
#define LIMIT_ROW_BYTES (2 * LIMIT_JSON_BYTES)

/* packets */
#define LIMIT_PACKETS_PER_PEER_PER_S 20000
#define LIMIT_IN_FLIGHT_PER_PEER     1000
#define LIMIT_EXPIRY_CLAMP_MS        60000 /* key packet_expiry_s: a longer life is treated as it */

/* packets that wait for the host's decision: of the node, and of one incoming payment */
#define LIMIT_PARTIALS             256
#define LIMIT_PARTIALS_PER_PAYMENT 16
#define LIMIT_CONFIRM_PARTIAL_MS   1500 /* how long it has, at most */
#define LIMIT_PARTIAL_DATA_BYTES   2048 /* of what the sender says, shown to it */

/* outbound */
#define LIMIT_OUTBOUND_CONNECT_MS 3000
#define LIMIT_OUTBOUND_TOTAL_MS   8000
#define LIMIT_OUTBOUND_BODY_BYTES 65536
#define LIMIT_OUTBOUND_PER_HOST   8
#define LIMIT_OUTBOUND_PER_TARGET 768
/* Of them on connections that brought no answer yet: below what other nodes allow one address that
 * has shown no token, since a request on a connection that they drop is lost. */
#define LIMIT_OUTBOUND_NEW_PER_TARGET 192
#define LIMIT_OUTBOUND_IN_FLIGHT      4096

/* store */
#define NODE_ADDRESS_CHARS 512  /* of its own ILP address: `.wallet.token` has room behind it */
#define LIMIT_PEERS        1000 /* of one node: its snapshot holds them all */

/* what is kept after its end, and how much goes in one transaction */
#define LIMIT_GRANT_KEPT_DAYS 30
#define LIMIT_TOKEN_KEPT_DAYS 7  /* one that was rotated or given back */
#define LIMIT_QUOTE_KEPT_DAYS 1  /* that nobody used */
#define LIMIT_EMPTY_KEPT_DAYS 30 /* a client's incoming payment that nobody paid */
#define LIMIT_SWEEP_ROWS      100

/* outgoing payments */
#define LIMIT_PAYMENTS_AT_WORK            64 /* the rest waits in the store */
#define LIMIT_PAYMENTS_AT_WORK_PER_WALLET 16

/* queues */
#define LIMIT_WRITER_QUEUE   8192              /* operations that may wait for the writer */
#define LIMIT_SLOW_QUEUE     64                /* passwords that may wait to be hashed */
#define LIMIT_WRITER_BATCH   1024              /* operations in one transaction */
#define LIMIT_REPLAY_BYTES   (8 * 1024 * 1024) /* remembered replies to Prepares */
#define LIMIT_REPLAY_ENTRIES 16384

#endif
