/* password: the password that a request brings, hashed before its change is submitted. */
#ifndef FLORIN_ADMIN_PASSWORD_H
#define FLORIN_ADMIN_PASSWORD_H

#include "admin/change.h"
#include "auth/password.h"

struct admin_password {
	struct password_job job;
	struct admin_change *change;
};

/* Hashes text, which is member "password" of the request's body, on the slow thread, wipes it and
 * the body, and submits the change, whose apply finds the hash in p->job.hash. A password that may
 * not be one is refused. p is zeroed memory of the request. */
enum http_next admin_password_submit(
        struct admin_password *p, struct admin_change *c, const char *text);

#endif
