#include "admin/condition.h"

#include <stdlib.h>
#include <string.h>

#include "admin/answer.h"
#include "base/secret.h"
#include "http/router.h"
#include "ilp/node.h"

#define TAG_SIZE 35 /* of the text with its quotes: 16 bytes as hex digits */

/* What of an object changes by itself; "" is all the others. */
static const struct {
	const char *pattern; /* below /admin/v1 */
	const char *members[4];
} passing[] = {
        {"/assets/{id}", {"liquidity"}},
        {"/peers/{id}", {"balance", "pending", "health", "assignedAddress"}},
        {"/peers/{id}/settlement-terms", {"balance", "leftover", "due"}},
        {"/keys/{id}", {"lastUsedAt"}},
        {"/incoming-payments/{id}", {"receivedAmount", "fee", "state"}},
};

static void drop_passing(json_t *object, const char *pattern)
{
	const char *path = strstr(pattern, "/v1");

	for (size_t i = 0; path && i < sizeof(passing) / sizeof(passing[0]); i++) {
		if (strcmp(path + strlen("/v1"), passing[i].pattern) != 0)
			continue;
		for (size_t k = 0; k < 4 && passing[i].members[k]; k++)
			(void)json_object_del(object, passing[i].members[k]);
	}
}

/* The ETag of an answer; false where memory is out. */
static bool tag_of(const struct http_request *rq, struct bytes body, char out[TAG_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	json_t *object = json_loadb((const char *)body.p, body.n, 0, NULL);
	uint8_t hash[32];
	char *text;

	drop_passing(object, rq->route->pattern);
	text = object ? json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	json_decref(object);
	if (!text)
		return false;
	sha256(bytes_str(text), hash);
	free(text);
	out[0] = out[TAG_SIZE - 2] = '"';
	for (size_t i = 0; i < 16; i++) {
		out[1 + 2 * i] = digits[hash[i] >> 4];
		out[2 + 2 * i] = digits[hash[i] & 15];
	}
	out[TAG_SIZE - 1] = '\0';
	return true;
}

/* What `get` answers, taken back. False where it has refused: then the reply is set. */
static bool look(struct http_request *rq, http_handler *get, struct bytes *body)
{
	unsigned status;

	(void)get(rq);
	if (!http_reply_take_back(rq, &status, body)) {
		/* no memory, or not what a GET of an object gives */
		return false;
	}
	if (status == 200)
		return true;
	(void)http_reply_bytes(rq, status, "application/json", *body);
	return false;
}

enum http_next admin_condition_get(struct http_request *rq, http_handler *get)
{
	char *tag = arena_alloc(&rq->arena, TAG_SIZE);
	struct bytes body;

	if (!look(rq, get, &body))
		return HTTP_DONE;
	if (!tag || !tag_of(rq, body, tag))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	http_reply_header(rq, "ETag", tag);
	return http_reply_bytes(rq, 200, "application/json", body);
}

/* ---- changes, in turn ---- */

struct admin_turn {
	struct admin_turn *next; /* of the loop's, in order of arrival */
	struct node_loop *loop;
	struct http_request *rq;
	struct task task; /* its turn has come */
	http_handler *get, *change;
	bool waits;
};

static void turn_came(struct task *t)
{
	http_resume(OWNER_OF(t, struct admin_turn, task)->rq);
}

/* Its request is over: the next of the same kind has its turn. */
static void end(void *p)
{
	struct admin_turn *turn = p, **at = &turn->loop->turns, *next;

	while (*at != turn)
		at = &(*at)->next;
	*at = turn->next;
	for (next = turn->next; next && next->get != turn->get; next = next->next)
		;
	if (next && next->waits) {
		next->waits = false;
		node_send_home(turn->loop->home, &next->task, turn_came);
	}
}

static bool has_turn(const struct admin_turn *turn)
{
	const struct admin_turn *first = turn->loop->turns;

	while (first->get != turn->get)
		first = first->next;
	/* One request may make several changes, by http/inner.h. */
	return first->rq == turn->rq;
}

/* The newest of the request. */
static const struct admin_turn *turn_of(const struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	const struct admin_turn *found = NULL;

	for (const struct admin_turn *t = loop->turns; t; t = t->next)
		if (t->rq == rq)
			found = t;
	return found;
}

/* RFC 9110 13.1.1: "*" is any that there is; else one of the list. */
static bool matches(const char *wanted, const char *tag)
{
	size_t n = strlen(tag);

	for (const char *at = wanted + strspn(wanted, " \t,"); *at; at += strspn(at, " \t,")) {
		if (*at == '*')
			return true;
		if (strncmp(at, tag, n) == 0)
			return true;
		at += *at == '"' ? 1 + strcspn(at + 1, "\"") : strcspn(at, ",");
		at += *at == '"';
	}
	return false;
}

static enum http_next refuse(struct http_request *rq, const char *why)
{
	return http_reply_error_details(
	        rq, 412, ADMIN_CHANGED_CODE, why, json_pack("{s:s}", "field", "If-Match"));
}

static enum http_next go(struct http_request *rq)
{
	const struct admin_turn *turn = turn_of(rq);
	const char *wanted = http_header(rq, "If-Match");
	struct bytes body;
	char tag[TAG_SIZE];

	if (!wanted)
		return turn->change(rq);
	if (!look(rq, turn->get, &body))
		return HTTP_DONE;
	if (!tag_of(rq, body, tag))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	if (!matches(wanted, tag))
		return refuse(rq, "it is no longer what If-Match names: somebody has changed it");
	return turn->change(rq);
}

enum http_next admin_condition_change(
        struct http_request *rq, http_handler *get, http_handler *change)
{
	struct admin_turn *turn, **last;

	if (!get && http_header(rq, "If-Match"))
		return refuse(rq, "this has no ETag, so that If-Match can't hold");
	if (!get)
		return change(rq);
	turn = arena_alloc(&rq->arena, sizeof(*turn));
	if (!turn)
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	*turn = (struct admin_turn){.loop = http_app(rq), .rq = rq, .get = get, .change = change};
	for (last = &turn->loop->turns; *last; last = &(*last)->next)
		;
	*last = turn;
	if (http_defer(rq, end, turn)) { /* which has run */
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	}
	if (has_turn(turn))
		return go(rq);
	turn->waits = true;
	http_park(rq, go);
	return HTTP_PARKED;
}
