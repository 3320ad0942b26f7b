#include "subject.h"

#include <stdlib.h>

#define WHAT_BYTES_MAX 64
#define CONTEXT_BYTES (WHAT_BYTES_MAX + 1 + ID_TEXT_SIZE + 1)

static struct str context_of(const char *what, struct id application, char space[CONTEXT_BYTES])
{
    size_t size = strlen(what);
    if (size > WHAT_BYTES_MAX)
        abort(); /* a constant of the program: a bug */
    memcpy(space, what, size + 1);
    space[size] = ':';
    id_format(application, space + size + 1);
    return (struct str){space, size + 1 + ID_TEXT_SIZE};
}

enum err subject_seal(const struct seal_key *key, const char *what, struct id application, struct str plain, struct arena *arena,
                      struct str *ret_sealed)
{
    char space[CONTEXT_BYTES];
    return seal(key, context_of(what, application, space), plain, arena, ret_sealed);
}

enum err subject_open(const struct seal_key *key, const char *what, struct id application, struct str sealed, struct arena *arena,
                      struct str *ret_plain)
{
    char space[CONTEXT_BYTES];
    return seal_open(key, context_of(what, application, space), sealed, arena, ret_plain);
}

static struct str key_bytes(const struct seal_key *key)
{
    return (struct str){(const char *)key->bytes, sizeof(key->bytes)};
}

enum err subject_keys_make(const struct intake_keys *keys, struct id application, struct arena *arena, struct subject_keys *ret_keys)
{
    uint8_t fresh[2 * SEAL_KEY_SIZE]; /* asked for once: each asking is a call into the kernel */
    random_bytes(fresh, sizeof(fresh));
    memcpy(ret_keys->facts.bytes, fresh, SEAL_KEY_SIZE);
    memcpy(ret_keys->contact.bytes, fresh + SEAL_KEY_SIZE, SEAL_KEY_SIZE);
    secret_wipe(fresh, sizeof(fresh));
    enum err err = subject_seal(&keys->facts, "facts-key", application, key_bytes(&ret_keys->facts), arena, &ret_keys->facts_wrapped);
    if (err != ERR_OK)
        return err;
    return subject_seal(&keys->contact, "contact-key", application, key_bytes(&ret_keys->contact), arena, &ret_keys->contact_wrapped);
}

static enum err unwrap(const struct seal_key *master, const char *what, struct id application, struct str wrapped, struct seal_key *ret_key)
{
    struct arena *arena = arena_new(4096); /* of its own, so that the plain key doesn't stay in a request's memory */
    struct str plain = {0};
    enum err err = arena ? subject_open(master, what, application, wrapped, arena, &plain) : ERR_MEMORY;
    if (err == ERR_OK && plain.size != SEAL_KEY_SIZE)
        err = ERR_INTERNAL;
    if (err == ERR_OK)
        memcpy(ret_key->bytes, plain.at, SEAL_KEY_SIZE);
    arena_free(arena);
    return err == ERR_INVALID ? ERR_INTERNAL : err;
}

enum err subject_contact_unwrap(const struct intake_keys *keys, struct id application, struct subject_keys *subject)
{
    return unwrap(&keys->contact, "contact-key", application, subject->contact_wrapped, &subject->contact);
}

enum err subject_keys_unwrap(const struct intake_keys *keys, struct id application, struct subject_keys *subject)
{
    enum err err = unwrap(&keys->facts, "facts-key", application, subject->facts_wrapped, &subject->facts);
    return err == ERR_OK ? subject_contact_unwrap(keys, application, subject) : err;
}

static struct str id_bytes(const struct id *id)
{
    return (struct str){(const char *)id->bytes, sizeof(id->bytes)};
}

void subject_code(const struct intake_keys *keys, struct id application, int64_t code_number, char ret_code[CODE_CHARACTERS + 1])
{
    uint8_t number[8], hash[KEYED_HASH_SIZE];
    for (int i = 0; i < 8; i++)
        number[i] = (uint8_t)((uint64_t)code_number >> (56 - 8 * i));
    const struct str parts[] = {id_bytes(&application), {(const char *)number, sizeof(number)}};
    keyed_hash_parts(&keys->code, parts, 2, hash);
    code_make(hash, ret_code);
}

static struct id first_half(const uint8_t hash[KEYED_HASH_SIZE])
{
    struct id id;
    memcpy(id.bytes, hash, sizeof(id.bytes));
    return id;
}

struct id subject_identity_hash(const struct intake_keys *keys, const struct person_number *number)
{
    const struct str parts[] = {str_from(identity_type_name(number->type)), str_from(number->number)};
    uint8_t hash[KEYED_HASH_SIZE];
    keyed_hash_parts(&keys->identity, parts, 2, hash);
    return first_half(hash);
}

struct id subject_request_key(const struct intake_keys *keys, struct str scope, struct str key)
{
    const struct str parts[] = {scope, key};
    uint8_t hash[KEYED_HASH_SIZE];
    keyed_hash_parts(&keys->fingerprint, parts, 2, hash);
    return first_half(hash);
}

struct id subject_fingerprint(const struct intake_keys *keys, struct str body)
{
    uint8_t hash[KEYED_HASH_SIZE];
    keyed_hash(&keys->fingerprint, body, hash);
    return first_half(hash);
}
