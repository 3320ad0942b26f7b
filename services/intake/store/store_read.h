/* Inside of store_*.c: the columns that every statement about one application begins with. */
#ifndef JISR_INTAKE_STORE_READ_H
#define JISR_INTAKE_STORE_READ_H

#include "db/db.h"

struct application_row;

#define APPLICATION_COLUMNS 23 /* id … follow_up: those that store_read_row reads; what a statement adds comes after */
/* Texts are borrowed from the rows. */
void store_read_row(const struct db_rows *rows, size_t row, struct application_row *ret_row);

#endif
