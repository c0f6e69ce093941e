#include "http/guard.h"

#include <string.h>
#include <strings.h>

#include "base/bytes.h"

#define CONTENT_LENGTH_DIGITS_MAX 15

static struct guard_verdict refuse(unsigned status, const char *field, const char *reason)
{
	return (struct guard_verdict){.status = status, .field = field, .reason = reason};
}

/* RFC 9110 5.6.2: token */
static bool is_token_char(unsigned char c)
{
	if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
		return true;
	return c != '\0' && strchr("!#$%&'*+-.^_`|~", c);
}

static bool is_token(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!is_token_char((unsigned char)s[i]))
			return false;
	}
	return n > 0;
}

/* RFC 9110 5.5: field values hold visible characters, blanks and bytes above 0x7f. */
static bool is_field_value(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static const char *target_fault(const char *t)
{
	bool in_path = true;

	if (t[0] != '/')
		return "the target is not in origin form";
	for (; *t; t++) {
		unsigned char c = (unsigned char)*t;
		int high, low;

		if (c <= 0x20 || c >= 0x7f || c == '\\' || c == '#' || c == '"' || c == '<' ||
		        c == '>')
			return "the target holds a character that must be escaped";
		if (c == '?')
			in_path = false;
		if (c != '%')
			continue;
		high = hex_digit(t[1]);
		low = high < 0 ? -1 : hex_digit(t[2]);
		if (low < 0)
			return "the target holds a bad escape";
		c = (unsigned char)(high * 16 + low);
		if (c < 0x20 || c == 0x7f)
			return "the target holds an escaped control byte";
		if (c == '/' && in_path)
			return "the path holds an escaped slash";
		t += 2;
	}
	return NULL;
}

/* Fields of which a second one would be read differently by someone else. */
static const char *const singles[] = {
        "Authorization",
        "Content-Digest",
        "Content-Length",
        "Content-Type",
        "Expect",
        "Host",
        "Signature",
        "Signature-Input",
};
#define SINGLES (sizeof(singles) / sizeof(singles[0]))

static size_t single_index(const struct http_header *h)
{
	size_t i;

	for (i = 0; i < SINGLES; i++) {
		if (strcasecmp(h->name, singles[i]) == 0)
			break;
	}
	return i;
}

static bool parse_length(const struct http_header *h, uint64_t *out)
{
	*out = 0;
	if (h->value_n == 0 || h->value_n > CONTENT_LENGTH_DIGITS_MAX)
		return false;
	for (size_t i = 0; i < h->value_n; i++) {
		char c = h->value[i];

		if (c < '0' || c > '9')
			return false;
		*out = *out * 10 + (uint64_t)(c - '0');
	}
	return true;
}

static bool is_host(const struct http_header *h)
{
	for (size_t i = 0; i < h->value_n; i++) {
		unsigned char c = (unsigned char)h->value[i];

		if (c <= 0x20 || c >= 0x7f || strchr(",/@?#\\\"<>", c))
			return false;
	}
	return h->value_n > 0;
}

static struct guard_verdict check_header(const struct guard_input *in, struct guard_verdict pass)
{
	bool seen[SINGLES] = {false};
	bool host = false;

	for (size_t i = 0; i < in->header_count; i++) {
		const struct http_header *h = &in->headers[i];
		size_t single;

		if (!is_token(h->name, h->name_n) || strlen(h->name) != h->name_n)
			return refuse(400, "header", "a field name is not a token");
		if (!is_field_value(h->value, h->value_n) || strlen(h->value) != h->value_n)
			return refuse(400, "header", "a field value holds a control byte");
		/* The length of every body is known before it is read: chunked bodies are refused,
		 * and with them the disagreements about two framings. */
		if (strcasecmp(h->name, "Transfer-Encoding") == 0) {
			if (strcasecmp(h->value, "chunked") == 0)
				return refuse(411, "Transfer-Encoding",
				        "send the body with Content-Length");
			return refuse(
			        501, "Transfer-Encoding", "transfer codings are not accepted");
		}
		single = single_index(h);
		if (single == SINGLES)
			continue;
		if (seen[single])
			return refuse(400, singles[single], "the field occurs twice");
		seen[single] = true;
		if (strcasecmp(h->name, "Content-Length") == 0 &&
		        !parse_length(h, &pass.content_length))
			return refuse(400, "Content-Length", "not a length");
		if (strcasecmp(h->name, "Host") == 0) {
			host = true;
			if (!is_host(h))
				return refuse(400, "Host", "not a host");
		}
		if (strcasecmp(h->name, "Expect") == 0 && strcasecmp(h->value, "100-continue") != 0)
			return refuse(417, "Expect", "only 100-continue is known");
	}
	if (!host && strcmp(in->version, "HTTP/1.1") == 0)
		return refuse(400, "Host", "the field is missing");
	return pass;
}

struct guard_verdict guard_check(const struct guard_input *in)
{
	struct guard_verdict pass = {0};
	const char *fault;

	if (strcmp(in->version, "HTTP/1.1") != 0 && strcmp(in->version, "HTTP/1.0") != 0)
		return refuse(505, "version", "only HTTP/1.1 and HTTP/1.0 are spoken");
	if (http_method_parse(in->method, &pass.method))
		return refuse(501, "method", "the method is not known");
	fault = target_fault(in->target);
	if (fault)
		return refuse(400, "target", fault);
	if (in->header_count > in->fields_max)
		return refuse(431, "header", "too many fields");
	if (in->header_bytes > in->header_bytes_max)
		return refuse(431, "header", "the header is too large");
	pass = check_header(in, pass);
	if (pass.status)
		return pass;
	if (pass.content_length > 0 && (pass.method == HTTP_GET || pass.method == HTTP_HEAD))
		return refuse(400, "Content-Length", "the method takes no body");
	return pass;
}
