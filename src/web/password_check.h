/* password_check: one try of a password: counted, checked on the slow thread, forgiven where it is
 * right. */
#ifndef FLORIN_WEB_PASSWORD_CHECK_H
#define FLORIN_WEB_PASSWORD_CHECK_H

#include "auth/password.h"
#include "store/login.h"
#include "web/web.h"

struct password_check {
	struct password_job job;
	struct http_request *rq;
	http_handler *then;
	struct login_try try;
	const struct id *user; /* set it before: whose known browsers count apart; NULL: none are */
	uint8_t browser[SESSION_HASH_BYTES];
	/* Set it before: the password alone is not enough, and password_check_passed follows. */
	bool more;
	/* for `then`: */
	enum result result; /* OK; THEIRS_UNAUTHENTIC: another password; RETRY_BUSY: not now;
	                       OURS_MEMORY */
	int64_t wait_ms;    /* RETRY_BUSY: how long */
};

/* Something else is tried that stands for the password, and counts as a try of it: 0, and then
 * password_check_passed where it was right, login_guard_undecided where that could not be told;
 * else how long it must wait. c->user as above. */
int64_t password_try(struct http_request *rq, struct password_check *c, struct bytes who);
/* All that `more` stands for was right as well: the tries before are forgiven. */
void password_check_passed(struct http_request *rq, const struct password_check *c);

/* Calls then(rq), now or after parking, with rq->state = c and c->result set, and returns what it
 * returns. c is memory of the request; who is as the guard counts (auth/login_guard.h) and lives as
 * long; hash is the user's, "" for none. Wiping `password` is left to the caller. */
enum http_next password_check(struct http_request *rq, struct password_check *c, struct bytes who,
        const char *password, const char *hash, http_handler *then);

#endif
