/* btp_part: what btp.c and btp_session.c share. Private to them; all on the outbound thread. */
#ifndef FLORIN_ILP_BTP_PART_H
#define FLORIN_ILP_BTP_PART_H

#include "codec/btp.h"
#include "ilp/arrival.h"
#include "ilp/btp.h"
#include "ilp/btp_dial.h"
#include "net/websocket.h"

#define BTP_GREETING_MS   10000 /* to say who one is, or to be told that it is well */
#define BTP_REDIAL_MS     1000  /* after the end of a connection; doubled up to the next */
#define BTP_REDIAL_MAX_MS 30000
#define BTP_GUESTS_MAX    64   /* connections whose peer is not known yet */
#define BTP_INCOMING_MAX  4096 /* Prepares of one connection that wait for their answer */
#define BTP_CALL_BUCKETS  256
#define BTP_NAME_ILP      "ilp"
#define BTP_NAME_AUTH     "auth"
#define BTP_NAME_TOKEN    "auth_token"
#define BTP_NAME_USER     "auth_username"

/* A Prepare of ours that waits for its Response. */
struct btp_call {
	struct btp_call *next; /* of its bucket */
	struct btp_session *session;
	struct outbound_request *rq;
	uint32_t id;
};

/* A Prepare of the peer's; it lies in its arrival's arena. */
struct btp_incoming {
	struct arrival *arrival;
	struct btp *btp;
	struct btp_session *session; /* NULL: it has ended meanwhile */
	uint32_t id;
	bool answered; /* the Response waits to be sent */
	struct btp_incoming *previous, *next;
};

enum btp_state {
	BTP_OPENING,  /* we dial */
	BTP_GREETING, /* the client has yet to say who it is, or the server whether it is well */
	BTP_OPEN,
	BTP_CLOSING, /* takes no packet any more, either way */
};

struct btp_session {
	struct btp *btp;
	struct btp_line *line; /* NULL: not known yet, or another has taken its place */
	struct websocket *ws;
	enum btp_state state;
	bool dialed;
	uint8_t token_hash[32]; /* by which the peer is known: where it dialed */
	account_id account;     /* 0: not known */
	uint32_t greeting;      /* request id of ours */
	uint32_t next_id;
	struct btp_call *calls[BTP_CALL_BUCKETS];
	size_t call_count;
	struct btp_incoming *incoming;
	size_t incoming_count;
	struct timer timer;       /* of the greeting */
	void (*ended)(void *arg); /* of a visit; NULL: none */
	void *arg;
	struct btp_session *previous, *next;
};

/* A peer whose link is BTP. */
struct btp_line {
	struct btp *btp;
	account_id account;
	char name[NAME_MAX_CHARS + 1];
	struct btp_dial *dial;
	struct peer_live *live;
	struct btp_session *session; /* open, or being opened by us; NULL */
	struct timer redial;
	int64_t gap_ms;
	bool seen; /* in the picture that is looked through */
};

struct btp {
	struct node *node;
	struct node_loop *loop; /* of the packets that come */
	struct task start;
	_Atomic bool posted;
	_Atomic bool drain_asked;
	_Atomic size_t alive; /* sessions */
	bool draining;
	struct btp_line **lines; /* in order of account */
	size_t line_count;
	struct btp_session *sessions;
	size_t guests;
	_Atomic uint64_t open, opened, ended, refused, unexpected;
	uint8_t out[WEBSOCKET_MESSAGE_MAX];
};

static inline void btp_count(_Atomic uint64_t *counter, uint64_t by)
{
	atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

/* ---- btp_session.c ---- */

/* Made without a websocket, which is set next. NULL: memory is out. */
struct btp_session *btp_session_new(struct btp *b);
extern const struct websocket_handler btp_session_handler; /* arg: the session */
/* No more packets: what waits for an answer ends as unknown, and the connection closes. */
void btp_session_close(struct btp_session *s, enum websocket_code code, const char *why);
/* At the end of all, without a word. */
void btp_session_free(struct btp_session *s);
bool btp_session_is_idle(const struct btp_session *s);
/* Sends the Prepare of a request. Errors: as websocket_send. */
MUST_USE enum result btp_session_ask(struct btp_session *s, struct outbound_request *rq);
void btp_session_forget(struct btp_call *call);
/* The client's first message. Errors: as websocket_send. */
MUST_USE enum result btp_session_greet(struct btp_session *s, const char *token);
/* Errors: as websocket_send. */
MUST_USE enum result btp_session_respond(struct btp_session *s, uint32_t id);
void btp_session_refuse(
        struct btp_session *s, uint32_t id, const char *code, const char *name, const char *why);

/* ---- btp.c: what a session tells ---- */

/* Ready for packets: we were let in. */
void btp_on_open(struct btp_session *s);
/* A guest says who it is. */
void btp_on_greeting(struct btp_session *s, const struct btp_packet *p);
/* Its websocket can be used: greet. */
void btp_on_dialed(struct btp_session *s);
/* The last call; frees it, and its websocket where there still is one. */
void btp_on_closed(struct btp_session *s, const char *why);

#endif
