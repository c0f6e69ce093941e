/* login: how an account holder signs in and out. */
#ifndef FLORIN_WEB_LOGIN_H
#define FLORIN_WEB_LOGIN_H

#include "web/visitor.h"

#define LOGIN_NEXT_MAX 512

/* A page of ours that a login may lead to. */
bool login_next_allowed(const char *path);
/* The one that the query's `next` names; "" for none. */
const char *login_next(struct http_request *rq);
/* The login form. problem: what was wrong with the last try, "" for none; intro: why a login is
 * asked for, "" for none; wallet: to be filled in; next: where the login leads ("": home). */
struct login_ask {
	unsigned status;
	const char *problem;
	const char *intro;
	const char *wallet;
	const char *next;
	const char *form_origin; /* as page_reply */
};
enum http_next login_ask(struct http_request *rq, struct visitor *v, const struct login_ask *ask);

/* GET and POST /wallet/login. The query's `wallet` fills the field in, `next` is where it leads. */
http_handler login_get, login_post;

/* Sets Retry-After, and gives the sentence that says so; NULL: no memory. */
const char *login_wait(struct http_request *rq, int64_t wait_ms);

#endif
