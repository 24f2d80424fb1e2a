/*
 * asset.h - files that live inside the binary: pages, schema steps, bank and unit tables.
 *
 * Named by their path in the repository ("merchants/data/banks.csv").  Memory: static.
 */
#ifndef CHOPAY_ASSET_H
#define CHOPAY_ASSET_H

#include "chopay/str.h"

/* Its bytes, or {NULL, 0}. */
struct str asset_find(const char *path);

/* The n-th asset (in no promised order) whose path starts with `folder`; false past the last. */
bool asset_list(const char *folder, size_t n, const char **path, struct str *bytes);

#endif
