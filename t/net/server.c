#include "net/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 512
#define REQUEST_MAX     65536

struct connection {
	int fd;
	char in[REQUEST_MAX + 1];
	size_t n;
	int served;
	bool waiting;
	bool late; /* an answer is due, see /late */
};

struct private
{
	int listener, stop;
	atomic_bool hang_up;
	pthread_t thread;
	struct connection connections[CONNECTIONS_MAX];
	size_t count;
};

static void send_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t k = send(fd, p, n, MSG_NOSIGNAL);

		if (k <= 0 && errno != EINTR)
			return;
		if (k > 0) {
			p += k;
			n -= (size_t)k;
		}
	}
}

static void send_text(int fd, const char *s)
{
	send_all(fd, s, strlen(s));
}

static void answer(int fd, const char *type, const char *body, size_t n)
{
	char head[256];

	snprintf(head, sizeof(head),
	        "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", type, n);
	send_text(fd, head);
	send_all(fd, body, n);
}

static void send_endless_headers(int fd)
{
	char line[128];

	send_text(fd, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 2000; i++) {
		snprintf(line, sizeof(line), "X-Filler-%d: %064d\r\n", i, i);
		send_text(fd, line);
	}
}

static bool path_is(const struct connection *c, const char *path)
{
	const char *p = strchr(c->in, ' ');
	size_t n = strlen(path);

	return p && strncmp(p + 1, path, n) == 0 && (p[1 + n] == ' ' || p[1 + n] == '?');
}

static void answer_chunked(int fd)
{
	send_text(fd, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	              "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n");
	send_text(fd, "1\r\n \r\n5\r\nworld\r\n0\r\nX-Trailer: 1\r\n\r\n");
}

static void answer_the_late(struct private *p)
{
	for (size_t i = 0; i < p->count; i++) {
		if (p->connections[i].late)
			answer(p->connections[i].fd, "text/plain", "late", 4);
		p->connections[i].late = false;
	}
}

/* One whole request is in c->in. False: close the connection. */
static bool serve(struct server *s, struct connection *c, const char *body, size_t body_n)
{
	static const char big[SERVER_BIG_BYTES];
	bool closes = path_is(c, "/close") || (path_is(c, "/then-close") && c->served > 0);

	s->requests++;
	c->served++;
	if (closes) {
		s->closed_on++;
		return false;
	}
	if (path_is(c, "/never")) {
		c->waiting = true;
		return true;
	}
	answer_the_late(s->private);
	if (path_is(c, "/late")) {
		c->late = true;
		return true;
	}
	if (path_is(c, "/last")) {
		send_text(c->fd, "HTTP/1.1 200 OK\r\n\r\n");
		send_all(c->fd, body, body_n);
		return false;
	}
	if (path_is(c, "/half")) {
		send_text(c->fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
		return false;
	}
	if (path_is(c, "/garbage")) {
		send_text(c->fd, "220 mail.example ready\r\n");
		return false;
	}
	if (path_is(c, "/headers")) {
		send_endless_headers(c->fd);
		return false;
	}
	if (path_is(c, "/redirect"))
		send_text(c->fd,
		        "HTTP/1.1 302 Found\r\nLocation: /echo\r\nContent-Length: 0\r\n\r\n");
	else if (path_is(c, "/big"))
		answer(c->fd, "text/plain", big, sizeof(big));
	else if (path_is(c, "/chunked"))
		answer_chunked(c->fd);
	else if (path_is(c, "/twice"))
		send_text(c->fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"
		                 "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond");
	else if (path_is(c, "/type"))
		answer(c->fd, "Application/JSON; charset=utf-8", "{}", 2);
	else if (path_is(c, "/head") || path_is(c, "/head/a/b"))
		answer(c->fd, "text/plain", c->in, (size_t)(body - c->in));
	else
		answer(c->fd, "application/octet-stream", body, body_n);
	return true;
}

static size_t content_length(const char *head)
{
	const char *p = strstr(head, "Content-Length:");

	return p ? (size_t)strtoul(p + 15, NULL, 10) : 0;
}

static int waiting(const struct private *p)
{
	int n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += p->connections[i].waiting;
	return n;
}

static bool readable(struct server *s, struct private *p, struct connection *c)
{
	ssize_t k = recv(c->fd, c->in + c->n, REQUEST_MAX - c->n, 0);
	char *end;

	if (k <= 0)
		return false;
	c->n += (size_t)k;
	c->in[c->n] = '\0';
	while ((end = strstr(c->in, "\r\n\r\n"))) {
		size_t head = (size_t)(end - c->in) + 4;
		size_t body = content_length(c->in);

		if (path_is(c, "/early")) {
			s->requests++;
			send_text(c->fd, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
			return false;
		}
		if (c->n < head + body)
			return true;
		if (!serve(s, c, c->in + head, body))
			return false;
		if (waiting(p) > s->at_once)
			s->at_once = waiting(p);
		c->n -= head + body;
		memmove(c->in, c->in + head + body, c->n + 1);
	}
	return c->n < REQUEST_MAX;
}

static void drop(struct private *p, size_t i)
{
	close(p->connections[i].fd);
	p->count--;
	if (i < p->count)
		memcpy(&p->connections[i], &p->connections[p->count], sizeof(p->connections[i]));
}

static void hang_up(struct private *p)
{
	uint64_t count;

	if (read(p->stop, &count, sizeof(count)) != (ssize_t)sizeof(count))
		return;
	while (p->count)
		drop(p, p->count - 1);
	atomic_store(&p->hang_up, false);
}

static void *run(void *arg)
{
	struct server *s = arg;
	struct private *p = s->private;

	for (;;) {
		struct pollfd fds[CONNECTIONS_MAX + 2];
		size_t n = p->count;

		fds[0] = (struct pollfd){.fd = p->stop, .events = POLLIN};
		fds[1] = (struct pollfd){
		        .fd = n < CONNECTIONS_MAX ? p->listener : -1, .events = POLLIN};
		for (size_t i = 0; i < n; i++)
			fds[i + 2] = (struct pollfd){.fd = p->connections[i].fd, .events = POLLIN};
		if (poll(fds, (nfds_t)(n + 2), -1) < 0)
			continue;
		if (fds[0].revents && !atomic_load(&p->hang_up))
			return NULL;
		if (fds[0].revents) {
			hang_up(p);
			continue;
		}
		for (size_t i = n; i-- > 0;) {
			if (fds[i + 2].revents && !readable(s, p, &p->connections[i]))
				drop(p, i);
		}
		if (fds[1].revents) {
			struct connection *c = &p->connections[p->count];

			memset(c, 0, sizeof(*c));
			c->fd = accept(p->listener, NULL, NULL);
			if (c->fd >= 0) {
				s->connections++;
				p->count++;
			}
		}
	}
}

static void must(bool ok, const char *what)
{
	if (!ok) {
		perror(what);
		abort();
	}
}

void server_start(struct server *s)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(a);
	struct private *p = calloc(1, sizeof(*p));

	memset(s, 0, sizeof(*s));
	must(p != NULL, "calloc");
	s->private = p;
	p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(p->listener >= 0, "socket");
	must(bind(p->listener, (struct sockaddr *)&a, sizeof(a)) == 0, "bind");
	must(listen(p->listener, CONNECTIONS_MAX) == 0, "listen");
	must(getsockname(p->listener, (struct sockaddr *)&a, &size) == 0, "getsockname");
	s->port = ntohs(a.sin_port);
	p->stop = eventfd(0, EFD_CLOEXEC);
	must(p->stop >= 0, "eventfd");
	must(pthread_create(&p->thread, NULL, run, s) == 0, "pthread_create");
}

void server_hang_up(struct server *s)
{
	struct private *p = s->private;
	struct timespec ms = {0, 1000000};
	uint64_t one = 1;

	atomic_store(&p->hang_up, true);
	must(write(p->stop, &one, sizeof(one)) == (ssize_t)sizeof(one), "write");
	while (atomic_load(&p->hang_up))
		nanosleep(&ms, NULL);
}

void server_stop(struct server *s)
{
	struct private *p = s->private;
	uint64_t one = 1;

	must(write(p->stop, &one, sizeof(one)) == (ssize_t)sizeof(one), "write");
	pthread_join(p->thread, NULL);
	while (p->count)
		drop(p, p->count - 1);
	close(p->listener);
	close(p->stop);
	free(p);
}
