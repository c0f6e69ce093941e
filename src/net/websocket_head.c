#include "net/websocket_head.h"

#include <openssl/evp.h>
#include <string.h>
#include <strings.h>

#define KEY_BYTES     16
#define ACCEPT_BYTES  20
#define STATUS_LENGTH 12 /* "HTTP/1.1 101" */

bool websocket_key_is_good(const char *key)
{
	uint8_t bytes[KEY_BYTES];
	size_t n = 0;

	return strlen(key) == WEBSOCKET_KEY_SIZE - 1 &&
	       base64_decode(key, strlen(key), bytes, sizeof(bytes), &n) == RESULT_OK &&
	       n == sizeof(bytes);
}

enum result websocket_accept(const char *key, char out[WEBSOCKET_ACCEPT_SIZE])
{
	static const char seal[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	char text[WEBSOCKET_KEY_SIZE + sizeof(seal)];
	uint8_t hash[EVP_MAX_MD_SIZE];
	size_t n = strnlen(key, WEBSOCKET_KEY_SIZE - 1);

	memcpy(text, key, n);
	memcpy(text + n, seal, sizeof(seal) - 1);
	if (!EVP_Q_digest(NULL, "SHA1", NULL, text, n + sizeof(seal) - 1, hash, NULL))
		return RESULT_OURS_MEMORY;
	base64_encode(bytes_of(hash, ACCEPT_BYTES), BASE64_STD, out);
	return RESULT_OK;
}

bool websocket_list_has(const char *value, const char *word)
{
	size_t n = strlen(word);

	while (value && *value) {
		size_t part;

		value += strspn(value, " \t,");
		part = strcspn(value, " \t,");
		if (part == n && strncasecmp(value, word, n) == 0)
			return true;
		value += part;
	}
	return false;
}

static void put(struct buf *b, const char *text)
{
	buf_bytes(b, bytes_str(text));
}

void websocket_head_request(struct buf *b, const char *url, const char *key)
{
	const char *scheme = strstr(url, "://");
	const char *authority = scheme ? scheme + 3 : url;
	size_t authority_n = strcspn(authority, "/?");
	const char *path = authority + authority_n;

	put(b, "GET ");
	if (*path != '/')
		put(b, "/");
	put(b, path);
	put(b, " HTTP/1.1\r\nHost: ");
	buf_put(b, authority, authority_n);
	put(b, "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
	       "User-Agent: florin\r\nSec-WebSocket-Key: ");
	put(b, key);
	put(b, "\r\n\r\n");
}

/* The length of the head with the empty line at its end; 0: it has not come. */
static size_t head_length(struct bytes in)
{
	for (size_t i = 0; i + 4 <= in.n; i++) {
		if (memcmp(in.p + i, "\r\n\r\n", 4) == 0)
			return i + 4;
	}
	return 0;
}

struct answer_fields {
	bool upgrade, connection, accept;
};

/* "Name: value", without its end. */
static enum result take_field(
        char *line, const char accept[WEBSOCKET_ACCEPT_SIZE], struct answer_fields *seen)
{
	char *value = strchr(line, ':');
	size_t n;

	if (!value || value == line)
		return RESULT_THEIRS_PROTOCOL;
	*value++ = '\0';
	value += strspn(value, " \t");
	n = strlen(value);
	while (n > 0 && (value[n - 1] == ' ' || value[n - 1] == '\t'))
		value[--n] = '\0';
	if (strcasecmp(line, "Upgrade") == 0)
		seen->upgrade = strcasecmp(value, "websocket") == 0;
	else if (strcasecmp(line, "Connection") == 0)
		seen->connection = websocket_list_has(value, "upgrade");
	else if (strcasecmp(line, "Sec-WebSocket-Accept") == 0)
		seen->accept = strcmp(value, accept) == 0;
	else if (strcasecmp(line, "Sec-WebSocket-Extensions") == 0 ||
	         strcasecmp(line, "Sec-WebSocket-Protocol") == 0)
		return RESULT_THEIRS_PROTOCOL; /* we asked for neither */
	return RESULT_OK;
}

enum result websocket_head_answer(
        struct bytes in, const char accept[WEBSOCKET_ACCEPT_SIZE], size_t *used)
{
	struct answer_fields seen = {false, false, false};
	size_t n = head_length(in);
	char head[WEBSOCKET_HEAD_MAX + 1];
	char *line;

	*used = 0;
	if (n > WEBSOCKET_HEAD_MAX || (n == 0 && in.n >= WEBSOCKET_HEAD_MAX))
		return RESULT_THEIRS_TOO_BIG;
	if (n == 0)
		return RESULT_OK;
	memcpy(head, in.p, n);
	head[n - 2] = '\0'; /* each line still ends with CR LF */
	if (strlen(head) != n - 2 || strncmp(head, "HTTP/1.1 ", 9) != 0)
		return RESULT_THEIRS_PROTOCOL;
	if (strncmp(head + 9, "101", 3) != 0 ||
	        (head[STATUS_LENGTH] != ' ' && head[STATUS_LENGTH] != '\r'))
		return RESULT_THEIRS_REFUSED;
	line = strstr(head, "\r\n") + 2;
	while (*line) {
		char *end = strstr(line, "\r\n");
		enum result r;

		*end = '\0';
		r = take_field(line, accept, &seen);
		if (r)
			return r;
		line = end + 2;
	}
	if (!seen.upgrade || !seen.connection || !seen.accept)
		return RESULT_THEIRS_PROTOCOL;
	*used = n;
	return RESULT_OK;
}
