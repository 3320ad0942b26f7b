/* Inside common/json: text → jansson's tree. The tree lies in an arena of the calling thread that lives for one parse, so that nothing is freed
 * node by node, and a document made to swell (brackets by the thousand) meets a ceiling. */
#ifndef JISR_JSON_TREE_H
#define JISR_JSON_TREE_H

#include <jansson.h>

#include "base/err.h"
#include "base/str.h"

#define TREE_DEPTH_MAX 32
#define TREE_FAULT_SIZE 96

/* ERR_MALFORMED with a reason and place in ret_fault (never a piece of the text, which may be personal); ERR_LIMIT past the ceiling.
 * The tree lives until tree_release, which every successful load needs; one tree a thread at a time. */
enum err tree_load(struct str text, json_t **ret_tree, char ret_fault[TREE_FAULT_SIZE]) MUST_CHECK;
void tree_release(void);
/* Appends the tree as compact JSON, members in their order. */
void tree_add(struct buf *out, const json_t *tree);

#endif
