#include "cli/demo_page.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/figure.h"
#include "base/task.h"
#include "codec/form.h"
#include "http/language.h"
#include "http/live.h"
#include "http/page.h"
#include "http/reply.h"
#include "http/server.h"
#include "http/static_files.h"

#define STREAMS_MAX  16    /* open pages */
#define WATCHED_MS   10000 /* after a page was asked for */
#define ADDRESS_SIZE 32
#define DRAIN_MS     1000

struct stream {
	struct demo_page *page;
	struct http_request *rq;
	unsigned place;
	struct live_told told;
};

struct demo_page {
	struct demo_look *look;
	struct http_server *server;
	struct http_server_options options;
	char address[ADDRESS_SIZE];

	pthread_mutex_t lock;
	json_t *view;   /* guarded by lock; never changed, only replaced */
	uint64_t stamp; /* guarded by lock */

	struct http_loop *loop;
	struct stream *streams[STREAMS_MAX]; /* the loop's thread */
	atomic_uint open;
	_Atomic int64_t asked_ms;

	struct task wake;
	atomic_bool waking; /* the task is on its way */
};

/* ---- in the reader's language ---- */

static void say_amount(const struct language *l, json_t *amount)
{
	const char *units = json_string_value(json_object_get(amount, "units"));
	const char *code = json_string_value(json_object_get(amount, "code"));
	json_int_t scale = json_integer_value(json_object_get(amount, "scale"));
	char text[AMOUNT_TEXT_SIZE];
	uint64_t value;

	if (!units)
		return;
	/* Of a node that is away. */
	if (!code || scale < 0 || scale > ASSET_SCALE_MAX ||
	        amount_parse_units(units, strlen(units), &value)) {
		(void)json_object_set_new(amount, "text", json_string("-"));
		return;
	}
	figure_amount(l, value, (unsigned)scale, text);
	(void)json_object_set_new(amount, "text", json_sprintf("%s %s", text, code));
}

/* What demo_look() has made, wherever it stands. Recursion is as deep as that. */
static void say(struct http_request *rq, json_t *value)
{
	static const char *const messages[] = {"state", "what", "label"};
	const char *name;
	json_t *item;
	size_t i;

	json_array_foreach(value, i, item)
	{
		say(rq, item);
	}
	for (i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		const char *text = json_string_value(json_object_get(value, messages[i]));

		if (text)
			(void)json_object_set_new(
			        value, messages[i], json_string(words_again(rq, text)));
	}
	say_amount(language_of(rq), value);
	json_object_foreach(value, name, item)
	{
		say(rq, item);
	}
}

/* ---- the loop's thread ---- */

static uint64_t stamp_now(struct demo_page *p)
{
	uint64_t stamp;

	pthread_mutex_lock(&p->lock);
	stamp = p->stamp;
	pthread_mutex_unlock(&p->lock);
	return stamp;
}

static enum http_next page_get(struct http_request *rq)
{
	struct demo_page *p = http_app(rq);
	json_t *view;
	uint64_t stamp;

	atomic_store(&p->asked_ms, clock_mono_ms());
	pthread_mutex_lock(&p->lock);
	view = json_deep_copy(p->view);
	stamp = p->stamp;
	pthread_mutex_unlock(&p->lock);
	say(rq, view);
	if (view && json_object_update_new(view,
	                    json_pack("{s:s,s:[s],s:b,s:i,s:o}", "title", words(rq, "Three nodes"),
	                            "scripts", "florin.js", "wide", 1, "refresh", LIVE_REFRESH_S,
	                            "live", live_json("/events", stamp)))) {
		json_decref(view);
		view = NULL;
	}
	return page_reply(rq, 200, "demo", view, NULL);
}

static size_t fill(struct http_request *rq, bool beat, char *out, size_t size)
{
	struct stream *s = rq->state;

	return live_write(&s->told, stamp_now(s->page), beat, out, size);
}

static void leave(void *arg)
{
	struct stream *s = arg;

	s->page->streams[s->place] = NULL;
	atomic_fetch_sub(&s->page->open, 1);
}

static enum http_next events_get(struct http_request *rq)
{
	struct demo_page *p = http_app(rq);
	struct stream *s = arena_alloc(&rq->arena, sizeof(*s));
	unsigned i = 0;

	while (i < STREAMS_MAX && p->streams[i])
		i++;
	if (!s || i == STREAMS_MAX)
		return http_reply_error(rq, 503, "busy", "too many pages are open");
	*s = (struct stream){.page = p, .rq = rq, .place = i};
	p->streams[i] = s;
	atomic_fetch_add(&p->open, 1);
	if (http_defer(rq, leave, s))
		return http_reply_error(rq, 503, "busy", "out of memory for this request");
	rq->state = s;
	return http_reply_stream(rq, "text/event-stream", fill);
}

static void wake_all(struct task *t)
{
	struct demo_page *p = OWNER_OF(t, struct demo_page, wake);

	atomic_store(&p->waking, false);
	for (unsigned i = 0; i < STREAMS_MAX; i++)
		if (p->streams[i])
			http_stream_wake(p->streams[i]->rq);
}

static enum result loop_open(struct http_loop *loop, void *arg, void **app)
{
	struct demo_page *p = arg;

	p->loop = loop;
	*app = p;
	return RESULT_OK;
}

static const struct http_route routes[] = {
        {HTTP_GET, "/", page_get, 0, 0},
        {HTTP_GET, "/events", events_get, 0, 0},
        {HTTP_GET, "/favicon.ico", static_files_get, 0, 0},
        {HTTP_GET, "/static/{file}", static_files_get, 0, 0},
        {HTTP_POST, "/wallet" PAGE_THEME_PATH, page_theme, FORM_BYTES_MAX, 0},
        {HTTP_POST, "/wallet" PAGE_LANGUAGE_PATH, page_language, FORM_BYTES_MAX, 0},
};

/* ---- the demo's thread ---- */

static bool is_watched(struct demo_page *p)
{
	return atomic_load(&p->open) > 0 ||
	       clock_mono_ms() - atomic_load(&p->asked_ms) < WATCHED_MS;
}

static enum result look(struct demo_page *p)
{
	json_t *view = demo_look(p->look);
	char *text = view ? json_dumps(view, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	bool changed;

	if (!text) {
		json_decref(view);
		return RESULT_OURS_MEMORY;
	}
	pthread_mutex_lock(&p->lock);
	json_decref(p->view);
	p->view = view;
	changed = p->stamp != live_hash(LIVE_HASH_SEED, text, strlen(text));
	p->stamp = live_hash(LIVE_HASH_SEED, text, strlen(text));
	pthread_mutex_unlock(&p->lock);
	free(text);
	if (changed && p->loop && !atomic_exchange(&p->waking, true)) {
		struct mail_list list;

		mail_list_init(&list);
		p->wake.home = http_loop_mailbox(p->loop);
		p->wake.done = wake_all;
		mail_list_add(&list, &p->wake.mail);
		task_send_home(&list);
	}
	return RESULT_OK;
}

void demo_page_look(struct demo_page *p)
{
	/* Without memory the page shows what it showed. */
	if (is_watched(p) && look(p))
		return;
}

enum result demo_page_start(
        unsigned port, const struct demo_look_node nodes[DEMO_LOOK_NODES], struct demo_page **out)
{
	struct demo_page *p = calloc(1, sizeof(*p));
	enum result r;

	if (!p)
		return RESULT_OURS_MEMORY;
	pthread_mutex_init(&p->lock, NULL);
	(void)snprintf(p->address, sizeof(p->address), "127.0.0.1:%u", port);
	p->options = (struct http_server_options){
	        .public = {.address = p->address,
	                .tables = {{routes, sizeof(routes) / sizeof(routes[0])}}},
	        .threads = 1,
	        .arg = p,
	        .loop_open = loop_open};
	http_limits_default(&p->options.limits);
	p->options.limits.drain_ms = DRAIN_MS;
	r = demo_look_new(nodes, &p->look);
	if (!r)
		r = look(p);
	if (!r)
		r = http_server_new(&p->options, &p->server);
	if (!r)
		r = http_server_start(p->server);
	if (r) {
		if (p->server)
			http_server_free(p->server);
		p->server = NULL;
		demo_page_stop(p);
	} else {
		*out = p;
	}
	return r;
}

void demo_page_stop(struct demo_page *p)
{
	if (!p)
		return;
	/* Where something hangs the process ends with it: its memory stays. */
	if (p->server && http_server_stop(p->server))
		return;
	if (p->server)
		http_server_free(p->server);
	demo_look_free(p->look);
	json_decref(p->view);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
