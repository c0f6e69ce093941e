/* What decodes encodes to a form that decodes to the same. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "codec/form.h"

#define TEXT_MAX (4 * FORM_BYTES_MAX)

static char first_storage[FORM_BYTES_MAX + 1], second_storage[TEXT_MAX + 1], text[TEXT_MAX];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct form first, second;
	struct buf b;

	if (size > FORM_BYTES_MAX || form_decode(bytes_of(data, size), first_storage, &first))
		return 0;
	buf_init(&b, text, sizeof(text));
	for (size_t i = 0; i < first.count; i++) {
		if (i > 0)
			buf_u8(&b, '&');
		form_escape(bytes_str(first.fields[i].name), &b);
		buf_u8(&b, '=');
		form_escape(bytes_str(first.fields[i].text), &b);
	}
	FUZZ_CHECK(!b.failed);
	FUZZ_CHECK(form_decode(buf_view(&b), second_storage, &second) == RESULT_OK);
	FUZZ_CHECK(first.count == second.count);
	for (size_t i = 0; i < first.count; i++) {
		FUZZ_CHECK(strcmp(first.fields[i].name, second.fields[i].name) == 0);
		FUZZ_CHECK(strcmp(first.fields[i].text, second.fields[i].text) == 0);
		FUZZ_CHECK(form_get(&first, first.fields[i].name) == first.fields[i].text);
	}
	return 0;
}
