/* Runs a command, counts what its process tree does to files, and strikes at one of these steps.
 *
 *   tracer COUNTED STRIKE NUMBER ERRNO REPORT_FD -- COMMAND...
 *
 * COUNTED  files: system calls that change files; the name of one of them: only those; git: starts of a git program.
 * STRIKE   none; tree: kill every process; parent: kill the command alone; once, onwards: the call fails with ERRNO.
 * NUMBER   the step to strike at, from 1.
 *
 * On REPORT_FD comes a line `step CALL PROGRAM` for each step where STRIKE is none, `struck CALL PROGRAM` at the strike
 * and `steps COUNT` at the end, when the last process has gone. Ends as the command did, or in 128 + the signal.
 * What a remote does (git-receive-pack, git-upload-pack and what they start) is on another machine in real life: it is
 * neither counted nor struck.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef __x86_64__
#error "only x86-64 is supported"
#endif

enum { FAILED = 125, MOST = 4096, SECONDS = 150 };

/* `fills`: it needs space, so a full disk makes it fail. `fd`: it counts on regular files only. */
static const struct call { int number; const char *name; int fills, fd; } calls[] = {
    {SYS_write, "write", 1, 1},           {SYS_pwrite64, "pwrite", 1, 1},     {SYS_writev, "writev", 1, 1},
    {SYS_pwritev, "pwritev", 1, 1},       {SYS_pwritev2, "pwritev2", 1, 1},   {SYS_ftruncate, "ftruncate", 1, 1},
    {SYS_fallocate, "fallocate", 1, 1},   {SYS_fsync, "fsync", 1, 1},         {SYS_fdatasync, "fdatasync", 1, 1},
    {SYS_fchmod, "fchmod", 0, 1},         {SYS_open, "open", 1, 0},           {SYS_openat, "openat", 1, 0},
    {SYS_creat, "creat", 1, 0},           {SYS_rename, "rename", 1, 0},       {SYS_renameat, "renameat", 1, 0},
    {SYS_renameat2, "renameat2", 1, 0},   {SYS_link, "link", 1, 0},           {SYS_linkat, "linkat", 1, 0},
    {SYS_symlink, "symlink", 1, 0},       {SYS_symlinkat, "symlinkat", 1, 0}, {SYS_mkdir, "mkdir", 1, 0},
    {SYS_mkdirat, "mkdirat", 1, 0},       {SYS_unlink, "unlink", 0, 0},       {SYS_unlinkat, "unlinkat", 0, 0},
    {SYS_rmdir, "rmdir", 0, 0},           {SYS_truncate, "truncate", 1, 0},   {SYS_chmod, "chmod", 0, 0},
    {SYS_fchmodat, "fchmodat", 0, 0},     {SYS_utime, "utime", 0, 0},         {SYS_utimes, "utimes", 0, 0},
    {SYS_utimensat, "utimensat", 0, 0},   {SYS_copy_file_range, "copy_file_range", 1, 0},
};
enum { CALLS = sizeof calls / sizeof *calls };

static struct task { pid_t pid; int remote, parent_known, waiting; } tasks[MOST];
static int tasks_count;

static const char *counted, *strike;
static long target, injected, steps;
static int report, struck, root_status;
static pid_t root;

static struct task *task_of(pid_t pid) {
    for (int i = 0; i < tasks_count; i++)
        if (tasks[i].pid == pid) return &tasks[i];
    if (tasks_count == MOST) exit(FAILED);
    tasks[tasks_count] = (struct task){.pid = pid};
    return &tasks[tasks_count++];
}

static void forget(pid_t pid) {
    for (int i = 0; i < tasks_count; i++)
        if (tasks[i].pid == pid) tasks[i] = tasks[--tasks_count];
}

static void resume(pid_t pid, int signal) { ptrace(PTRACE_CONT, pid, 0, (long)signal); }

static long proc_text(pid_t pid, const char *name, char *text, size_t size) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    long got = fd < 0 ? 0 : read(fd, text, size - 1);
    if (fd >= 0) close(fd);
    text[got > 0 ? got : 0] = '\0';
    return got > 0 ? got : 0;
}

/* The program: the first argument without its directory; of `sh -c 'git-upload-pack ...'` the command itself. */
static const char *program(pid_t pid, char *text, size_t size) {
    const char *end = text + proc_text(pid, "cmdline", text, size);
    const char *slash = strrchr(text, '/'), *name = slash ? slash + 1 : text;
    const char *second = text + strlen(text) + 1;
    if (!strcmp(name, "sh") && second < end && !strcmp(second, "-c")) return second + strlen(second) + 1;
    return name;
}

static int is_remote(const char *name) {
    return !strncmp(name, "git-receive-pack", 16) || !strncmp(name, "git-upload-pack", 15);
}

static int is_regular(pid_t pid, unsigned long fd) {
    char path[64];
    struct stat found;
    snprintf(path, sizeof path, "/proc/%d/fd/%lu", pid, fd);
    return stat(path, &found) == 0 && S_ISREG(found.st_mode);
}

static const struct call *file_change(pid_t pid, const struct user_regs_struct *registers) {
    for (int i = 0; i < CALLS; i++)
        if (calls[i].number == (int)registers->orig_rax)
            return !calls[i].fd || is_regular(pid, registers->rdi) ? &calls[i] : NULL;
    return NULL;
}

static void kill_tree(void) {
    for (int i = 0; i < tasks_count; i++)
        if (!tasks[i].remote) kill(tasks[i].pid, SIGKILL);
}

static void kill_for(const char *call, const char *name) {
    if (!strcmp(strike, "tree")) kill_tree();
    else kill(root, SIGKILL);
    dprintf(report, "struck %s %s\n", call, name);
}

static int fails(const struct call *call) {
    int errors = !strcmp(strike, "once") || !strcmp(strike, "onwards");
    return errors && (call->fills || injected != ENOSPC);
}

static void inject(pid_t pid, struct user_regs_struct *registers) {
    registers->orig_rax = -1;
    registers->rax = -injected;
    ptrace(PTRACE_SETREGS, pid, 0, registers);
}

static void at_step(pid_t pid, const struct call *call, struct user_regs_struct *registers) {
    char text[4096];
    const char *name = program(pid, text, sizeof text), *what = call ? call->name : "start";
    int kills = !strcmp(strike, "tree") || !strcmp(strike, "parent");
    if (call && !kills && strcmp(strike, "none") && !fails(call)) return;
    steps++;
    if (!strcmp(strike, "none")) dprintf(report, "step %s %.32s\n", what, name);
    if (steps == target && kills) {
        struck = 1;
        kill_for(what, name);
    } else if (call && fails(call) && (steps == target || (struck && !strcmp(strike, "onwards")))) {
        if (!struck) dprintf(report, "struck %s %.32s\n", what, name);
        struck = 1;
        inject(pid, registers);
    }
}

static void at_call(pid_t pid) {
    struct user_regs_struct registers;
    if (!task_of(pid)->remote && strcmp(counted, "git") && ptrace(PTRACE_GETREGS, pid, 0, &registers) == 0) {
        const struct call *call = file_change(pid, &registers);
        int counts = call && (!strcmp(counted, "files") || !strcmp(counted, call->name));
        if (counts && !(struck && !fails(call))) at_step(pid, call, &registers);
    }
    resume(pid, 0);
}

static void at_start(pid_t pid) {
    char text[4096];
    const char *name = program(pid, text, sizeof text);
    if (is_remote(name)) task_of(pid)->remote = 1;
    if (!task_of(pid)->remote && !strcmp(counted, "git") && !strncmp(name, "git", 3) && !struck) at_step(pid, NULL, NULL);
    resume(pid, 0);
}

static void at_child(pid_t pid) {
    unsigned long message = 0;
    ptrace(PTRACE_GETEVENTMSG, pid, 0, &message);
    int remote = task_of(pid)->remote;
    struct task *child = task_of((pid_t)message);
    child->remote = remote;
    child->parent_known = 1;
    if (struck && !strcmp(strike, "tree") && !remote) kill(child->pid, SIGKILL);
    if (child->waiting) resume(child->pid, 0);
    child->waiting = 0;
    resume(pid, 0);
}

/* A new task stops once before it runs, perhaps before its parent tells of it. */
static void at_stop(pid_t pid) {
    struct task *task = task_of(pid);
    if (task->parent_known) resume(pid, 0);
    else task->waiting = 1;
}

static void at_event(pid_t pid, int status) {
    switch (status >> 16) {
    case PTRACE_EVENT_SECCOMP: at_call(pid); break;
    case PTRACE_EVENT_EXEC: at_start(pid); break;
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE: at_child(pid); break;
    case PTRACE_EVENT_STOP: at_stop(pid); break;
    default: resume(pid, WSTOPSIG(status));
    }
}

static void follow(void) {
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR;) {
        if (pid < 0) continue;
        if (WIFSTOPPED(status)) {
            at_event(pid, status);
            continue;
        }
        if (pid == root) root_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        forget(pid);
    }
}

/* Only the calls of the table stop, and an open only where it may make or empty a file. */
static void filter_calls(void) {
    struct sock_filter code[CALLS * 6 + 2];
    unsigned short n = 0;
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < CALLS; i++) {
        int number = calls[i].number, opens = number == SYS_open || number == SYS_openat;
        unsigned offset = offsetof(struct seccomp_data, args) + 8 * (number == SYS_openat ? 2 : 1);
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, opens ? 4 : 1);
        if (opens) {
            code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset);
            code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY), 1, 0);
            code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
        }
        code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    }
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog filter = {n, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) _exit(FAILED);
}

static void become(char **command, int go) {
    char byte;
    close(report);
    if (read(go, &byte, 1) != 1) _exit(FAILED);
    close(go);
    filter_calls();
    execvp(*command, command);
    _exit(FAILED);
}

static void too_long(int signal) {
    (void)signal;
    _exit(FAILED);
}

int main(int count, char **words) {
    if (count < 8) return FAILED;
    counted = words[1], strike = words[2], target = atol(words[3]), injected = atol(words[4]), report = atoi(words[5]);
    fcntl(report, F_SETFD, FD_CLOEXEC);
    int go[2];
    if (pipe2(go, O_CLOEXEC)) return FAILED;
    root = fork();
    if (root == 0) become(words + 7, go[0]);
    long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
                   PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL;
    if (root < 0 || ptrace(PTRACE_SEIZE, root, 0, options) || write(go[1], "", 1) != 1) return FAILED;
    task_of(root)->parent_known = 1;
    signal(SIGALRM, too_long);
    alarm(SECONDS);
    follow();
    dprintf(report, "steps %ld\n", steps);
    return root_status;
}
