#include "cli/serve_stop.h"

#include <unistd.h>

#include "auth/client_keys.h"
#include "base/log.h"
#include "base/slow.h"
#include "console/console.h"
#include "events/changes.h"
#include "events/feed.h"
#include "events/webhook.h"
#include "http/rate.h"
#include "http/server.h"
#include "http/tls.h"
#include "ilp/arrival.h"
#include "ilp/async_answer.h"
#include "ilp/async_ask.h"
#include "ilp/btp.h"
#include "ilp/forward.h"
#include "ilp/node.h"
#include "ilp/payer.h"
#include "ilp/peer_health.h"
#include "ilp/rate_feed.h"
#include "ilp/rate_watch.h"
#include "ilp/remote_grant.h"
#include "ilp/routes.h"
#include "ilp/settler.h"
#include "ilp/stream_host.h"
#include "ilp/sweep.h"
#include "ilp/upstream.h"
#include "web/web.h"

/* Nothing runs any more. What was never made is NULL, which each of these takes. */
static void free_all(struct serve *s)
{
	arrivals_end(s->node.arrivals);
	btp_free(s->node.btp);
	async_answers_free(s->node.async_answers);
	async_asks_free(s->node.async_asks);
	arrivals_free(s->node.arrivals);
	http_server_free(s->server);
	tls_clear();
	sweep_free(s->node.sweep);
	upstream_free(s->node.upstream);
	routes_free(s->node.routes);
	settler_free(s->node.settler);
	peer_health_free(s->node.peer_health);
	forward_free(&s->node);
	web_free(s->node.web);
	console_free(s->node.console);
	slow_free(s->node.slow);
	feed_free(s->node.feed);
	changes_free(s->node.changes);
	webhook_free(s->node.webhook);
	rate_watch_free(s->node.rate_watch);
	rate_feeds_free(s->node.rate_feeds);
	payer_free(s->node.payer);
	rate_free(s->node.key_rate);
	client_keys_free(s->node.client_keys);
	remote_grants_free(s->node.remote_grants);
	stream_hosts_free(s->node.stream_hosts);
	partials_free(s->node.partials);
	remote_servers_clear(&s->node.remote_servers);
	snapshots_free(s->node.snapshots);
	outbound_free(s->node.outbound);
	writer_free(s->node.writer);
	url_guard_free(s->guard);
	reader_close(s->reader);
	store_close(s->store);
	store_changes_free(s->store_options.changes);
	secret_clear(&s->master_key);
	secret_clear(&s->node.receiver_secret);
	secret_clear(&s->node.password_pepper);
	secret_clear(&s->node.request_key);
	secret_wipe(s->admin_token, sizeof(s->admin_token));
}

int serve_stop(struct serve *s, int status)
{
	/* Requests where a peer still owes an answer: their packets end below as unknown. */
	bool left;

	/* Those connections are partly the listener's, so that they end first; and answers to what
	 * was asked come in by it. */
	if (s->outbound_started) {
		partials_drain(s->node.partials);
		btp_drain(s->node.btp, BTP_DRAIN_MS);
		async_asks_drain(s->node.async_asks, ASYNC_DRAIN_MS);
	}
	left = s->server_started && http_server_stop(s->server) != RESULT_OK;

	if (s->slow_started)
		slow_stop(s->node.slow);
	if (s->outbound_started)
		outbound_stop(s->node.outbound, left ? 0 : OUTBOUND_DRAIN_MS);
	if (s->writer_started)
		writer_stop(s->node.writer);
	if (left) {
		/* What belongs to those requests may not be freed; what matters is committed. */
		log_warn("stop", "result=requests_left");
		store_close(s->store);
		_exit(status);
	}
	free_all(s);
	return status;
}
