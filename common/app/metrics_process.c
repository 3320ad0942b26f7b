#include "app/metrics_process.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Fields of /proc/self/stat (proc(5)), counted from the one after the program's name. */
enum { STAT_UTIME = 11, STAT_STIME = 12, STAT_THREADS = 17, STAT_START = 19, STAT_VIRTUAL = 20, STAT_RSS = 21, STAT_COUNT = 22 };

static bool read_file(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    size_t got = fread(text, 1, size - 1, file);
    text[got] = '\0';
    (void)fclose(file);
    return got > 0;
}

/* The name may hold spaces and parentheses, hence the last ')'. */
static bool read_stat(double fields[STAT_COUNT])
{
    char text[1024];
    if (!read_file("/proc/self/stat", text, sizeof(text)))
        return false;
    const char *at = strrchr(text, ')');
    if (!at || at[1] == '\0' || at[2] == '\0')
        return false;
    at += 3; /* ") S": the state is a letter */
    fields[0] = 0;
    for (int i = 1; i < STAT_COUNT; i++) {
        char *end;
        fields[i] = strtod(at, &end);
        if (end == at)
            return false;
        at = end;
    }
    return true;
}

static double boot_time_s(void)
{
    static char text[64 * 1024];
    static double boot_s; /* does not change while the machine is up */
    if (boot_s > 0 || !read_file("/proc/stat", text, sizeof(text)))
        return boot_s;
    const char *line = strstr(text, "\nbtime ");
    boot_s = line ? strtod(line + 7, NULL) : 0;
    return boot_s;
}

static double open_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    if (!folder)
        return 0;
    double count = -1; /* the folder's own */
    for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
        count += entry->d_name[0] != '.';
    (void)closedir(folder);
    return count;
}

void metrics_print_process(struct buf *out)
{
    double stat[STAT_COUNT];
    if (!read_stat(stat))
        return;
    double ticks = (double)sysconf(_SC_CLK_TCK), page = (double)sysconf(_SC_PAGESIZE);
    const struct {
        const char *name, *type, *help;
        double value;
    } figures[] = {
        {"process_cpu_seconds_total", "counter", "CPU time, user and system.", (stat[STAT_UTIME] + stat[STAT_STIME]) / ticks},
        {"process_resident_memory_bytes", "gauge", "Resident memory.", stat[STAT_RSS] * page},
        {"process_virtual_memory_bytes", "gauge", "Virtual memory.", stat[STAT_VIRTUAL]},
        {"process_threads", "gauge", "Threads.", stat[STAT_THREADS]},
        {"process_open_fds", "gauge", "Open descriptors.", open_descriptors()},
        {"process_start_time_seconds", "gauge", "Start of the process, seconds since 1970.", boot_time_s() + stat[STAT_START] / ticks},
    };
    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
        buf_format(out, "# HELP %s %s\n# TYPE %s %s\n%s %.2f\n", figures[i].name, figures[i].help, figures[i].name, figures[i].type, figures[i].name,
                   figures[i].value);
}
