#include "copy.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_BYTES ((size_t)1 << 20)
#define EPOCH_DAYS 10957 /* PostgreSQL counts from 2000-01-01 */

static void put(struct copy *copy, const void *bytes, size_t size)
{
    if (fwrite(bytes, 1, size, copy->file) == size)
        return;
    perror("jisr-generate: write");
    exit(1);
}

static void put_int4(struct copy *copy, int32_t value)
{
    uint32_t wire = htobe32((uint32_t)value);
    put(copy, &wire, sizeof(wire));
}

static void put_int8(struct copy *copy, int64_t value)
{
    uint64_t wire = htobe64((uint64_t)value);
    put(copy, &wire, sizeof(wire));
}

void copy_open(struct copy *copy, const char *folder, const char *table)
{
    static const char SIGNATURE[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, table);
    copy->file = fopen(path, "wb");
    if (!copy->file) {
        perror(path);
        exit(1);
    }
    (void)setvbuf(copy->file, NULL, _IOFBF, BUFFER_BYTES);
    put(copy, SIGNATURE, sizeof(SIGNATURE));
}

void copy_close(struct copy *copy)
{
    static const uint8_t TRAILER[2] = {0xff, 0xff};
    put(copy, TRAILER, sizeof(TRAILER));
    if (fclose(copy->file) == 0)
        return;
    perror("jisr-generate: close");
    exit(1);
}

void copy_row(struct copy *copy, int columns)
{
    uint16_t wire = htobe16((uint16_t)columns);
    put(copy, &wire, sizeof(wire));
}

void copy_null(struct copy *copy)
{
    put_int4(copy, -1);
}

void copy_id(struct copy *copy, struct id value)
{
    put_int4(copy, sizeof(value.bytes));
    put(copy, value.bytes, sizeof(value.bytes));
}

void copy_int4(struct copy *copy, int64_t value)
{
    put_int4(copy, 4);
    put_int4(copy, (int32_t)value);
}

void copy_int8(struct copy *copy, int64_t value)
{
    put_int4(copy, 8);
    put_int8(copy, value);
}

void copy_number(struct copy *copy, double value)
{
    int64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    copy_int8(copy, bits);
}

void copy_bool(struct copy *copy, bool value)
{
    uint8_t wire = value;
    put_int4(copy, 1);
    put(copy, &wire, 1);
}

void copy_str(struct copy *copy, struct str value)
{
    if (!value.at) {
        copy_null(copy);
        return;
    }
    put_int4(copy, (int32_t)value.size);
    put(copy, value.at, value.size);
}

void copy_instant(struct copy *copy, instant_us value)
{
    copy_int8(copy, value - EPOCH_DAYS * INSTANT_DAY);
}

void copy_date(struct copy *copy, struct date value)
{
    if (value.year == 0)
        copy_null(copy);
    else
        copy_int4(copy, date_to_days(value) - EPOCH_DAYS);
}
