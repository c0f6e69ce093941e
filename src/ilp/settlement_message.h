/* settlement_message: what settlement engines of two peers say to each other, in packets to
 * peer.settle.
 *
 * Our engine's message goes to the peer as the data of a Prepare without money; a Prepare that
 * comes goes to the peer's engine of ours, and its answer back as the data of the Fulfill. Nobody
 * forwards them. deviation: RFC 38 gives the condition as the hash of nothing, which no fulfillment
 * of 32 bytes has. The one of every protocol below "peer." is sent, and both are taken. Spec: RFC
 * 0038 "Exchanging messages"; Interledger, settlement engines
 */
#ifndef FLORIN_ILP_SETTLEMENT_MESSAGE_H
#define FLORIN_ILP_SETTLEMENT_MESSAGE_H

#include "ilp/packet.h"

#define SETTLEMENT_DESTINATION "peer.settle"
/* Messages that wait for our engines, of one peer and of all: above either T03. A peer whose engine
 * hangs fills its own part. */
#define SETTLEMENT_MESSAGES_PER_PEER 4 /* fewer than go to one host at a time */
#define SETTLEMENT_MESSAGES_MAX      1024

bool settlement_message_is(const struct ilp_prepare *p);
/* A message that came. Sets the packet's reply or parks it: F03 for an amount, F00 for another
 * condition, F02 where the peer has no engine here, F00 where the engine refuses (its words are the
 * data), T00 where it does not answer. */
enum packet_next settlement_message_take(struct packet *p);

/* A message of our engine. Fill in task.done, peer and data, which is lent; the call is the
 * caller's again when done runs, on its loop thread. */
struct settlement_message {
	struct task task;
	account_id peer;
	struct bytes data;

	/* result: OK; THEIRS_NOT_FOUND (no such peer, or it can't be reached); THEIRS_REFUSED (its
	 * node or engine refuses); RETRY_UNREACHABLE; RETRY_BUSY; OURS_MEMORY. */
	enum result result;
	uint8_t *reply; /* OK: malloc'd, the caller's; may be NULL where reply_n is 0 */
	size_t reply_n;
	char why[160];

	/* private */
	struct settlement_sending *sending;
};
void settlement_message_send(struct node_loop *l, struct settlement_message *m);

#endif
