#include "ilp/peer_protocol.h"

#include "codec/ildcp.h"
#include "codec/ilp_address.h"
#include "ilp/routes.h"
#include "ilp/settlement_message.h"

#define ROUTE_PREFIX "peer.route"

#define ILDCP_ANSWER_BYTES (ILP_FULFILLMENT_SIZE + ILP_ADDRESS_MAX + ASSET_CODE_MAX + 32)

static void answer_ildcp(struct packet *p)
{
	struct ildcp_info info = {
	        .address = p->from->ilp_address,
	        .asset_scale = (uint8_t)p->from->asset.scale,
	        .asset_code = bytes_str(p->from->asset.code),
	};
	uint8_t *storage;
	struct buf b;
	enum result r = ildcp_request_check(&p->prepare);

	if (!r && p->from->ilp_address.n == 0)
		r = RESULT_THEIRS_NOT_FOUND;
	if (!r && p->snapshot->address_is_due) {
		packet_reject(p, ILP_T00_INTERNAL_ERROR, "this node waits for its own address");
		return;
	}
	if (r) {
		packet_reject(p,
		        r == RESULT_THEIRS_BAD_AMOUNT ? ILP_F03_INVALID_AMOUNT
		                                      : ILP_F00_BAD_REQUEST,
		        r == RESULT_THEIRS_NOT_FOUND ? "no address for this peer"
		                                     : "not an ILDCP request");
		return;
	}
	storage = arena_alloc(p->arena, ILDCP_ANSWER_BYTES);
	if (!storage) {
		packet_reject_result(p, RESULT_OURS_MEMORY);
		return;
	}
	buf_init(&b, storage, ILDCP_ANSWER_BYTES);
	ildcp_response_encode(&b, &info);
	if (b.failed)
		packet_reject_result(p, RESULT_OURS_BUG);
	else
		p->reply = buf_view(&b);
}

enum packet_next peer_protocol_take(struct packet *p)
{
	if (p->from->row.ccp && ilp_address_under(p->prepare.destination, bytes_str(ROUTE_PREFIX)))
		return routes_take(p);
	if (settlement_message_is(&p->prepare))
		return settlement_message_take(p);
	if (ildcp_is_request(&p->prepare))
		answer_ildcp(p);
	else
		packet_reject(p, ILP_F01_INVALID_PACKET, "unknown peer protocol");
	return PACKET_ANSWERED;
}
