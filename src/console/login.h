/* login: how an operator signs in and out. */
#ifndef FLORIN_CONSOLE_LOGIN_H
#define FLORIN_CONSOLE_LOGIN_H

#include "console/operator_visitor.h"

/* The form; next: a path of the console to go on at, "" for its first page. */
enum http_next console_login_ask(struct http_request *rq, struct operator_visitor *v,
        unsigned status, const char *problem, const char *name, const char *next);

/* GET and POST /console/login, POST /console/logout. */
http_handler console_login_get, console_login_post, console_logout;

#endif
