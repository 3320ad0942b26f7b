#include "receipt.h"

#include "base/id.h"

void receipt_make(const uint8_t entropy[RECEIPT_ENTROPY_BYTES], char ret_receipt[RECEIPT_CHARACTERS + 1])
{
    id_base32(entropy, RECEIPT_CHARACTERS - 1, ret_receipt);
    ret_receipt[RECEIPT_CHARACTERS - 1] = id_base32_check(ret_receipt, RECEIPT_CHARACTERS - 1);
    ret_receipt[RECEIPT_CHARACTERS] = '\0';
}

bool receipt_parse(struct str typed, char ret_receipt[RECEIPT_CHARACTERS + 1])
{
    return id_base32_fold(typed, RECEIPT_CHARACTERS, ret_receipt) &&
           ret_receipt[RECEIPT_CHARACTERS - 1] == id_base32_check(ret_receipt, RECEIPT_CHARACTERS - 1);
}

/* Groups of four with hyphens between. */
static void show(const char *text, size_t size, char *ret_shown)
{
    for (size_t i = 0; i < size; i++) {
        if (i > 0 && i % 4 == 0)
            *ret_shown++ = '-';
        *ret_shown++ = text[i];
    }
    *ret_shown = '\0';
}

void receipt_show(const char receipt[RECEIPT_CHARACTERS + 1], char ret_shown[RECEIPT_SHOWN_CHARACTERS + 1])
{
    show(receipt, RECEIPT_CHARACTERS, ret_shown);
}

void code_make(const uint8_t hash[CODE_HASH_BYTES], char ret_code[CODE_CHARACTERS + 1])
{
    id_base32(hash, CODE_CHARACTERS, ret_code);
}

bool code_parse(struct str typed, char ret_code[CODE_CHARACTERS + 1])
{
    return id_base32_fold(typed, CODE_CHARACTERS, ret_code);
}

void code_show(const char code[CODE_CHARACTERS + 1], char ret_shown[CODE_SHOWN_CHARACTERS + 1])
{
    show(code, CODE_CHARACTERS, ret_shown);
}
