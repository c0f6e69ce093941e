/* holder: who is signed in, and what is theirs: what every page below /wallet begins with.
 *
 * A wallet, payment, grant or key of somebody else answers as one that is not there. A form counts
 * only with the token that the session's own pages carry.
 */
#ifndef FLORIN_WEB_HOLDER_H
#define FLORIN_WEB_HOLDER_H

#include "store/login.h"
#include "web/visitor.h"

/* What the token of the forms on these pages is for. */
#define FORM_HOLDER "holder"

struct holder {
	struct visitor visitor;
	struct wallet_row *wallets; /* open ones, in order of creation */
	size_t count;
};

/* The parts of the navigation. */
enum holder_part {
	HOLDER_HOME,
	HOLDER_SEND,
	HOLDER_REQUEST,
	HOLDER_PAYMENTS,
	HOLDER_NOTICES,
	HOLDER_APPS,
	HOLDER_KEYS,
	HOLDER_SETTINGS,
	HOLDER_PARTS
};

/* The session's user, with wallets. On an error the reply is set: the way to the login where nobody
 * is signed in. Errors: THEIRS_UNAUTHORIZED, and those of a read. */
MUST_USE enum result holder_read(struct http_request *rq, struct holder *out);
/* The same of a form that was posted from one of the holder's pages. Errors: also those of
 * web_form_read, THEIRS_FORBIDDEN (its token). */
MUST_USE enum result holder_form(
        struct http_request *rq, struct holder *out, struct page_form *form);

/* For a stream, which asks again: the session goes on. Errors: those of store_session_get. */
MUST_USE enum result holder_still(
        struct http_request *rq, const struct holder *h, struct arena *memory);

/* NULL: none of the holder's. */
const struct wallet_row *holder_wallet_named(const struct holder *h, const char *name);
const struct wallet_row *holder_wallet_of(const struct holder *h, account_id account);
/* By the text of an id in the path. False: it is none of the form. */
bool holder_path_id(const struct http_request *rq, const char *name, struct id *out);
/* PUBLIC_URL/NAME; in the request's arena, NULL without memory. */
const char *holder_wallet_url(struct http_request *rq, const struct wallet_row *w);
/* Of this turn; NULL is a bug. */
const struct asset_row *holder_asset(struct http_request *rq, const struct wallet_row *w);
/* What the wallet could pay now. */
MUST_USE enum result holder_available(
        struct http_request *rq, const struct wallet_row *w, uint64_t *out);

/* A view with what every page has: title (a message), user, navigation, token of the forms. */
json_t *holder_view(
        struct http_request *rq, const struct holder *h, enum holder_part part, const char *title);
/* For a select of wallets: [{"name","label","selected"}]; selected may be NULL. NULL: no memory, or
 * a failed read. */
json_t *holder_wallets_json(
        struct http_request *rq, const struct holder *h, const struct wallet_row *selected);

/* One change of the store by the holder: parked until it is committed. The transaction begins with
 * the session, so that nothing is done after a sign-out. */
struct holder_change {
	struct op op;
	struct http_request *rq;
	const struct holder *holder;
	/* as an op's, with the change itself; runs on the writer's thread */
	enum result (*apply)(struct holder_change *c, struct batch *b);
};
/* then runs with rq->state = c and the result in c->op.result; THEIRS_UNAUTHORIZED: signed out. */
enum http_next holder_submit(struct http_request *rq, const struct holder *h,
        struct holder_change *c, http_handler *then);

#endif
