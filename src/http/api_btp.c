#include "http/api_btp.h"

#include <string.h>

#include "http/reply.h"
#include "ilp/btp.h"
#include "net/websocket_head.h"

static void ended(void *arg)
{
	http_upgraded_end(arg);
}

static void take(struct http_request *rq, int fd, struct bytes early, struct http_upgraded *u)
{
	const struct node_loop *loop = http_app(rq);

	btp_visit(loop->node->btp,
	        &(struct btp_visit){.fd = fd, .early = early, .ended = ended, .arg = u});
}

enum http_next api_btp_get(struct http_request *rq)
{
	const char *version = http_header(rq, "Sec-WebSocket-Version");
	const char *key = http_header(rq, "Sec-WebSocket-Key");
	char *accept = arena_alloc(&rq->arena, WEBSOCKET_ACCEPT_SIZE);

	if (!accept)
		return http_reply_result(rq, RESULT_OURS_MEMORY, "no memory");
	if (rq->method != HTTP_GET ||
	        !websocket_list_has(http_header(rq, "Upgrade"), "websocket") ||
	        !websocket_list_has(http_header(rq, "Connection"), "upgrade"))
		return http_reply_error(rq, 400, "not_a_websocket",
		        "a peer opens a WebSocket here, and speaks BTP 2.0 on it");
	if (!version || strcmp(version, "13") != 0) {
		http_reply_header(rq, "Sec-WebSocket-Version", "13");
		return http_reply_error(
		        rq, 426, "bad_version", "this server speaks version 13 of WebSockets");
	}
	if (!key || !websocket_key_is_good(key))
		return http_reply_error(
		        rq, 400, "bad_key", "Sec-WebSocket-Key is 16 bytes in base64");
	if (websocket_accept(key, accept))
		return http_reply_result(rq, RESULT_OURS_MEMORY, "no hash");
	http_reply_header(rq, "Upgrade", "websocket");
	http_reply_header(rq, "Sec-WebSocket-Accept", accept);
	return http_reply_upgrade(rq, take);
}
