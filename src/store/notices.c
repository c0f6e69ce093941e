/* What account holders are told of. */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "store/batch_core.h"
#include "store/notice.h"

#define TEXT_SIZE  256 /* of a name: longer ones are cut */
#define MUTED_SIZE 128 /* the names of all topics, each between blanks */

static const struct {
	const char *name;
	enum notice_topic topic;
} kinds[NOTICE_KINDS] = {
        [NOTICE_RECEIVED] = {"received", NOTICE_OF_RECEIVED},
        [NOTICE_RETURNED] = {"returned", NOTICE_OF_RECEIVED},
        [NOTICE_FAILED] = {"failed", NOTICE_OF_FAILED},
        [NOTICE_PARTLY] = {"failed_partly", NOTICE_OF_FAILED},
        [NOTICE_APP_ALLOWED] = {"app_allowed", NOTICE_OF_APPS},
        [NOTICE_APP_ENDED] = {"app_ended", NOTICE_OF_APPS},
        [NOTICE_KEY_ADDED] = {"key_added", NOTICE_OF_KEYS},
        [NOTICE_KEY_REVOKED] = {"key_revoked", NOTICE_OF_KEYS},
        [NOTICE_SIGN_IN] = {"sign_in", NOTICE_OF_ACCOUNT},
        [NOTICE_PASSWORD] = {"password", NOTICE_OF_ACCOUNT},
        [NOTICE_PASSKEY_ADDED] = {"passkey_added", NOTICE_OF_ACCOUNT},
        [NOTICE_PASSKEY_REMOVED] = {"passkey_removed", NOTICE_OF_ACCOUNT},
        [NOTICE_DEPOSIT_APPROVED] = {"deposit_approved", NOTICE_OF_CASH},
        [NOTICE_DEPOSIT_REFUSED] = {"deposit_refused", NOTICE_OF_CASH},
        [NOTICE_DEPOSIT_EXPIRED] = {"deposit_expired", NOTICE_OF_CASH},
        [NOTICE_WITHDRAWAL_APPROVED] = {"withdrawal_approved", NOTICE_OF_CASH},
        [NOTICE_WITHDRAWAL_REFUSED] = {"withdrawal_refused", NOTICE_OF_CASH},
        [NOTICE_WITHDRAWAL_EXPIRED] = {"withdrawal_expired", NOTICE_OF_CASH},
};

/* As they stand in notice_choice.muted, where SQL looks for them. */
static const char *const topics[NOTICE_TOPICS] = {
        [NOTICE_OF_RECEIVED] = " received ",
        [NOTICE_OF_FAILED] = " failed ",
        [NOTICE_OF_APPS] = " apps ",
        [NOTICE_OF_KEYS] = " keys ",
        [NOTICE_OF_ACCOUNT] = " account ",
        [NOTICE_OF_CASH] = " cash ",
};

const char *notice_kind_name(enum notice_kind k)
{
	return kinds[k].name;
}

enum notice_topic notice_topic_of(enum notice_kind k)
{
	return kinds[k].topic;
}

const char *notice_topic_name(enum notice_topic t)
{
	static const char *const names[NOTICE_TOPICS] = {
	        "received", "failed", "apps", "keys", "account", "cash"};

	return names[t];
}

/* ---- reading ---- */

static void row_notice(struct query *q, struct arena *a, struct notice_row *out)
{
	char kind[32];
	struct bytes subject;
	unsigned k = 0;

	out->number = query_int(q);
	query_text_into(q, kind, sizeof(kind));
	out->wallet = query_int(q);
	subject = query_bytes(q);
	out->subject = (struct id){{0}};
	if (subject.n == sizeof(out->subject.b))
		memcpy(out->subject.b, subject.p, subject.n);
	out->amount = query_u64(q);
	out->text = query_text(q, a);
	out->created_ms = query_int(q);
	while (k < NOTICE_KINDS && strcmp(kinds[k].name, kind) != 0)
		k++;
	if (k == NOTICE_KINDS && !q->failed)
		q->failed = RESULT_OURS_STORE;
	out->kind = (enum notice_kind)k;
}

enum result store_notice_list(struct reader *r, struct arena *a, const struct id *user,
        int64_t before, size_t limit, struct notice_row **out, size_t *count)
{
	struct query q;

	*count = 0;
	*out = arena_alloc(a, limit * sizeof(**out));
	if (!*out)
		return RESULT_OURS_MEMORY;
	query_start(&q, r->db, STMT_NOTICE_LIST);
	query_put_id(&q, user);
	query_put_int(&q, before > 0 ? before : INT64_MAX);
	query_put_u64(&q, limit);
	while (*count < limit && query_row(&q))
		row_notice(&q, a, &(*out)[(*count)++]);
	return query_end(&q);
}

enum result store_notice_state(struct reader *r, const struct id *user, struct notice_state *out)
{
	char muted[MUTED_SIZE] = "";
	struct query q;

	*out = (struct notice_state){0};
	query_start(&q, r->db, STMT_NOTICE_STATE);
	query_put_id(&q, user);
	if (query_row(&q)) {
		out->newest = query_int(&q);
		out->seen = query_int(&q);
		out->unread = query_u64(&q);
		query_text_into(&q, muted, sizeof(muted));
		out->changed_ms = query_int(&q);
	}
	for (unsigned t = 0; t < NOTICE_TOPICS; t++)
		out->muted[t] = strstr(muted, topics[t]) != NULL;
	return query_end(&q);
}

/* ---- the user's own changes ---- */

enum result batch_notice_seen(struct batch *b, const struct id *user, int64_t number)
{
	struct query q;

	b->changes++;
	batch_query(b, &q, STMT_NOTICE_SEEN);
	query_put_id(&q, user);
	query_put_int(&q, number);
	return query_run(&q);
}

enum result batch_notice_choose(
        struct batch *b, const struct id *user, const bool muted[NOTICE_TOPICS])
{
	char text[MUTED_SIZE];
	size_t used = 0;
	struct query q;

	text[0] = '\0';
	for (unsigned t = 0; t < NOTICE_TOPICS; t++) {
		size_t n = strlen(topics[t]);

		if (!muted[t])
			continue;
		if (used + n >= sizeof(text))
			return RESULT_OURS_BUG;
		memcpy(text + used, topics[t], n + 1);
		used += n;
	}
	b->changes++;
	batch_query(b, &q, STMT_NOTICE_CHOOSE);
	query_put_id(&q, user);
	query_put_text(&q, text);
	return query_run(&q);
}

/* ---- telling ---- */

static enum result trim(struct batch *b, const struct id *user, int64_t newest)
{
	struct query q;

	batch_query(b, &q, STMT_NOTICE_TRIM);
	query_put_id(&q, user);
	query_put_int(&q, newest - NOTICES_PER_USER_MAX);
	return query_run(&q);
}

/* Whom, and of what: as both statements have it. */
static void put_notice(struct batch *b, struct query *q, const struct notice_new *n)
{
	if (n->user)
		query_put_id(q, n->user);
	else
		query_put_null(q);
	query_put_int(q, n->wallet);
	query_put_text(q, notice_kind_name(n->kind));
	query_put_text(q, topics[notice_topic_of(n->kind)]);
	if (n->subject)
		query_put_id(q, n->subject);
	else
		query_put_null(q);
	query_put_u64(q, n->amount);
	query_put_int(q, b->now_ms);
}

/* What comes little by little is one notice, until it is seen. */
static enum result grow(struct batch *b, const struct notice_new *n, bool *grown)
{
	struct query q;

	batch_query(b, &q, STMT_NOTICE_GROW);
	put_notice(b, &q, n);
	*grown = query_row(&q);
	return query_end(&q);
}

enum result batch_notice(struct batch *b, const struct notice_new *n)
{
	char text[TEXT_SIZE];
	bool grown = false;
	int64_t number = 0;
	struct id user;
	struct query q;
	enum result r = RESULT_OK;

	text_copy_cut(text, sizeof(text), n->text ? n->text : "");
	text_trim_utf8(text);
	b->changes++;
	if (n->adds)
		r = grow(b, n, &grown);
	if (r || grown)
		return r;
	batch_query(b, &q, STMT_NOTICE_INSERT);
	put_notice(b, &q, n);
	query_put_text(&q, text);
	if (query_row(&q)) {
		query_blob(&q, user.b, sizeof(user.b));
		number = query_int(&q);
	}
	r = query_end(&q);
	return r || number <= NOTICES_PER_USER_MAX ? r : trim(b, &user, number);
}

static enum result tell_returned(
        struct batch *b, struct query *payment, account_id wallet, uint64_t amount)
{
	struct id id;
	enum result r = query_one_id(payment, &id);

	if (r == RESULT_THEIRS_NOT_FOUND) /* kept no longer */
		return RESULT_OK;
	return r ? r
	         : batch_notice(b, &(struct notice_new){.kind = NOTICE_RETURNED,
	                                   .wallet = wallet,
	                                   .subject = &id,
	                                   .amount = amount,
	                                   .adds = true});
}

enum result batch_notice_returned(
        struct batch *b, account_id wallet, account_id payment, uint64_t amount)
{
	struct query q;

	batch_query(b, &q, STMT_NOTICE_PAYMENT);
	query_put_int(&q, payment);
	return tell_returned(b, &q, wallet, amount);
}

enum result batch_notice_refunded(
        struct batch *b, account_id wallet, int64_t incoming, uint64_t amount)
{
	struct query q;

	batch_query(b, &q, STMT_NOTICE_PAID);
	query_put_int(&q, incoming);
	query_put_int(&q, wallet);
	return tell_returned(b, &q, wallet, amount);
}
