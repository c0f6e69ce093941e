/* front: what somebody sees who opens the server itself. */
#ifndef FLORIN_WEB_FRONT_H
#define FLORIN_WEB_FRONT_H

#include "http/request.h"

/* GET /, for browsers; whoever asks for something else gets 404 as JSON, since nothing of the API
 * is here. ?to=WHO leads to the page of a wallet of this node, whether there is one or not. */
http_handler front_get;

#endif
