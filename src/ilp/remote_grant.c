#include "ilp/remote_grant.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

struct entry {
	struct remote_call call;
	struct remote_grants *owner;
	char auth_server[URL_MAX_CHARS + 1];
	enum remote_access access;
	struct remote_token token; /* text "": none */
	int64_t expires_ms;        /* monotonic; INT64_MAX: not told */
	int64_t used_ms;
	struct remote_grant_call *waiting; /* not NULL: it is being asked for */
	bool rotating;
	bool answering; /* its callers are being answered */
	char *body;
};

struct remote_grants {
	struct node *node;
	struct entry *entries[REMOTE_GRANTS_MAX];
	size_t count;
};

struct remote_grants *remote_grants_new(struct node *n)
{
	struct remote_grants *g = calloc(1, sizeof(*g));

	if (g)
		g->node = n;
	return g;
}

static void entry_free(struct entry *e)
{
	assert(!e->waiting && !e->answering);
	remote_call_clear(&e->call);
	secret_wipe(&e->token, sizeof(e->token));
	free(e->body);
	free(e);
}

void remote_grants_free(struct remote_grants *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->count; i++)
		entry_free(g->entries[i]);
	free(g);
}

static int64_t now_ms(const struct entry *e)
{
	return outbound_now_ms(e->owner->node->outbound);
}

/* ---- finding ---- */

static struct entry *find(
        struct remote_grants *g, const char *auth_server, enum remote_access access)
{
	for (size_t i = 0; i < g->count; i++) {
		struct entry *e = g->entries[i];

		if (e->access == access && strcmp(e->auth_server, auth_server) == 0)
			return e;
	}
	return NULL;
}

static bool is_idle(const struct entry *e)
{
	return !e->waiting && !e->answering;
}

static void drop(struct remote_grants *g, size_t i)
{
	entry_free(g->entries[i]);
	g->entries[i] = g->entries[--g->count];
}

/* A place for one more. Of those that are kept for later use the one that was not used for the
 * longest time gives way; those beyond them, which a burst has left, go. */
static size_t make_room(struct remote_grants *g)
{
	size_t idle = 0, oldest = 0;

	for (size_t i = 0; i < g->count; i++)
		idle += is_idle(g->entries[i]);
	while (idle >= REMOTE_GRANTS_KEPT) {
		oldest = REMOTE_GRANTS_MAX;
		for (size_t i = 0; i < g->count; i++)
			if (is_idle(g->entries[i]) &&
			        (oldest == REMOTE_GRANTS_MAX ||
			                g->entries[i]->used_ms < g->entries[oldest]->used_ms))
				oldest = i;
		drop(g, oldest);
		idle--;
	}
	return g->count < REMOTE_GRANTS_MAX ? g->count++ : REMOTE_GRANTS_MAX;
}

static enum result find_or_make(
        struct remote_grants *g, const struct remote_grant_call *c, struct entry **out)
{
	struct entry *e = find(g, c->auth_server, c->access);
	size_t place;

	*out = e;
	if (e)
		return RESULT_OK;
	e = calloc(1, sizeof(*e));
	if (!e)
		return RESULT_OURS_MEMORY;
	place = text_copy(e->auth_server, sizeof(e->auth_server), c->auth_server)
	                ? REMOTE_GRANTS_MAX
	                : make_room(g);
	if (place == REMOTE_GRANTS_MAX) {
		free(e);
		return RESULT_RETRY_BUSY;
	}
	e->owner = g;
	e->access = c->access;
	g->entries[place] = e;
	*out = e;
	return RESULT_OK;
}

/* ---- asking ---- */

static void answer(struct remote_grant_call *c, enum result r, const struct entry *e)
{
	c->result = r;
	if (!r)
		memcpy(c->token, e->token.text, sizeof(c->token));
	c->done(c);
}

/* Whoever asks again from its done() begins a new question. */
static void answer_all(struct entry *e, enum result r)
{
	struct remote_grant_call *c = e->waiting;

	e->waiting = NULL;
	e->answering = true;
	while (c) {
		struct remote_grant_call *next = c->next;

		answer(c, r, e);
		c = next;
	}
	e->answering = false;
}

static void ask(struct entry *e);

static enum result judge(struct entry *e)
{
	const struct remote_call *c = &e->call;

	if (c->result)
		return c->result;
	if (c->status != 200)
		return remote_call_later(c) ? remote_call_later(c) : RESULT_THEIRS_REFUSED;
	return remote_token_read(c->json, &e->token);
}

static void asked(struct remote_call *c)
{
	struct entry *e = OWNER_OF(c, struct entry, call);
	enum result r = judge(e);

	if (r)
		secret_wipe(&e->token, sizeof(e->token));
	if (r && e->rotating) {
		e->rotating = false;
		ask(e);
		return;
	}
	log_info("remote_grant", "server=%s status=%d result=%s", e->auth_server, c->status,
	        result_name(r));
	e->expires_ms = INT64_MAX;
	if (!r && e->token.expires_in_s)
		e->expires_ms = now_ms(e) + e->token.expires_in_s * 1000;
	answer_all(e, r);
}

/* {"access_token":{"access":[...]},"client":...,"interact":{"start":["redirect"]}}: a server that
 * asks no person ignores the last member. */
static char *grant_body(const struct entry *e)
{
	static const char *const actions[REMOTE_ACCESSES][2] = {
	        [REMOTE_READ] = {"read-all", NULL},
	        [REMOTE_CREATE] = {"create", "read-all"},
	        [REMOTE_COMPLETE] = {"read-all", "complete"},
	        [REMOTE_QUOTE] = {"create", "read"},
	};
	const char *const *a = actions[e->access];
	json_t *list = a[1] ? json_pack("[s,s]", a[0], a[1]) : json_pack("[s]", a[0]);
	json_t *body = json_pack("{s:{s:[{s:s,s:o}]},s:s+,s:{s:[s]}}", "access_token", "access",
	        "type", e->access == REMOTE_QUOTE ? "quote" : "incoming-payment", "actions", list,
	        "client", e->owner->node->options.public_url, "/node", "interact", "start",
	        "redirect");
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;

	json_decref(body);
	return text;
}

static void ask(struct entry *e)
{
	if (!e->body)
		e->body = grant_body(e);
	if (!e->body) {
		answer_all(e, RESULT_OURS_MEMORY);
		return;
	}
	e->call.method = OUTBOUND_POST;
	e->call.url = e->auth_server;
	e->call.body = e->body;
	e->call.sign = true;
	e->call.token = NULL;
	remote_call_start(e->owner->node, &e->call, asked);
}

static void rotate(struct entry *e)
{
	e->call.method = OUTBOUND_POST;
	e->call.url = e->token.manage;
	e->call.body = NULL;
	e->call.sign = true;
	e->call.token = e->token.text;
	remote_call_start(e->owner->node, &e->call, asked);
}

void remote_grant_get(struct remote_grants *g, struct remote_grant_call *c,
        void (*done)(struct remote_grant_call *c))
{
	struct entry *e;
	enum result r = find_or_make(g, c, &e);
	bool busy;

	c->done = done;
	if (r) {
		answer(c, r, NULL);
		return;
	}
	e->used_ms = now_ms(e);
	busy = e->waiting != NULL;
	if (!busy && *e->token.text && e->used_ms < e->expires_ms - REMOTE_GRANT_LATE_S * 1000) {
		answer(c, RESULT_OK, e);
		return;
	}
	c->next = e->waiting;
	e->waiting = c;
	if (busy)
		return;
	e->rotating = *e->token.text != '\0';
	if (e->rotating)
		rotate(e);
	else
		ask(e);
}

void remote_grant_forget(struct remote_grants *g, const struct remote_grant_call *c)
{
	struct entry *e = find(g, c->auth_server, c->access);

	if (e && !e->waiting && secret_eq_bytes(bytes_str(e->token.text), bytes_str(c->token)))
		secret_wipe(&e->token, sizeof(e->token));
}
