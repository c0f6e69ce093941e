/* websocket_head: how a WebSocket begins: the client's request, the server's answer, and the proof
 * that it was meant. Pure.
 *
 * Spec: RFC 6455 4.
 */
#ifndef FLORIN_NET_WEBSOCKET_HEAD_H
#define FLORIN_NET_WEBSOCKET_HEAD_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/result.h"

#define WEBSOCKET_KEY_SIZE    25 /* 16 bytes in base64, and a NUL */
#define WEBSOCKET_ACCEPT_SIZE 29 /* 20 bytes in base64, and a NUL */
#define WEBSOCKET_HEAD_MAX    8192

/* Whether a client's Sec-WebSocket-Key is one. */
bool websocket_key_is_good(const char *key);
/* Sec-WebSocket-Accept for a key of at most WEBSOCKET_KEY_SIZE - 1 characters. Errors: OURS_MEMORY
 * (the hash is not to be had). */
MUST_USE enum result websocket_accept(const char *key, char out[WEBSOCKET_ACCEPT_SIZE]);
/* One of the words of a header's list, in any case; value may be NULL. */
bool websocket_list_has(const char *value, const char *word);
/* The client's request for an absolute http or https URL. */
void websocket_head_request(struct buf *b, const char *url, const char *key);
/* Reads the server's answer from the beginning of `in`: *used is its length where it is all there,
 * 0 where more must come. Errors: THEIRS_PROTOCOL (not the answer to this key, or it offers what
 * was not asked for), THEIRS_REFUSED (another status), THEIRS_TOO_BIG. */
MUST_USE enum result websocket_head_answer(
        struct bytes in, const char accept[WEBSOCKET_ACCEPT_SIZE], size_t *used);

#endif
