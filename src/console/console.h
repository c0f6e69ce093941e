/* console: the operator's web console on the admin listener, and what its pages share.
 *
 * The console holds no rule and reads nothing by itself: a page asks the resources of the admin API
 * (http/inner.h) and shows their answers, an act is a request to one of them under an Idempotency-
 * Key. What it adds is its own login (store/operator.h), and that each act is written down.
 */
#ifndef FLORIN_CONSOLE_CONSOLE_H
#define FLORIN_CONSOLE_CONSOLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"
#include "http/page.h"
#include "http/request.h"

#define CONSOLE_HOME        "/console"
#define CONSOLE_LOGIN       "/console/login"
#define CONSOLE_PAGES       "/console/pages"
#define CONSOLE_SETUP       "/console/setup"
#define CONSOLE_COOKIE_SIZE 40
#define CONSOLE_IDLE_MS     (30 * 60 * 1000)   /* a session ends after so long without use ... */
#define CONSOLE_LIFE_MS     (12 * 3600 * 1000) /* ... and at the latest so long after the login */

/* One effective value of the configuration. */
struct console_setting {
	const char *section, *key;
	const char *value;  /* "set" for a secret that is; "" where unset */
	const char *source; /* "default", "file", "environment" */
};

struct console_options {
	const char *admin_listen; /* ADDRESS:PORT */
	const char *backup_dir;   /* a whole path; made when the first backup is. Borrowed */
	const struct secret32 *master_key;
	size_t setting_count;
	void (*setting)(void *arg, size_t i, struct console_setting *out);
	void *arg;
};

struct router;

struct console {
	struct router *admin; /* the resources of the admin API */
	/* With the port, so that several nodes live on one host. */
	char session_cookie[CONSOLE_COOKIE_SIZE];
	char browser_cookie[CONSOLE_COOKIE_SIZE];
	struct secret32 form_key;  /* of the tokens in forms */
	struct secret32 codes_key; /* of the secrets that set-up offers */
	const char *backup_dir;
	size_t setting_count;
	void (*setting)(void *arg, size_t i, struct console_setting *out);
	void *arg;
	struct http_route *routes; /* of pages and acts; for the admin listener */
	size_t route_count;
};

/* Errors: OURS_MEMORY, OURS_CONFIG (the admin API's routes; logged). */
MUST_USE enum result console_new(const struct console_options *o, struct console **out);
void console_free(struct console *c);
struct console *console_of(const struct http_request *rq);

/* Files in the directory of backups, as far as they are shown. */
size_t console_backup_count(const struct console *c);

/* The page of this template, as page_reply, with what each page of the console has around it. who:
 * the operator's name, "" where nobody is signed in; nav: which entry of the navigation it belongs
 * to, NULL: none. Steals view. */
enum http_next console_reply(struct http_request *rq, unsigned status, const char *name,
        json_t *view, const char *who, const char *nav);
/* A heading and a sentence, which are messages. */
enum http_next console_say(struct http_request *rq, unsigned status, const char *who,
        const char *heading, const char *sentence);

#endif
