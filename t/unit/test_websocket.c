#include "unit/harness.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/owner.h"
#include "base/task.h"
#include "net/outbound.h"
#include "net/websocket.h"

#define PING_BYTES 6 /* masked, without a payload */
#define PONG_BYTES 2
#define PINGS_MAX  1000000
#define STALL_MS   1000
#define PATIENCE   20000

/* A WebSocket on the outbound thread, and the test as its client, behind the upgrade. */
struct rig {
	struct url_guard *guard;
	struct outbound *out;
	struct task adopt;
	struct websocket *ws;
	int fds[2];
	atomic_int adopted; /* 1, or -1 */
	atomic_bool closed;
};

static void on_message(void *arg, struct bytes message)
{
	(void)arg;
	(void)message;
}

static void on_drained(void *arg)
{
	(void)arg;
}

static void on_closed(void *arg, const char *why)
{
	struct rig *rig = arg;

	(void)why;
	rig->ws = NULL;
	atomic_store(&rig->closed, true);
}

static void on_adopt(struct task *t)
{
	struct rig *rig = OWNER_OF(t, struct rig, adopt);
	const struct websocket_handler handler = {
	        .message = on_message, .drained = on_drained, .closed = on_closed, .arg = rig};
	enum result r =
	        websocket_adopt(rig->out, rig->fds[0], bytes_of(NULL, 0), &handler, &rig->ws);

	atomic_store(&rig->adopted, r ? -1 : 1);
}

static void rig_start(struct rig *rig)
{
	struct outbound_options options = {0};
	struct mail_list one;

	memset(rig, 0, sizeof(*rig));
	ck_assert_int_eq(url_guard_new(true, NULL, &rig->guard), RESULT_OK);
	options.guard = rig->guard;
	ck_assert_int_eq(outbound_new(&options, &rig->out), RESULT_OK);
	ck_assert_int_eq(outbound_start(rig->out), RESULT_OK);
	ck_assert_int_eq(
	        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, rig->fds), 0);
	rig->adopt.done = on_adopt;
	mail_list_init(&one);
	mail_list_add(&one, &rig->adopt.mail);
	ck_assert_int_eq(outbound_post(rig->out, &one), RESULT_OK);
	while (!atomic_load(&rig->adopted))
		usleep(1000);
	ck_assert_int_eq(atomic_load(&rig->adopted), 1);
}

static void rig_stop(struct rig *rig)
{
	outbound_stop(rig->out, 0);
	websocket_drop(rig->ws);
	outbound_free(rig->out);
	url_guard_free(rig->guard);
	close(rig->fds[1]);
}

static bool ready(int fd, short events, int wait_ms)
{
	struct pollfd p = {.fd = fd, .events = events};

	return poll(&p, 1, wait_ms) == 1;
}

/* Writes pings until nobody takes any for a while; the bytes that were taken. */
static size_t write_pings(int fd)
{
	static uint8_t pings[PING_BYTES * 4096];
	size_t total = 0;

	for (size_t i = 0; i < sizeof(pings); i += PING_BYTES)
		memcpy(pings + i, "\x89\x80\0\0\0\0", PING_BYTES);
	while (total < (size_t)PING_BYTES * PINGS_MAX) {
		size_t at = total % PING_BYTES;
		ssize_t n = send(fd, pings + at, sizeof(pings) - at, MSG_NOSIGNAL);

		if (n > 0)
			total += (size_t)n;
		else if (!ready(fd, POLLOUT, STALL_MS))
			break;
	}
	return total;
}

static size_t read_pongs(int fd, size_t wanted)
{
	uint8_t buffer[65536];
	size_t total = 0;

	while (total < wanted && ready(fd, POLLIN, PATIENCE)) {
		ssize_t n = recv(fd, buffer, sizeof(buffer), 0);

		if (n == 0 || (n < 0 && errno != EAGAIN))
			break;
		for (ssize_t i = 0; i < n; i++)
			ck_assert_uint_eq(buffer[i], (total + (size_t)i) % PONG_BYTES ? 0 : 0x8a);
		total += n > 0 ? (size_t)n : 0;
	}
	return total;
}

/* Its answers would pile up: it is not read from, until it reads. */
START_TEST(who_pings_and_does_not_read)
{
	struct rig rig;
	size_t sent, answered;

	rig_start(&rig);
	sent = write_pings(rig.fds[1]);
	ck_assert_uint_lt(sent, (size_t)PING_BYTES * PINGS_MAX);
	ck_assert(!atomic_load(&rig.closed));
	answered = sent / PING_BYTES * PONG_BYTES;
	ck_assert_uint_eq(read_pongs(rig.fds[1], answered), answered);
	rig_stop(&rig);
}
END_TEST

static void fill(TCase *t)
{
	tcase_set_timeout(t, 120);
	tcase_add_test(t, who_pings_and_does_not_read);
}

TEST_MAIN("websocket", fill)
