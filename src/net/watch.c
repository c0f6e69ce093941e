#include "net/watch.h"

#include <sys/epoll.h>
#include <unistd.h>

#define WATCH_EVENTS 128

enum result watches_init(struct watches *all)
{
	all->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	return all->epoll_fd < 0 ? RESULT_OURS_IO : RESULT_OK;
}

void watches_clear(struct watches *all)
{
	close(all->epoll_fd);
}

void watches_run(struct watches *all)
{
	struct epoll_event events[WATCH_EVENTS];
	int n = epoll_wait(all->epoll_fd, events, WATCH_EVENTS, 0);

	/* Each is there once at most, and only its own event ends it. */
	for (int i = 0; i < n; i++) {
		struct watch *w = events[i].data.ptr;

		w->ready(w);
	}
}

enum result watch_begin(struct watches *all, struct watch *w, int fd)
{
	struct epoll_event event = {
	        .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = w};

	return epoll_ctl(all->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 ? RESULT_OK
	                                                                : RESULT_OURS_IO;
}

void watch_end(struct watches *all, int fd)
{
	(void)epoll_ctl(all->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}
