/* operator: who may sign in at the console, and what operators did there. */
#include <string.h>

#include "admin/change.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "base/words.h"
#include "http/router.h"
#include "store/operator.h"

#define SETUP_PATH "/console/setup"
#define SETUP_MS   (60 * 60 * 1000)

static json_t *operator_json(const struct operator_row *o, int64_t now_ms)
{
	return json_pack("{s:o, s:s, s:b, s:o, s:o, s:o}", "id", admin_id(&o->id), "name", o->name,
	        "ready", o->password_hash[0] != '\0', "createdAt", admin_time(o->created_ms),
	        "signedInAt", admin_time(o->signed_in_ms), "setupEndsAt",
	        admin_time(o->setup_ends_ms > now_ms ? o->setup_ends_ms : 0));
}

struct operators {
	const struct operator_row *rows;
	int64_t now_ms;
};

static const char *list_key(void *arg, size_t i)
{
	const struct operators *all = arg;

	return all->rows[i].name;
}

static json_t *list_item(void *arg, size_t i)
{
	const struct operators *all = arg;

	return operator_json(&all->rows[i], all->now_ms);
}

enum http_next admin_operator_list(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	struct operators all = {NULL, http_wall_ms(rq)};
	struct admin_list list = {.key = list_key, .item = list_item, .arg = &all};
	struct operator_row *rows;
	enum result r = store_operator_list(loop->reader, &rq->arena, &rows, &list.count);

	if (r)
		return admin_refuse_by(rq, r, NULL);
	all.rows = rows;
	return admin_page_reply(rq, &list);
}

/* ---- adding one, or letting one begin anew ---- */

struct operator_add {
	struct admin_change change;
	const char *name;
	struct id id;
	int64_t ends_ms;
	char token[TOKEN_TEXT_SIZE];
};

static void wipe_add(void *p)
{
	struct operator_add *a = p;

	secret_wipe(a->token, sizeof(a->token));
}

static enum result add_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	struct operator_add *a = OWNER_OF(c, struct operator_add, change);
	uint8_t hash[OPERATOR_HASH_BYTES];
	enum result r;

	sha256(bytes_str(a->token), hash);
	r = batch_operator_invite(b, a->name, hash, a->ends_ms, &a->id);
	if (!r)
		*answer = json_pack("{s:o, s:s, s:s, s:s, s:o}", "id", admin_id(&a->id), "name",
		        a->name, "setupToken", a->token, "setupPath", SETUP_PATH, "expiresAt",
		        admin_time(a->ends_ms));
	return r;
}

static const struct admin_refusal refusals[] = {
        {RESULT_THEIRS_MALFORMED, "name",
                WORDS("a name begins with a-z or 0-9 and goes on with a-z, 0-9, - or _")},
        {RESULT_THEIRS_TOO_BIG, NULL, WORDS("there are as many operators as there may be")},
        {RESULT_THEIRS_NOT_FOUND, NULL, WORDS("there is no such operator")},
        {RESULT_OK, NULL, NULL},
};

enum http_next admin_operator_add(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	const char *name = NULL;
	const struct json_member members[] = {
	        {"name", JSON_TO_STRING, &name, .required = true, .max = NAME_MAX_CHARS},
	};
	struct operator_add *a;

	if (http_json_read(
	            rq, false, members, sizeof(members) / sizeof(members[0]), JSON_SPEC_STRICT))
		return HTTP_DONE;
	/* The answer holds a secret, so it is not kept under a key: asked again, there is another
	 * token, and this one is void. */
	a = admin_change_new(rq, sizeof(*a), ADMIN_KEY_NONE);
	if (!a)
		return HTTP_DONE;
	if (http_defer(rq, wipe_add, a))
		return admin_refuse_by(rq, RESULT_OURS_MEMORY, NULL);
	token_random(a->token);
	a->name = name;
	a->ends_ms = env_wall_ms(loop->node->env) + SETUP_MS;
	a->change.apply = add_apply;
	a->change.refusals = refusals;
	return admin_change_submit(&a->change);
}

/* ---- removing one ---- */

struct operator_remove {
	struct admin_change change;
	const char *name;
};

static enum result remove_apply(struct admin_change *c, struct batch *b, json_t **answer)
{
	struct operator_remove *o = OWNER_OF(c, struct operator_remove, change);
	enum result r = batch_operator_remove(b, o->name);

	if (!r)
		*answer = json_pack("{s:s}", "name", o->name);
	return r;
}

enum http_next admin_operator_remove(struct http_request *rq)
{
	struct operator_remove *o = admin_change_new(rq, sizeof(*o), ADMIN_KEY_NONE);

	if (!o)
		return HTTP_DONE;
	o->name = http_param(rq, "id");
	o->change.status = 200;
	o->change.apply = remove_apply;
	o->change.refusals = refusals;
	return admin_change_submit(&o->change);
}

/* ---- what was done ---- */

static json_t *act_json(const struct act_row *a)
{
	return json_pack("{s:o, s:o, s:s, s:s, s:o, s:o}", "id", admin_id(&a->id), "at",
	        admin_time(a->at_ms), "who", a->who, "act", a->act, "subject",
	        admin_text(a->subject), "details", json_loads(a->details, 0, NULL));
}

enum http_next admin_act_list(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	const char *who = http_query(rq, "who");
	json_t *items = NULL;
	struct act_row *rows;
	struct page page;
	size_t count;
	bool more;
	enum result r;

	if (admin_page_read_ids(rq, &page))
		return HTTP_DONE;
	r = store_act_list(loop->reader, &rq->arena, who, &page, &rows, &count, &more);
	if (r == RESULT_THEIRS_NOT_FOUND)
		return admin_page_refuse_cursor(rq);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++)
		r = admin_page_add(items, act_json(&rows[i]));
	return admin_page_ids(rq, r, items, more, count ? &rows[count - 1].id : NULL);
}
