/* metrics: counters and gauges in Prometheus' text format. Amounts are smallest units. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "admin/answer.h"
#include "admin/resource.h"
#include "base/log_ring.h"
#include "http/server.h"
#include "ilp/async_answer.h"
#include "ilp/async_ask.h"
#include "ilp/btp.h"
#include "ilp/node.h"

/* A page: grows with the peers, so it is not in the request's arena. */
struct metrics {
	FILE *out;
	const struct node_loop *loop;
	const struct snapshot *snapshot;
};

enum metric_type { COUNTER, GAUGE };

static void head(struct metrics *m, const char *name, enum metric_type type, const char *help)
{
	fprintf(m->out, "# HELP florin_%s %s\n# TYPE florin_%s %s\n", name, help, name,
	        type == COUNTER ? "counter" : "gauge");
}

static void one(struct metrics *m, const char *name, enum metric_type type, const char *help,
        uint64_t value)
{
	head(m, name, type, help);
	fprintf(m->out, "florin_%s %" PRIu64 "\n", name, value);
}

static void node_metrics(struct metrics *m)
{
	const struct node *n = m->loop->node;
	const struct rate_book *book = snapshot_rates(m->snapshot);

	one(m, "start_time_seconds", GAUGE, "When the node was started, Unix time.",
	        (uint64_t)(n->started_ms / 1000));
	one(m, "snapshot_version", COUNTER, "Pictures of peers, routes and rates so far.",
	        m->snapshot->version);
	head(m, "rates_time_seconds", GAUGE, "When a source's rates were true, Unix time.");
	for (size_t i = 0; i < book->count; i++)
		if (book->table[book->order[i]])
			fprintf(m->out, "florin_rates_time_seconds{source=\"%s\"} %" PRIu64 "\n",
			        rate_origin_name(book->order[i]),
			        (uint64_t)(rate_table_as_of_ms(book->table[book->order[i]]) /
			                   1000));
}

static void writer_metrics(struct metrics *m)
{
	struct writer_counters c;

	writer_counters(m->loop->node->writer, &c);
	one(m, "writer_operations_total", COUNTER, "Operations that the writer was given.",
	        c.operations);
	one(m, "writer_refused_total", COUNTER, "Operations that a rule refused.", c.refused);
	one(m, "writer_failed_total", COUNTER, "Operations that the store failed.", c.failed);
	one(m, "writer_commits_total", COUNTER, "Transactions committed.", c.commits);
	one(m, "writer_rollbacks_total", COUNTER, "Transactions rolled back.", c.rollbacks);
	one(m, "writer_replayed_total", COUNTER, "Repeated packets answered from memory.",
	        c.replayed);
	one(m, "writer_commit_microseconds_total", COUNTER, "Time spent in commits.", c.commit_us);
	one(m, "writer_queued", GAUGE, "Operations that wait for the writer.", c.queued);
}

static void outbound_metrics(struct metrics *m)
{
	struct outbound_stats s;

	outbound_stats_get(m->loop->node->outbound, &s);
	one(m, "outbound_requests_total", COUNTER, "Requests to other servers.", s.requests);
	one(m, "outbound_answers_total", COUNTER, "Requests that got an answer.", s.answers);
	one(m, "outbound_failures_total", COUNTER, "Requests without an answer.", s.failures);
	one(m, "outbound_blocked_total", COUNTER, "Requests that the guard refused.", s.blocked);
	one(m, "outbound_connections_total", COUNTER, "Connections opened.", s.connections);
}

static void btp_metrics(struct metrics *m)
{
	struct btp_stats s;

	btp_stats_get(m->loop->node->btp, &s);
	one(m, "btp_connections", GAUGE, "BTP links that are open.", s.open);
	one(m, "btp_opened_total", COUNTER, "BTP links that were opened.", s.opened);
	one(m, "btp_ended_total", COUNTER, "BTP connections that ended, refused ones too.",
	        s.ended);
	one(m, "btp_refused_total", COUNTER, "BTP connections without a peer's token.", s.refused);
	one(m, "btp_unexpected_total", COUNTER,
	        "BTP packets that answer nothing, repeat an id, or that nobody can read.",
	        s.unexpected);
}

static void async_metrics(struct metrics *m)
{
	const struct node *n = m->loop->node;
	struct async_ask_stats asks;
	struct async_answer_stats answers;

	async_ask_stats_get(n->async_asks, &asks);
	async_answer_stats_get(n->async_answers, &answers);
	one(m, "async_asked", GAUGE, "Packets to peers that answer later, which wait for it.",
	        asks.waiting);
	one(m, "async_unexpected_total", COUNTER, "Later answers to nothing that waits.",
	        asks.unexpected);
	one(m, "async_owed", GAUGE,
	        "Packets of peers that want the answer later, until it is there.", answers.waiting);
	one(m, "async_delivered_total", COUNTER, "Later answers that their peers took.",
	        answers.delivered);
	one(m, "async_undelivered_total", COUNTER, "Later answers that their peers did not take.",
	        answers.undelivered);
}

static void http_metrics(struct metrics *m, const struct http_loop *loop)
{
	struct http_counters c;

	http_server_counters(http_loop_server(loop), &c);
	one(m, "http_connections", GAUGE, "Connections that are open, of both listeners.",
	        c.connections);
	one(m, "http_connections_total", COUNTER, "Connections accepted.", c.accepted);
	one(m, "http_connections_refused_total", COUNTER, "Connections over a limit.",
	        c.refused_connections);
	one(m, "http_requests_total", COUNTER, "Requests whose header arrived.", c.requests);
	one(m, "http_requests_malformed_total", COUNTER, "Requests that the gate refused.",
	        c.gate_refused);
	one(m, "http_requests_limited_total", COUNTER, "Requests over a rate.", c.rate_limited);
	head(m, "http_replies_total", COUNTER, "Replies by the hundreds of their status.");
	for (unsigned i = 1; i < sizeof(c.status) / sizeof(c.status[0]); i++)
		fprintf(m->out, "florin_http_replies_total{status=\"%uxx\"} %" PRIu64 "\n", i,
		        c.status[i]);
	head(m, "http_deadlines_total", COUNTER, "Connections cut at a deadline.");
	fprintf(m->out,
	        "florin_http_deadlines_total{of=\"header\"} %" PRIu64 "\n"
	        "florin_http_deadlines_total{of=\"body\"} %" PRIu64 "\n"
	        "florin_http_deadlines_total{of=\"response\"} %" PRIu64 "\n"
	        "florin_http_deadlines_total{of=\"idle\"} %" PRIu64 "\n",
	        c.deadline_header, c.deadline_body, c.deadline_response, c.deadline_idle);
}

static enum result store_metrics(struct metrics *m)
{
	struct store_totals t;
	enum result r = store_totals(m->loop->reader, &t);

	if (r)
		return r;
	one(m, "wallets", GAUGE, "Wallets of this node.", t.wallets);
	one(m, "peers", GAUGE, "Peers of this node.", t.peers);
	head(m, "payments", GAUGE, "Outgoing payments by state.");
	fprintf(m->out, "florin_payments{state=\"sending\"} %" PRIu64 "\n", t.payments_sending);
	fprintf(m->out, "florin_payments{state=\"completed\"} %" PRIu64 "\n", t.payments_completed);
	fprintf(m->out, "florin_payments{state=\"failed\"} %" PRIu64 "\n", t.payments_failed);
	one(m, "packets_credited_total", COUNTER, "Prepares fulfilled for wallets of this node.",
	        t.packets_credited);
	one(m, "packets_forwarded_total", COUNTER, "Prepares forwarded and fulfilled.",
	        t.packets_forwarded);
	one(m, "doubts_open", GAUGE, "Amounts in doubt that wait for the operator.", t.doubts_open);
	return RESULT_OK;
}

static enum result balance_metrics(struct metrics *m, struct arena *arena)
{
	struct balance_row *rows;
	size_t count;
	enum result r = store_balance_list(m->loop->reader, arena, &rows, &count);

	if (r)
		return r;
	head(m, "balance", GAUGE, "What accounts of a kind hold: credits less debits.");
	for (size_t i = 0; i < count; i++) {
		const struct asset_row *asset = snapshot_asset(m->snapshot, rows[i].asset);

		if (asset)
			fprintf(m->out,
			        "florin_balance{kind=\"%s\",asset=\"%s\",scale=\"%u\"} %" PRId64
			        "\n",
			        account_kind_name(rows[i].kind), asset->code, asset->scale,
			        rows[i].balance);
	}
	return RESULT_OK;
}

static void peer_metrics(struct metrics *m)
{
	static const struct {
		const char *name;
		const char *help;
		size_t at; /* of an atomic counter in struct peer_live */
	} counters[] = {
	        {"peer_packets_in_total", "Prepares from the peer.",
	                offsetof(struct peer_live, packets_in)},
	        {"peer_packets_out_total", "Prepares to the peer.",
	                offsetof(struct peer_live, packets_out)},
	        {"peer_fulfilled_total", "Prepares to the peer that it fulfilled.",
	                offsetof(struct peer_live, fulfilled)},
	        {"peer_rejected_total", "Prepares to the peer that it rejected.",
	                offsetof(struct peer_live, rejected)},
	        {"peer_failed_total", "Prepares to the peer without an answer of Interledger.",
	                offsetof(struct peer_live, failed)},
	        {"peer_refused_total", "Prepares from the peer that were not fulfilled.",
	                offsetof(struct peer_live, refused)},
	};

	for (size_t c = 0; c < sizeof(counters) / sizeof(counters[0]); c++) {
		head(m, counters[c].name, COUNTER, counters[c].help);
		for (size_t i = 0; i < m->snapshot->peer_count; i++) {
			const struct peer *p = &m->snapshot->peers[i];
			_Atomic uint64_t *counter =
			        (void *)((unsigned char *)p->live + counters[c].at);

			fprintf(m->out, "florin_%s{peer=\"%s\"} %" PRIu64 "\n", counters[c].name,
			        p->row.name, atomic_load_explicit(counter, memory_order_relaxed));
		}
	}
}

static uint64_t peer_up(const struct peer_live *live)
{
	return atomic_load(&live->down_ms) == 0;
}

static uint64_t peer_in_flight(const struct peer_live *live)
{
	return atomic_load(&live->in_flight);
}

static uint64_t peer_in_flight_out(const struct peer_live *live)
{
	return atomic_load(&live->in_flight_out);
}

static uint64_t peer_latency(const struct peer_live *live)
{
	return (uint64_t)atomic_load(&live->latency_us);
}

static uint64_t peer_last_packet(const struct peer_live *live)
{
	return (uint64_t)(atomic_load(&live->last_packet_ms) / 1000);
}

static void peer_gauges(struct metrics *m)
{
	static const struct {
		const char *name;
		const char *help;
		uint64_t (*value)(const struct peer_live *live);
	} gauges[] = {
	        {"peer_up", "1 unless requests to the peer keep failing.", peer_up},
	        {"peer_in_flight", "Prepares from the peer that wait for an answer.",
	                peer_in_flight},
	        {"peer_in_flight_out", "Prepares to the peer that wait for an answer.",
	                peer_in_flight_out},
	        {"peer_latency_microseconds", "Moving average of the peer's answers.",
	                peer_latency},
	        {"peer_last_packet_seconds", "When the last Prepare came, Unix time; 0: none.",
	                peer_last_packet},
	};

	for (size_t g = 0; g < sizeof(gauges) / sizeof(gauges[0]); g++) {
		head(m, gauges[g].name, GAUGE, gauges[g].help);
		for (size_t i = 0; i < m->snapshot->peer_count; i++)
			fprintf(m->out, "florin_%s{peer=\"%s\"} %" PRIu64 "\n", gauges[g].name,
			        m->snapshot->peers[i].row.name,
			        gauges[g].value(m->snapshot->peers[i].live));
	}
}

static void log_metrics(struct metrics *m, struct arena *arena)
{
	struct log_count *counts = arena_alloc(arena, LOG_EVENTS_MAX * sizeof(*counts));
	size_t n = counts ? log_ring_counts(m->loop->node->started_ms, counts) : 0;

	one(m, "log_lines_dropped_total", COUNTER, "Lines that the log's reader did not get.",
	        log_dropped());
	head(m, "log_lines_total", COUNTER, "Errors and warnings of the log.");
	for (size_t i = 0; i < n; i++)
		fprintf(m->out, "florin_log_lines_total{level=\"%s\",event=\"%s\"} %" PRIu64 "\n",
		        log_level_name(counts[i].level), counts[i].event, counts[i].total);
}

enum http_next admin_metrics(struct http_request *rq)
{
	struct node_loop *loop = http_app(rq);
	struct metrics m = {.loop = loop, .snapshot = node_snapshot(loop)};
	char *text = NULL;
	size_t n = 0;
	enum result r;

	m.out = open_memstream(&text, &n);
	if (!m.out)
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	node_metrics(&m);
	r = store_metrics(&m);
	if (!r)
		r = balance_metrics(&m, &rq->arena);
	http_metrics(&m, rq->loop);
	writer_metrics(&m);
	outbound_metrics(&m);
	btp_metrics(&m);
	async_metrics(&m);
	peer_metrics(&m);
	peer_gauges(&m);
	log_metrics(&m, &rq->arena);
	if (fclose(m.out) && !r)
		r = RESULT_OURS_MEMORY;
	if (r) {
		free(text);
		return admin_refuse_by(rq, r, NULL);
	}
	return http_reply_take(rq, 200, "text/plain; version=0.0.4", bytes_of(text, n));
}
