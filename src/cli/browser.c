#include "cli/browser.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "codec/form.h"

#define FORM        "<form method=\"post\" action=\""
#define FORM_END    "</form>"
#define HIDDEN      "<input type=\"hidden\" name=\""
#define VALUE       "\" value=\""
#define TIMEOUT_MS  15000
#define FIELD_BYTES 1024

enum result browser_open(struct browser *b)
{
	const struct client_options options = {.base_url = "", .timeout_ms = TIMEOUT_MS};

	memset(b, 0, sizeof(*b));
	return client_new(&options, &b->http);
}

void browser_close(struct browser *b)
{
	client_free(b->http);
	secret_wipe(b->cookies, sizeof(b->cookies));
	secret_wipe(b->page, sizeof(b->page));
}

/* ---- cookies ---- */

/* One of that name gives way to it. */
static enum result keep_cookie(struct browser *b, const char *field)
{
	size_t n = strcspn(field, ";"), name_n = strcspn(field, "=") + 1;
	char *place = NULL;

	for (size_t i = BROWSER_COOKIES_MAX; i-- > 0;) {
		if (!b->cookies[i][0] && !place)
			place = b->cookies[i];
		if (strncmp(b->cookies[i], field, name_n) == 0)
			place = b->cookies[i];
	}
	if (!place || n >= BROWSER_COOKIE_BYTES)
		return RESULT_THEIRS_TOO_BIG;
	memcpy(place, field, n);
	place[n] = '\0';
	return RESULT_OK;
}

static void cookie_header(const struct browser *b, struct buf *out)
{
	const char *before = "Cookie: ";

	for (size_t i = 0; i < BROWSER_COOKIES_MAX; i++) {
		if (!b->cookies[i][0])
			continue;
		buf_bytes(out, bytes_str(before));
		buf_bytes(out, bytes_str(b->cookies[i]));
		before = "; ";
	}
	buf_u8(out, '\0');
}

static enum result call(
        struct browser *b, const char *method, const char *form, struct client_answer *answer)
{
	uint8_t storage[BROWSER_COOKIES_MAX * (BROWSER_COOKIE_BYTES + 2) + 16];
	const char *lines[] = {(const char *)storage, NULL};
	struct client_request rq = {.method = method, .path = b->url, .form = form};
	const char *cookie;
	struct buf header;
	enum result r;

	buf_init(&header, storage, sizeof(storage));
	cookie_header(b, &header);
	if (storage[0])
		rq.headers = lines;
	r = client_call(b->http, &rq, answer);
	secret_wipe(storage, sizeof(storage));
	for (size_t i = 0; !r && (cookie = client_header(b->http, "Set-Cookie", i)) != NULL; i++)
		r = keep_cookie(b, cookie);
	return r;
}

/* ---- pages ---- */

enum result browser_look(struct browser *b)
{
	struct client_answer answer;
	enum result r = call(b, "GET", NULL, &answer);

	if (!r && answer.status != 200)
		r = RESULT_THEIRS_REFUSED;
	return r ? r : text_copy(b->page, sizeof(b->page), answer.body);
}

/* Copies what stands up to the next quote; *at is then behind it. */
static enum result take_quoted(const char **at, char out[FIELD_BYTES])
{
	size_t n = strcspn(*at, "\"");

	if (n >= FIELD_BYTES)
		return RESULT_THEIRS_TOO_BIG;
	memcpy(out, *at, n);
	out[n] = '\0';
	*at += n;
	return RESULT_OK;
}

static void put_field(struct buf *body, const char *name, const char *text)
{
	if (body->len)
		buf_u8(body, '&');
	form_escape(bytes_str(name), body);
	buf_u8(body, '=');
	form_escape(bytes_str(text), body);
}

/* The hidden fields of a form whose inner begins at `at`. Their values are tokens and paths, which
 * hold nothing that HTML would escape. */
static enum result put_hidden(const char *at, struct buf *body)
{
	const char *end = strstr(at, FORM_END);
	char name[FIELD_BYTES], text[FIELD_BYTES];
	enum result r = RESULT_OK;

	while (!r && (at = strstr(at, HIDDEN)) != NULL && at < end) {
		at += strlen(HIDDEN);
		r = take_quoted(&at, name);
		if (!r && !text_starts(at, VALUE))
			r = RESULT_THEIRS_PROTOCOL;
		if (r)
			break;
		at += strlen(VALUE);
		r = take_quoted(&at, text);
		if (!r)
			put_field(body, name, text);
	}
	return r;
}

/* Where a link on the page of b->url leads. */
static enum result go(struct browser *b, const char *link)
{
	char *path = strstr(b->url, "://");

	if (link[0] != '/')
		return text_copy(b->url, sizeof(b->url), link);
	path = path ? strchr(path + 3, '/') : NULL;
	if (!path)
		path = b->url + strlen(b->url);
	return text_copy(path, sizeof(b->url) - (size_t)(path - b->url), link);
}

enum result browser_submit(struct browser *b, const struct browser_field *fields)
{
	const char *form = strstr(b->page, FORM), *location;
	uint8_t storage[FORM_BYTES_MAX];
	char action[FIELD_BYTES];
	struct client_answer answer;
	struct buf body;
	enum result r;

	if (!form)
		return RESULT_THEIRS_PROTOCOL;
	form += strlen(FORM);
	buf_init(&body, storage, sizeof(storage));
	r = take_quoted(&form, action);
	if (!r)
		r = put_hidden(form, &body);
	for (; fields->name; fields++)
		put_field(&body, fields->name, fields->text);
	buf_u8(&body, '\0');
	if (!r && body.failed)
		r = RESULT_THEIRS_TOO_BIG;
	if (!r)
		r = go(b, action);
	if (!r)
		r = call(b, "POST", (const char *)storage, &answer);
	secret_wipe(storage, sizeof(storage));
	location = r ? NULL : client_header(b->http, "Location", 0);
	if (!r && (answer.status != 303 || !location))
		r = RESULT_THEIRS_REFUSED;
	return r ? r : go(b, location);
}
