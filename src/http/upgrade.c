/* Connections that become another protocol's (reply.h). */
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/task.h"
#include "http/exchange.h"

struct http_upgraded {
	struct task task;
	struct http_loop *loop;
	struct http_connection *connection;
	struct MHD_UpgradeResponseHandle *urh; /* NULL: the library has let go of it */
};

/* The request is busy again, as the library ends it now. */
void upgrade_cut(struct http_upgraded *u)
{
	struct MHD_UpgradeResponseHandle *urh = u->urh;

	if (!urh)
		return;
	u->urh = NULL;
	u->connection->upgraded = NULL;
	u->connection->daemon->ready = true;
	u->loop->busy++;
	MHD_upgrade_action(urh, MHD_UPGRADE_ACTION_CLOSE);
}

static void on_end(struct task *t)
{
	struct http_upgraded *u = OWNER_OF(t, struct http_upgraded, task);

	upgrade_cut(u);
	free(u);
}

void http_upgraded_end(struct http_upgraded *u)
{
	struct mail_list one;

	u->task.done = on_end;
	mail_list_init(&one);
	mail_list_add(&one, &u->task.mail);
	mailbox_answer(&u->loop->mailbox, &one);
}

static void on_upgrade(void *arg, struct MHD_Connection *mhd, void *context, const char *early,
        size_t early_n, MHD_socket socket, struct MHD_UpgradeResponseHandle *urh)
{
	struct http_exchange *x = arg;
	struct http_connection *c = x->connection;
	struct http_loop *l = x->rq.loop;
	struct http_upgraded *u = calloc(1, sizeof(*u));
	int fd = u ? fcntl(socket, F_DUPFD_CLOEXEC, 0) : -1;
	const int on = 1;

	(void)mhd;
	(void)context;
	/* No deadline of HTTP's, and the stop does not wait for it. */
	deadline_unset(&l->deadlines, &c->deadline);
	if (fd < 0) {
		log_error("http_upgrade", "result=%s", result_name(RESULT_OURS_MEMORY));
		free(u);
		MHD_upgrade_action(urh, MHD_UPGRADE_ACTION_CLOSE);
		return;
	}
	/* With TLS `socket` leads to the library, and this one to the client: small messages are
	 * not to wait for acknowledgements. */
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	l->busy--;
	u->loop = l;
	u->connection = c;
	u->urh = urh;
	c->upgraded = u;
	x->reply.upgrade(&x->rq, fd, bytes_of(early, early_n), u);
}

struct MHD_Response *upgrade_response(struct http_exchange *x)
{
	return MHD_create_response_for_upgrade(on_upgrade, x);
}
