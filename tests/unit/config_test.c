/* Settings: from the environment into a struct, and the samples printed from the same table. */
#include "support/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/config.h"
#include "app/settings.h"

struct settings {
    struct service_settings service;
    const char *name;
    const char *file;
    int64_t count;
    bool flag;
};

static const struct setting TABLE[] = {
    SETTING_TEXT_ROW(settings, name, "JISR_T_NAME", NULL, "a name"),
    SETTING_FILE_ROW(settings, file, "JISR_T_FILE", "/dev/null", "a file"),
    SETTING_INT_ROW(settings, count, "JISR_T_COUNT", "4", 1, 64, "threads", "a count"),
    SETTING_BOOL_ROW(settings, flag, "JISR_T_FLAG", "false", "a flag"),
};

static const struct setting SERVICE_TABLE[] = {SERVICE_SETTINGS(settings, service, "8101", "9101")};

static struct arena *arena;

static int fresh(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(TABLE); i++)
        (void)unsetenv(TABLE[i].name);
    arena = arena_new(1024 * 1024);
    return arena ? 0 : -1;
}

static int drop(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void unset_settings_have_their_standard_value(void **state)
{
    struct settings settings = {0};
    (void)state;
    (void)setenv("JISR_T_NAME", "intake", 1);
    (void)setenv("JISR_T_COUNT", "", 1);
    check_int(config_load(TABLE, ROWS(TABLE), arena, &settings), ERR_OK, "what must be set is set");
    check_text(str_from(settings.name), "intake", "from the environment");
    check_text(str_from(settings.file), "/dev/null", "standard");
    check_int(settings.count, 4, "an empty variable is as good as none");
    check_int(settings.flag, false, "standard");
}

/* The sentences for people are not these tests' subject. */
static enum err load_silently(struct settings *settings)
{
    int kept = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY);
    (void)dup2(nowhere, STDERR_FILENO);
    enum err err = config_load(TABLE, ROWS(TABLE), arena, settings);
    (void)dup2(kept, STDERR_FILENO);
    (void)close(kept);
    (void)close(nowhere);
    return err;
}

static void each_setting_is_checked(void **state)
{
    static const struct {
        const char *name, *value;
        enum err err;
        const char *why;
    } CASES[] = {
        {"JISR_T_COUNT", "64", ERR_OK, "the largest"},
        {"JISR_T_COUNT", "65", ERR_INVALID, "beyond the largest"},
        {"JISR_T_COUNT", "0", ERR_INVALID, "below the smallest"},
        {"JISR_T_COUNT", "4k", ERR_INVALID, "not a number"},
        {"JISR_T_COUNT", "99999999999999999999", ERR_INVALID, "beyond 64 bits"},
        {"JISR_T_FLAG", "TRUE", ERR_OK, "in any case"},
        {"JISR_T_FLAG", "off", ERR_OK, "a word for it"},
        {"JISR_T_FLAG", "maybe", ERR_INVALID, "neither true nor false"},
        {"JISR_T_FILE", "/nowhere/at/all", ERR_INVALID, "a file that can't be read"},
        {"JISR_T_NAME", "", ERR_INVALID, "it must be set"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct settings settings = {0};
        for (size_t j = 0; j < ROWS(TABLE); j++)
            (void)unsetenv(TABLE[j].name);
        (void)setenv("JISR_T_NAME", "x", 1);
        (void)setenv(CASES[i].name, CASES[i].value, 1);
        check_int(load_silently(&settings), CASES[i].err, CASES[i].why);
    }
}

static struct str printed(void (*print)(FILE *out))
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    print(out);
    (void)fclose(out);
    struct str copy = str_copy(arena, (struct str){text, size});
    free(text);
    return copy;
}

static void print_env(FILE *out)
{
    config_print_env(TABLE, ROWS(TABLE), out);
}

static void print_help(FILE *out)
{
    config_help("jisr-test", "a program", SERVICE_TABLE, ROWS(SERVICE_TABLE), out);
}

static void the_samples_come_from_the_table(void **state)
{
    (void)state;
    check_text(printed(print_env),
               "# a name; must be set\nJISR_T_NAME=\n"
               "# a file (path of a file)\n#JISR_T_FILE=/dev/null\n"
               "# a count (1 to 64 threads)\n#JISR_T_COUNT=4\n"
               "# a flag (true or false)\n#JISR_T_FLAG=false\n",
               "a file that a shell and systemd read");
    struct str help = printed(print_help);
    for (size_t i = 0; i < ROWS(SERVICE_TABLE); i++)
        check(strstr(help.at, SERVICE_TABLE[i].name) && strstr(help.at, SERVICE_TABLE[i].what), SERVICE_TABLE[i].name);
}

static void a_service_s_own_standards_are_within_their_bounds(void **state)
{
    struct settings settings = {0};
    (void)state;
    (void)setenv("JISR_PG", "host=/tmp", 1);
    (void)setenv("JISR_KAFKA", "127.0.0.1:9092", 1);
    (void)setenv("JISR_KEYS", "/tmp", 1);
    check_int(config_load(SERVICE_TABLE, ROWS(SERVICE_TABLE), arena, &settings), ERR_OK, "every standard passes its own check");
    check_int(settings.service.http_port, 8101, "the port that the service names");
}

static void small_files_are_read_without_their_last_newline(void **state)
{
    static const struct {
        const char *content;
        enum err err;
        const char *read, *why;
    } CASES[] = {
        {"secret\n", ERR_OK, "secret", "editors add a newline"},
        {"secret", ERR_OK, "secret", "or not"},
        {"a\n\n", ERR_OK, "a\n", "one, no more"},
        {"", ERR_OK, "", "an empty file"},
        {"12345678", ERR_OK, "12345678", "exactly the bound"},
        {"123456789", ERR_LIMIT, NULL, "one byte more"},
    };
    (void)state;
    char path[] = "/tmp/config_test_XXXXXX";
    int fd = mkstemp(path);
    check(fd >= 0, "a file");
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct str content;
        check_int(ftruncate(fd, 0), 0, "emptied");
        check_int(pwrite(fd, CASES[i].content, strlen(CASES[i].content), 0), strlen(CASES[i].content), "written");
        check_int(config_read_file(path, 8, arena, &content), CASES[i].err, CASES[i].why);
        if (CASES[i].read)
            check_text(content, CASES[i].read, CASES[i].why);
    }
    (void)close(fd);
    (void)unlink(path);
    struct str content;
    check_int(config_read_file(path, 8, arena, &content), ERR_NOT_FOUND, "no such file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(unset_settings_have_their_standard_value, fresh, drop),
        cmocka_unit_test_setup_teardown(each_setting_is_checked, fresh, drop),
        cmocka_unit_test_setup_teardown(the_samples_come_from_the_table, fresh, drop),
        cmocka_unit_test_setup_teardown(a_service_s_own_standards_are_within_their_bounds, fresh, drop),
        cmocka_unit_test_setup_teardown(small_files_are_read_without_their_last_newline, fresh, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
