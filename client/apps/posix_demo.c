// SPDX-License-Identifier: BSD-3-Clause
/*
 * An ordinary POSIX program: `cc posix_demo.c` makes one for Linux. Compiled with
 * mica_rpc_retarget.h it is part of a client, unchanged (client/rules.mk).
 *
 *	posix_demo [PORT]	PORT of 127.0.0.1 answers a line with a line
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINES 100

int main(int argc, char **argv);

static int write_lines(const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f) {
		perror(path);
		return -1;
	}
	for (int i = 0; i < LINES; i++)
		fprintf(f, "line %03d of %-5s|%#x\n", i, "demo", (unsigned int)i);
	return fclose(f);
}

static int copy(const char *from, const char *to)
{
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	char piece[700];
	size_t n;

	if (!in || !out) {
		perror("copy");
		return -1;
	}
	while ((n = fread(piece, 1, sizeof(piece), in)) > 0) {
		if (fwrite(piece, 1, n, out) != n)
			return -1;
	}
	return fclose(in) | fclose(out);
}

static void show_copy(const char *path)
{
	char word[16], name[32];
	struct stat st;
	int number = 0, n;
	FILE *f = fopen(path, "r");

	if (!f || stat(path, &st) < 0) {
		perror(path);
		return;
	}
	for (int i = 0; i < 42; i++)
		fgets(name, sizeof(name), f);
	n = fscanf(f, "%15s %d of %31[a-z]", word, &number, name);
	printf("copy: %ld bytes, mode %o, file %d; %d words: %s %d %s\n", (long)st.st_size,
	       st.st_mode & 0777, S_ISREG(st.st_mode), n, word, number, name);
	fclose(f);
}

static void show_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	int files = 0;

	if (!dir) {
		perror(path);
		return;
	}
	while ((e = readdir(dir)) != NULL)
		files += e->d_name[0] != '.';
	printf("folder: %d files\n", files);
	closedir(dir);
}

static void talk(const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0), number = 0;
	char answer[64];
	ssize_t n;

	for (; *port >= '0' && *port <= '9'; port++)
		number = number * 10 + (*port - '0');
	to.sin_port = htons((unsigned short)number);
	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0) {
		printf("connect: %s\n", strerror(errno));
		if (fd >= 0)
			close(fd);
		return;
	}
	send(fd, "hello from POSIX\n", 17, 0);
	n = recv(fd, answer, sizeof(answer) - 1, 0);
	answer[n > 0 ? n : 0] = '\0';
	printf("answer: %s", answer);
	close(fd);
}

int main(int argc, char **argv)
{
	mkdir("demo", 0700);
	if (write_lines("demo/a") || copy("demo/a", "demo/b"))
		return 1;
	chmod("demo/b", 0640);
	show_copy("demo/b");
	show_folder("demo");
	if (argc > 1)
		talk(argv[1]);
	if (open("demo/none", O_RDONLY) < 0)
		printf("none: %d %s\n", errno, strerror(errno));
	remove("demo/a");
	unlink("demo/b");
	return rmdir("demo");
}
