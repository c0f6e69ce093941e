/* harness: the main function of a Check program. Prints what failed and one closing line,
 * `N passed, M failed`, which ./test adds up. */
#ifndef FLORIN_T_UNIT_HARNESS_H
#define FLORIN_T_UNIT_HARNESS_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

/* Stops a test that hangs; far above what a slow, busy machine under a sanitizer needs. */
#define TEST_SECONDS_MAX 800

/* Check writes a line to a file at each assertion that holds, so that it can tell where a test
 * died. In a loop of millions that costs more than the test: each line of a file is told once. */
static inline void harness_mark(const char *file, int line)
{
	static _Thread_local unsigned char told[4096];

	if (told[line % (int)sizeof(told)])
		return;
	told[line % (int)sizeof(told)] = 1;
	_mark_point(file, line);
}
#define _mark_point(file, line) harness_mark(file, line)

static inline int harness_run(const char *name, void (*fill)(TCase *))
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner;
	int failed, ran;

	tcase_set_timeout(tcase, TEST_SECONDS_MAX);
	fill(tcase);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	ran = srunner_ntests_run(runner);
	srunner_free(runner);
	printf("%d passed, %d failed\n", ran - failed, failed);
	return failed == 0 && ran > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* TEST_MAIN("amount", fill): fill adds the tests with tcase_add_test. */
#define TEST_MAIN(name, fill)                                                                      \
	int main(void)                                                                             \
	{                                                                                          \
		return harness_run(name, fill);                                                    \
	}

#endif
