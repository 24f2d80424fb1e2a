/*
 * version.h - which chopay this is.
 */
#ifndef CHOPAY_VERSION_H
#define CHOPAY_VERSION_H

#define CHOPAY_VERSION "1.0.0"

#endif
