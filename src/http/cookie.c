#include "http/cookie.h"

#include <string.h>

bool cookie_read(const char *field, const char *name, char *out, size_t size)
{
	size_t name_n = strlen(name);
	unsigned found = 0;

	out[0] = '\0';
	while (field && *field) {
		size_t n = strcspn(field, ";");

		if (n > name_n && strncmp(field, name, name_n) == 0 && field[name_n] == '=') {
			size_t value_n = n - name_n - 1;

			found++;
			if (value_n < size) {
				memcpy(out, field + name_n + 1, value_n);
				out[value_n] = '\0';
			}
		}
		field += n;
		field += strspn(field, "; ");
	}
	if (found > 1)
		out[0] = '\0';
	return out[0] != '\0';
}
