/*
 * crc16.h - CRC-16/CCITT-FALSE: the four hex digits at the end of every code.
 *
 * Polynomial 0x1021, start 0xFFFF, not reflected, no final xor; "123456789" gives 29B1.
 */
#ifndef VIETQR_CRC16_H
#define VIETQR_CRC16_H

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden) /* not of the shared library */

uint16_t vq_crc16(const char *bytes, size_t length);

#pragma GCC visibility pop

#endif
