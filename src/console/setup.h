/* setup: how an operator begins, or begins anew: with a token that is good once
 * (`florin operator token`) a password and the secret of one-time codes are set.
 */
#ifndef FLORIN_CONSOLE_SETUP_H
#define FLORIN_CONSOLE_SETUP_H

#include "http/request.h"

/* GET and POST /console/setup. */
http_handler console_setup_get, console_setup_post;

#endif
