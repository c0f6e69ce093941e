/* user: who signs in to wallets of this node. */
#include <string.h>

#include "admin/answer.h"
#include "admin/page.h"
#include "admin/resource.h"
#include "ilp/node.h"
#include "store/login.h"

static json_t *names_json(const char *names)
{
	json_t *list = json_array();

	while (*names) {
		size_t n = strcspn(names, " ");

		(void)json_array_append_new(list, json_stringn(names, n));
		names += n + (names[n] == ' ');
	}
	return list;
}

static json_t *user_json(const struct user_listed *u)
{
	return json_pack("{s:o, s:s, s:o, s:b, s:I, s:o, s:o}", "id", admin_id(&u->id), "name",
	        u->name, "wallets", names_json(u->wallets), "hasPassword", (int)u->has_password,
	        "sessions", (json_int_t)u->sessions, "usedAt", admin_time(u->used_ms), "createdAt",
	        admin_time(u->created_ms));
}

enum http_next admin_user_list(struct http_request *rq)
{
	const struct node_loop *loop = http_app(rq);
	struct admin_page page;
	struct user_listed *rows;
	json_t *items;
	size_t count;
	bool more;
	enum result r;

	if (admin_page_read(rq, &page))
		return HTTP_DONE;
	if (page.limit > LIMIT_PAGE_SIZE)
		page.limit = LIMIT_PAGE_SIZE;
	r = store_user_list(loop->reader, &rq->arena, page.cursor ? page.cursor : "",
	        http_wall_ms(rq), page.limit, &rows, &count, &more);
	if (r)
		return admin_refuse_by(rq, r, NULL);
	items = json_array();
	for (size_t i = 0; !r && i < count; i++)
		r = admin_page_add(items, user_json(&rows[i]));
	return admin_page_items(rq, r, items, more ? rows[count - 1].name : NULL);
}
