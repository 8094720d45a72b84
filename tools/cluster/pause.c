/* Holds a pod's namespaces: the one program of the image that Kubernetes starts for every pod. */
#include <signal.h>
#include <unistd.h>

static void End(int signal) { _exit(0); }

int main(void) {
  signal(SIGTERM, End);
  signal(SIGINT, End);
  for (;;) pause();
}
