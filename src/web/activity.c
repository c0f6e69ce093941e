#include "web/activity.h"

#include <string.h>

#include "base/text.h"
#include "web/show.h"

#define NEWEST_LOOK 200               /* rows that are looked at for the newest few */
#define ROW_BYTES   (2 * 1024 * 1024) /* one payment with its texts */

const char *activity_kind_name(enum activity_kind k)
{
	switch (k) {
	case ACTIVITY_SENT:
		return "sent";
	case ACTIVITY_RECEIVED:
		return "received";
	case ACTIVITY_REQUESTED:
		return "request";
	case ACTIVITY_KINDS:
		break;
	}
	return "";
}

/* ---- finding ---- */

/* A member that is a line of text, else "". */
static const char *line_of(const json_t *object, const char *name, struct arena *a)
{
	const char *text = json_string_value(json_object_get(object, name));
	char *copy;

	if (!text || !text_is_clean_utf8(text, strlen(text)))
		return "";
	copy = arena_strdup(a, text);
	return copy ? copy : "";
}

static void read_metadata(const char *metadata, struct arena *a, struct activity *out)
{
	json_t *value = *metadata ? json_loads(metadata, 0, NULL) : NULL;
	const json_t *payee = json_object_get(value, "payee");

	out->description = line_of(value, "description", a);
	out->address = line_of(payee, "address", a);
	out->name = line_of(payee, "name", a);
	json_decref(value);
}

static enum result find_row(const struct node_loop *l, struct arena *a, const struct id *id,
        struct activity *out, account_id *wallet)
{
	enum result r = store_incoming_get(l->reader, a, id, &out->in);

	if (!r) {
		*wallet = out->in.wallet;
		out->kind = out->in.terms.received ? ACTIVITY_RECEIVED : ACTIVITY_REQUESTED;
	}
	if (r != RESULT_THEIRS_NOT_FOUND)
		return r;
	r = store_payment_get(l->reader, a, id, &out->out);
	if (!r) {
		*wallet = out->out.quote.wallet;
		out->kind = ACTIVITY_SENT;
	}
	return r;
}

/* A wallet of this node that is paid is known, also where nobody wrote down who it is. */
static enum result name_local(const struct node_loop *l, struct arena *a, struct activity *p)
{
	account_id receiver = p->out.quote.local_receiver;
	struct wallet_row w;
	enum result r;

	if (p->kind != ACTIVITY_SENT || !receiver || p->name[0] || p->address[0])
		return RESULT_OK;
	r = store_wallet_of_account(l->reader, a, receiver, &w);
	if (r)
		return r;
	p->name = w.public_name[0] ? w.public_name : w.name;
	p->address = arena_printf(a, "%s/%s", l->node->options.public_url, w.name);
	return p->address ? RESULT_OK : RESULT_OURS_MEMORY;
}

enum result activity_find(struct http_request *rq, const struct holder *h, struct arena *a,
        const struct id *id, struct activity *out)
{
	account_id wallet;
	enum result r = find_row(http_app(rq), a, id, out, &wallet);

	if (r)
		return r;
	out->wallet = holder_wallet_of(h, wallet);
	if (!out->wallet)
		return RESULT_THEIRS_NOT_FOUND;
	out->asset = holder_asset(rq, out->wallet);
	if (!out->asset)
		return RESULT_OURS_BUG;
	read_metadata(out->kind == ACTIVITY_SENT ? out->out.metadata : out->in.metadata, a, out);
	return name_local(http_app(rq), a, out);
}

/* ---- what it says ---- */

uint64_t activity_amount(const struct activity *p)
{
	switch (p->kind) {
	case ACTIVITY_SENT:
		return payment_state_is_final(p->out.state) ? p->out.sent
		                                            : p->out.quote.debit_amount;
	case ACTIVITY_RECEIVED:
		return p->in.terms.received - incoming_fee(&p->in.terms);
	case ACTIVITY_REQUESTED:
	case ACTIVITY_KINDS:
		break;
	}
	return p->in.terms.amount;
}

const char *activity_state(const struct activity *p, int64_t now_ms)
{
	return p->kind == ACTIVITY_SENT
	               ? payment_state_name(p->out.state)
	               : incoming_state_name(incoming_state_at(&p->in.terms, now_ms));
}

bool activity_is_over(const struct activity *p, int64_t now_ms)
{
	return p->kind == ACTIVITY_SENT
	               ? payment_state_is_final(p->out.state)
	               : incoming_state_is_final(incoming_state_at(&p->in.terms, now_ms));
}

static const char *sent_words(enum payment_state s)
{
	switch (s) {
	case PAYMENT_FUNDING:
		return "waits for its money";
	case PAYMENT_SENDING:
		return "on its way";
	case PAYMENT_COMPLETED:
		return "completed";
	case PAYMENT_FAILED:
		return "failed";
	case PAYMENT_CANCELLED:
		return "cancelled";
	}
	return "";
}

static const char *received_words(const struct incoming_row *in, enum incoming_state s)
{
	switch (s) {
	case INCOMING_PENDING:
		return in->terms.waits ? "waits for approval" : "waits for a payer";
	case INCOMING_PROCESSING:
		return "partly paid";
	case INCOMING_COMPLETED:
		return in->terms.received ? "completed" : "closed";
	case INCOMING_EXPIRED:
		return in->cancelled_ms ? "cancelled" : "expired";
	case INCOMING_STATES:
		break;
	}
	return "";
}

const char *activity_words(const struct activity *p, int64_t now_ms)
{
	return p->kind == ACTIVITY_SENT
	               ? sent_words(p->out.state)
	               : received_words(&p->in, incoming_state_at(&p->in.terms, now_ms));
}

/* "wallet.example/op/..." is of no use to a person: its host is. */
static const char *host_of(const char *receiver, struct arena *a)
{
	const char *host = strstr(receiver, "://");
	char *text;

	host = host ? host + 3 : receiver;
	text = arena_strndup(a, host, strcspn(host, "/?#"));
	return text ? text : "";
}

const char *activity_title(const struct activity *p, struct arena *a)
{
	if (p->kind != ACTIVITY_SENT) {
		if (p->description[0])
			return p->description;
		return p->kind == ACTIVITY_RECEIVED ? "Payment received" : "Request";
	}
	if (p->out.quote.refund_of)
		return "Refund";
	if (p->name[0])
		return p->name;
	return p->address[0] ? p->address : host_of(p->out.quote.receiver, a);
}

static const char *sign_of(const struct activity *p)
{
	switch (p->kind) {
	case ACTIVITY_SENT:
		return "\xe2\x88\x92"; /* minus sign */
	case ACTIVITY_RECEIVED:
		return "+";
	case ACTIVITY_REQUESTED:
	case ACTIVITY_KINDS:
		break;
	}
	return "";
}

static int64_t created_of(const struct activity *p)
{
	return p->kind == ACTIVITY_SENT ? p->out.created_ms : p->in.created_ms;
}

json_t *activity_row(struct http_request *rq, const struct activity *p)
{
	int64_t now_ms = http_wall_ms(rq);
	const struct id *id = p->kind == ACTIVITY_SENT ? &p->out.id : &p->in.id;
	char text[ID_TEXT_SIZE];
	struct arena memory;
	json_t *row;

	id_format(id, text);
	arena_init(&memory, ROW_BYTES);
	row = json_pack("{s:s+,s:s,s:s,s:o,s:s,s:s,s:s,s:o,s:s}", "href", "/wallet/payments/", text,
	        "title", activity_title(p, &memory), "kind", activity_kind_name(p->kind), "amount",
	        activity_amount(p) || p->kind != ACTIVITY_REQUESTED
	                ? show_amount_of(activity_amount(p), p->asset)
	                : json_null(),
	        "sign", sign_of(p), "state", activity_state(p, now_ms), "words",
	        activity_words(p, now_ms), "created", show_time(created_of(p)), "wallet",
	        p->wallet->name);
	arena_clear(&memory);
	return row;
}

/* ---- the newest ---- */

static enum result add_newest(struct http_request *rq, const struct holder *h,
        const struct holder_entry *entries, size_t n, size_t limit, json_t *list)
{
	struct activity p;
	struct arena memory;
	enum result r = RESULT_OK;

	for (size_t i = 0; !r && i < n && json_array_size(list) < limit; i++) {
		arena_init(&memory, ROW_BYTES);
		r = activity_find(rq, h, &memory, &entries[i].place.id, &p);
		if (!r && p.kind != ACTIVITY_REQUESTED &&
		        json_array_append_new(list, activity_row(rq, &p)))
			r = RESULT_OURS_MEMORY;
		arena_clear(&memory);
	}
	return r;
}

json_t *activity_newest(struct http_request *rq, const struct holder *h, size_t limit)
{
	const struct node_loop *l = http_app(rq);
	struct holder_place place = HOLDER_PLACE_FIRST;
	struct holder_entry entries[LIMIT_PAGE_SIZE];
	account_id wallets[USER_WALLETS_MAX];
	json_t *list = json_array();
	size_t count = LIMIT_PAGE_SIZE;
	enum result r = RESULT_OK;

	for (size_t i = 0; i < h->count; i++)
		wallets[i] = h->wallets[i].account;
	for (size_t seen = 0; !r && seen < NEWEST_LOOK && count == LIMIT_PAGE_SIZE; seen += count) {
		r = store_holder_payments(
		        l->reader, wallets, h->count, &place, LIMIT_PAGE_SIZE, entries, &count);
		if (!r)
			r = add_newest(rq, h, entries, count, limit, list);
		if (r || json_array_size(list) == limit)
			break;
		if (count)
			place = entries[count - 1].place;
	}
	if (r) {
		json_decref(list);
		return NULL;
	}
	return list;
}

char *activity_payee(const char *address, const char *name)
{
	json_t *value =
	        json_pack("{s:{s:s,s:s}}", "payee", "address", address, "name", name ? name : "");
	char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;

	json_decref(value);
	return text;
}
