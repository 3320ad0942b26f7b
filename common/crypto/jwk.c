#include "crypto/jwk.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "crypto/seal.h"

enum {
    RSA_BITS_MIN = 2048, /* RFC 7518 §3.3 */
    RSA_BITS_MAX = 8192, /* a larger one would only make each check slow */
    P256_COORDINATE_SIZE = 32,
    ED25519_KEY_SIZE = 32,
    DER_SIZE_MAX = 80,
};

static const unsigned char *bytes_of(struct str s)
{
    return (const unsigned char *)s.at;
}

static struct str text_member(const struct json_value *json, const char *name)
{
    const struct json_value *member = json_member(json, str_from(name));
    return member && member->kind == JSON_KIND_STRING ? member->string : (struct str){0};
}

static bool bytes_member(const struct json_value *json, const char *name, struct arena *arena, struct str *ret_bytes)
{
    struct str text = text_member(json, name);
    return !str_empty(text) && base64url_bytes(text, arena, ret_bytes) == ERR_OK;
}

static EVP_PKEY *key_from(const char *type, OSSL_PARAM_BLD *build)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;
    if (params && context && EVP_PKEY_fromdata_init(context) == 1 && EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    return key;
}

static EVP_PKEY *rsa_key(const struct json_value *json, struct arena *arena)
{
    struct str modulus, exponent;
    if (!bytes_member(json, "n", arena, &modulus) || !bytes_member(json, "e", arena, &exponent) || modulus.size > RSA_BITS_MAX / 8 ||
        exponent.size > 8)
        return NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    BIGNUM *n = BN_bin2bn(bytes_of(modulus), (int)modulus.size, NULL), *e = BN_bin2bn(bytes_of(exponent), (int)exponent.size, NULL);
    EVP_PKEY *key = NULL;
    if (build && n && e && BN_num_bits(n) >= RSA_BITS_MIN && BN_is_odd(e) && !BN_is_one(e) &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e))
        key = key_from("RSA", build);
    BN_free(n);
    BN_free(e);
    OSSL_PARAM_BLD_free(build);
    return key;
}

static EVP_PKEY *p256_key(const struct json_value *json, struct arena *arena)
{
    struct str x, y;
    if (!str_equal(text_member(json, "crv"), STR("P-256")) || !bytes_member(json, "x", arena, &x) || !bytes_member(json, "y", arena, &y) ||
        x.size != P256_COORDINATE_SIZE || y.size != P256_COORDINATE_SIZE)
        return NULL;
    unsigned char point[1 + 2 * P256_COORDINATE_SIZE] = {POINT_CONVERSION_UNCOMPRESSED};
    memcpy(point + 1, x.at, x.size);
    memcpy(point + 1 + x.size, y.at, y.size);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (build && OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) &&
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point)))
        key = key_from("EC", build); /* refuses a point off the curve */
    OSSL_PARAM_BLD_free(build);
    return key;
}

static EVP_PKEY *ed25519_key(const struct json_value *json, struct arena *arena)
{
    struct str x;
    if (!str_equal(text_member(json, "crv"), STR("Ed25519")) || !bytes_member(json, "x", arena, &x) || x.size != ED25519_KEY_SIZE)
        return NULL;
    return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes_of(x), x.size);
}

/* JWS has r and s side by side (RFC 7518 §3.4); OpenSSL takes them in DER. */
static bool ecdsa_to_der(struct str signature, unsigned char ret_der[DER_SIZE_MAX], size_t *ret_size)
{
    if (signature.size != (size_t)2 * P256_COORDINATE_SIZE)
        return false;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(bytes_of(signature), P256_COORDINATE_SIZE, NULL);
    BIGNUM *s = BN_bin2bn(bytes_of(signature) + P256_COORDINATE_SIZE, P256_COORDINATE_SIZE, NULL);
    int size = -1;
    if (pair && r && s && ECDSA_SIG_set0(pair, r, s)) {
        r = s = NULL; /* the pair owns them now */
        size = i2d_ECDSA_SIG(pair, &(unsigned char *){ret_der});
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(pair);
    *ret_size = size > 0 ? (size_t)size : 0;
    return size > 0;
}

static const struct algorithm {
    const char *name, *key_type; /* RFC 7518 §3.1, §6.1; RFC 8037 §2 */
    EVP_PKEY *(*make)(const struct json_value *json, struct arena *arena);
    bool is_ecdsa, hashes_first;
} algorithms[JWK_ALGORITHM_COUNT] = {
    [JWK_RS256] = {"RS256", "RSA", rsa_key, false, true},
    [JWK_ES256] = {"ES256", "EC", p256_key, true, true},
    [JWK_EDDSA] = {"EdDSA", "OKP", ed25519_key, false, false},
};

const char *jwk_algorithm_name(enum jwk_algorithm algorithm)
{
    return algorithms[algorithm].name;
}

bool jwk_make(const struct json_value *json, struct arena *arena, struct jwk *ret_jwk, const char **ret_why)
{
    struct str id = text_member(json, "kid"), name = text_member(json, "alg"), type = text_member(json, "kty");
    const struct json_value *use = json_member(json, STR("use"));
    unsigned algorithm = 0;
    while (algorithm < JWK_ALGORITHM_COUNT && !str_equal(name, str_from(algorithms[algorithm].name)))
        algorithm++;
    const char *why = NULL;
    if (str_empty(id) || id.size > JWK_ID_SIZE_MAX)
        why = "each key needs a kid of at most 128 bytes";
    else if (algorithm == JWK_ALGORITHM_COUNT)
        why = "each key needs its alg: RS256, ES256 or EdDSA";
    else if (!str_equal(type, str_from(algorithms[algorithm].key_type)))
        why = "a key's kty and alg don't belong together";
    else if (use && !str_equal(use->string, STR("sig")))
        why = "a key's use is not sig";
    else if (json_member(json, STR("d")))
        why = "a private key is in the list: only public ones belong there";
    /* cppcheck-suppress arrayIndexOutOfBoundsCond ; an algorithm beyond the table is a `why` */
    EVP_PKEY *key = why ? NULL : algorithms[algorithm].make(json, arena);
    if (!why && !key)
        why = "a key's numbers don't make a key (RSA of 2048 to 8192 bits, P-256, Ed25519)";
    ERR_clear_error();
    if (why) {
        *ret_why = why;
        return false;
    }
    *ret_jwk = (struct jwk){.algorithm = (enum jwk_algorithm)algorithm, .key = key};
    memcpy(ret_jwk->id, id.at, id.size);
    return true;
}

void jwk_done(struct jwk *jwk)
{
    EVP_PKEY_free(jwk->key);
    jwk->key = NULL;
}

bool jwk_verifies(const struct jwk *jwk, struct str content, struct str signature)
{
    const struct algorithm *algorithm = &algorithms[jwk->algorithm];
    unsigned char der[DER_SIZE_MAX];
    if (algorithm->is_ecdsa) {
        size_t size;
        if (!ecdsa_to_der(signature, der, &size))
            return false;
        signature = (struct str){(const char *)der, size};
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context && EVP_DigestVerifyInit(context, NULL, algorithm->hashes_first ? EVP_sha256() : NULL, NULL, jwk->key) == 1 &&
                EVP_DigestVerify(context, bytes_of(signature), signature.size, bytes_of(content), content.size) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error(); /* a forged token leaves its reason in this thread's queue */
    return good;
}
