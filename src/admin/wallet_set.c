/* wallet_set: what the operator changes of a wallet address. */
#include <string.h>

#include "admin/change.h"
#include "admin/password.h"
#include "admin/resource.h"
#include "admin/row.h"
#include "base/text.h"
#include "base/words.h"
#include "store/login.h"
#include "store/note.h"
#include "store/wallet.h"

#define GRACE_S     86400 /* what a wallet that becomes inactive still takes payments for */
#define GRACE_S_MAX (365 * 86400)

/* What is to change; NULL and false leave it. */
struct wallet_wish {
	bool close;
	const char *password, *reply;
	struct wallet_change change;
	int64_t inactive_ms; /* what change.inactive_ms points to */
};

struct wallet_set {
	struct admin_change change;
	struct wallet_wish wish;
	struct id id;
	account_id account;
	const char *user;
	struct admin_password password;
};

static bool changes(const struct wallet_change *c)
{
	return c->public_name || c->inactive_ms || c->properties;
}

static enum result set_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	const struct wallet_set *s = OWNER_OF(c, struct wallet_set, change);
	enum result r = RESULT_OK;

	(void)answer;
	if (changes(&s->wish.change))
		r = batch_wallet_set(b, s->account, &s->wish.change);
	if (!r && s->wish.close)
		r = batch_wallet_close(b, &s->id);
	if (!r && s->wish.reply)
		r = batch_wallet_reply_set(b, s->account, s->wish.reply);
	if (!r && s->password.job.hash[0])
		r = batch_password_set(b, s->user, s->password.job.hash);
	return r;
}

static enum http_next set(
        struct http_request *rq, const struct admin_wallet *w, const struct wallet_wish *wish)
{
	static const struct admin_refusal refusals[] = {
	        {RESULT_THEIRS_STATE, "status",
	                WORDS("the wallet is closed, or money or payments are left in it")},
	        {RESULT_THEIRS_CONFLICT, "additionalProperties", WORDS("two of them have one key")},
	        {RESULT_OK, NULL, NULL},
	};
	struct wallet_set *s = admin_change_new(rq, sizeof(*s), ADMIN_KEY_NONE);

	if (!s)
		return HTTP_DONE;
	s->id = w->row.id;
	s->user = w->row.user;
	s->account = w->row.account;
	s->wish = *wish;
	if (wish->change.inactive_ms)
		s->wish.change.inactive_ms = &s->wish.inactive_ms;
	s->change.apply = set_apply;
	s->change.then = admin_wallet_get;
	s->change.refusals = refusals;
	if (wish->password)
		return admin_password_submit(&s->password, &s->change, wish->password);
	return admin_change_submit(&s->change);
}

/* ---- what came ---- */

/* One line that a wallet shows. False: the reply is set. */
static bool line(struct http_request *rq, const char *text, size_t max, const char *field)
{
	if (!text || (strlen(text) <= max && text_is_clean_utf8(text, strlen(text))))
		return true;
	(void)admin_refuse_with(rq, RESULT_THEIRS_MALFORMED, field,
	        WORDS("\"{name}\" must be one line of at most {n} bytes"), "name", field, "n",
	        arena_printf(&rq->arena, "%zu", max), NULL);
	return false;
}

static bool read_property(struct http_request *rq, const json_t *item, struct wallet_property *p)
{
	const struct json_member members[] = {
	        {"key", JSON_TO_STRING, &p->key, .required = true, .min = 1,
	                .max = WALLET_PROPERTY_KEY_MAX},
	        {"value", JSON_TO_STRING, &p->text, .required = true,
	                .max = WALLET_PROPERTY_VALUE_MAX},
	        {"visible", JSON_TO_BOOL, &p->visible, .required = true},
	};
	struct json_fault fault;
	enum result r = json_spec_read(item, members, 3, JSON_SPEC_STRICT, &fault);

	if (r) {
		(void)admin_refuse(
		        rq, RESULT_THEIRS_MALFORMED, "additionalProperties", "%s", fault.text);
		return false;
	}
	return line(rq, p->key, WALLET_PROPERTY_KEY_MAX, "additionalProperties") &&
	       line(rq, p->text, WALLET_PROPERTY_VALUE_MAX, "additionalProperties");
}

static bool read_properties(struct http_request *rq, const json_t *array, struct wallet_change *out)
{
	size_t n = json_array_size(array);
	struct wallet_property *all;

	if (!array)
		return true;
	all = arena_alloc(&rq->arena, (n ? n : 1) * sizeof(*all));
	if (!all) {
		(void)admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
		return false;
	}
	for (size_t i = 0; i < n; i++)
		if (!read_property(rq, json_array_get(array, i), &all[i]))
			return false;
	out->properties = all;
	out->properties_count = n;
	return true;
}

/* A wallet that is inactive already keeps its day. */
static bool read_status(struct http_request *rq, const char *status, uint64_t grace_s,
        const struct wallet_row *w, struct wallet_wish *out)
{
	if (!status)
		return true;
	if (strcmp(status, "closed") == 0) {
		out->close = w->state != WALLET_CLOSED;
		return true;
	}
	if (strcmp(status, "active") == 0) {
		out->inactive_ms = 0;
	} else if (strcmp(status, "inactive") == 0) {
		out->inactive_ms = w->inactive_ms;
		if (!out->inactive_ms)
			out->inactive_ms = http_wall_ms(rq) + (int64_t)grace_s * 1000;
	} else {
		(void)admin_refuse(rq, RESULT_THEIRS_MALFORMED, "status",
		        WORDS("\"status\" must be \"active\", \"inactive\" or \"closed\""));
		return false;
	}
	out->change.inactive_ms = &out->inactive_ms;
	return true;
}

enum http_next admin_wallet_set(struct http_request *rq)
{
	const char *status = NULL;
	uint64_t grace_s = GRACE_S;
	json_t *properties = NULL;
	struct wallet_wish wish = {.close = false};
	const struct json_member members[] = {
	        {"status", JSON_TO_STRING, &status, .max = NAME_MAX_CHARS},
	        {"graceSeconds", JSON_TO_UINT, &grace_s, .max = GRACE_S_MAX},
	        {"publicName", JSON_TO_STRING, &wish.change.public_name, .max = PUBLIC_NAME_MAX},
	        {"additionalProperties", JSON_TO_ARRAY, &properties, .max = WALLET_PROPERTIES_MAX},
	        {"password", JSON_TO_STRING, &wish.password, .max = PASSWORD_MAX},
	        {"reply", JSON_TO_STRING, &wish.reply, .max = NOTE_BYTES_MAX},
	};
	struct admin_wallet w;

	if (admin_wallet_of_path(rq, &w) ||
	        http_json_read(
	                rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT))
		return HTTP_DONE;
	if (!line(rq, wish.reply, NOTE_BYTES_MAX, "reply") ||
	        !line(rq, wish.change.public_name, PUBLIC_NAME_MAX, "publicName") ||
	        !read_properties(rq, properties, &wish.change) ||
	        !read_status(rq, status, grace_s, &w.row, &wish))
		return HTTP_DONE;
	if (!status && !wish.password && !wish.reply && !changes(&wish.change))
		return admin_refuse(rq, RESULT_THEIRS_MALFORMED, "status",
		        WORDS("\"status\", \"publicName\", \"additionalProperties\", \"password\" "
		              "or "
		              "\"reply\" must be given"));
	return wish.close || wish.password || wish.reply || changes(&wish.change)
	               ? set(rq, &w, &wish)
	               : admin_wallet_get(rq);
}
