#include "app/config.h"

static void print_range(const struct setting *setting, FILE *out)
{
    if (setting->type == SETTING_INT)
        (void)fprintf(out, " (%lld to %lld%s%s)", (long long)setting->min, (long long)setting->max, *setting->unit ? " " : "", setting->unit);
    else if (setting->type == SETTING_BOOL)
        (void)fprintf(out, " (true or false)");
    else if (setting->type == SETTING_FILE)
        (void)fprintf(out, " (path of a file)");
}

void config_help(const char *program, const char *what, const struct setting *table, size_t count, FILE *out)
{
    (void)fprintf(out, "%s: %s\n\nUsage: %s [--help | --print-env]\n\nSettings, from the environment:\n", program, what, program);
    for (size_t i = 0; i < count; i++) {
        const struct setting *setting = &table[i];
        (void)fprintf(out, "  %-26s %s", setting->name, setting->what);
        print_range(setting, out);
        if (!setting->standard)
            (void)fprintf(out, "; must be set\n");
        else
            (void)fprintf(out, *setting->standard ? "; standard %s\n" : "; standard: none\n", setting->standard);
    }
}

void config_print_env(const struct setting *table, size_t count, FILE *out)
{
    for (size_t i = 0; i < count; i++) {
        const struct setting *setting = &table[i];
        (void)fprintf(out, "# %s", setting->what);
        print_range(setting, out);
        (void)fprintf(out, setting->standard ? "\n#%s=%s\n" : "; must be set\n%s=%s\n", setting->name, setting->standard ? setting->standard : "");
    }
}
