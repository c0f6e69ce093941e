#include "base/task.h"

void task_send_home(struct mail_list *finished)
{
	struct mail_list run;
	struct mailbox *home = NULL;
	struct mail *m;

	mail_list_init(&run);
	while ((m = mail_list_pop(finished))) {
		struct task *t = OWNER_OF(m, struct task, mail);

		if (home && t->home != home)
			mailbox_answer(home, &run);
		home = t->home;
		mail_list_add(&run, m);
	}
	if (home)
		mailbox_answer(home, &run);
}

void task_run_done(struct mail_list *arrived)
{
	struct mail *m;

	while ((m = mail_list_pop(arrived))) {
		struct task *t = OWNER_OF(m, struct task, mail);

		t->done(t);
	}
}
