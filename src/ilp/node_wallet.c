#include "ilp/node_wallet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "codec/payment_pointer.h"
#include "store/wallet.h"

/* What follows PUBLIC_URL and its slash in a canonical address; NULL where another server's. */
static char *local_path(const struct node *n, char *address)
{
	char own[WALLET_ADDRESS_SIZE];
	size_t size;

	if (wallet_address_canonical(bytes_str(n->options.public_url), own))
		return NULL;
	size = strlen(own);
	if (strncmp(address, own, size) != 0 || address[size] != '/')
		return NULL;
	return address + size + 1;
}

enum result node_wallet_address(
        const struct node *n, const char *url, char out[WALLET_ADDRESS_SIZE])
{
	enum result r = wallet_address_canonical(bytes_str(url), out);
	char *path = r ? NULL : local_path(n, out);

	for (; path && *path; path++)
		if (*path >= 'A' && *path <= 'Z')
			*path = (char)(*path - 'A' + 'a');
	return r;
}

bool node_wallet_name(const struct node *n, const char *url, char out[NAME_MAX_CHARS + 1])
{
	char address[WALLET_ADDRESS_SIZE];
	const char *path;

	if (node_wallet_address(n, url, address))
		return false;
	path = local_path(n, address);
	if (!path)
		return false;
	if (strcmp(path, &PAYMENT_POINTER_WELL_KNOWN[1]) == 0)
		path = "";
	else if (!text_is_name(path))
		return false;
	return text_copy(out, NAME_MAX_CHARS + 1, path) == RESULT_OK;
}

enum result node_wallet_find(const struct node *n, struct reader *r, struct arena *a,
        const char *name, struct wallet_row *out)
{
	struct page two = {.limit = 2};
	struct wallet_row *rows;
	size_t count;
	bool more;
	enum result result;

	if (*name)
		return store_wallet_find(r, a, name, out);
	if (n->options.root_wallet)
		return store_wallet_find(r, a, n->options.root_wallet, out);
	result = store_wallet_list(r, a, &two, &rows, &count, &more);
	if (result)
		return result;
	if (count != 1)
		return RESULT_THEIRS_NOT_FOUND;
	*out = rows[0];
	return RESULT_OK;
}

/* ---- uses of keys ---- */

struct used_op {
	struct op op;
	struct id key;
};

static enum result used_apply(struct op *op, struct batch *b)
{
	return batch_wallet_key_used(b, &OWNER_OF(op, struct used_op, op)->key);
}

static void used_done(struct task *t)
{
	free(OWNER_OF(t, struct used_op, op.task));
}

void node_key_used(struct node_loop *l, const struct wallet_key_row *key, int64_t now_ms)
{
	/* the last byte of an id is random */
	struct key_use *use = &l->key_uses[key->id.b[sizeof(key->id.b) - 1] % KEY_USES];
	struct used_op *u;

	if (now_ms < key->last_used_ms + KEY_USED_STEP_MS ||
	        (id_eq(&use->key, &key->id) && now_ms < use->noted_ms + KEY_USED_STEP_MS))
		return;
	u = calloc(1, sizeof(*u));
	if (!u)
		return;
	use->key = u->key = key->id;
	use->noted_ms = now_ms;
	u->op.apply = used_apply;
	u->op.lazy = true;
	u->op.task.done = used_done;
	node_submit(l, &u->op);
}

struct wallet_asked {
	struct op op;
	char name[NAME_MAX_CHARS + 1];
	char url[WALLET_ADDRESS_SIZE];
};

static enum result asked_apply(struct op *op, struct batch *b)
{
	const struct wallet_asked *a = OWNER_OF(op, struct wallet_asked, op);

	return batch_wallet_asked(b, a->name, a->url);
}

static void asked_done(struct task *t)
{
	free(OWNER_OF(t, struct wallet_asked, op.task));
}

void node_wallet_asked(struct node_loop *l, const char *name, int64_t now_ms)
{
	struct wallet_asked *a;

	if (!l->node->options.wallet_not_found ||
	        (now_ms >= l->wallet_asked_ms &&
	                now_ms < l->wallet_asked_ms + WALLET_ASKED_STEP_MS))
		return;
	a = calloc(1, sizeof(*a));
	if (!a)
		return;
	if (text_copy(a->name, sizeof(a->name), name) ||
	        snprintf(a->url, sizeof(a->url), "%s/%s", l->node->options.public_url, name) >=
	                (int)sizeof(a->url)) {
		free(a);
		return;
	}
	l->wallet_asked_ms = now_ms;
	a->op.apply = asked_apply;
	a->op.task.done = asked_done;
	node_submit(l, &a->op);
}
