/* crc16.c - CRC-16/CCITT-FALSE, four bits at a time: a table of 32 bytes is small in WebAssembly.
 */
#include "crc16.h"

static const uint16_t STEP[16] = {
	0x0000,
	0x1021,
	0x2042,
	0x3063,
	0x4084,
	0x50A5,
	0x60C6,
	0x70E7,
	0x8108,
	0x9129,
	0xA14A,
	0xB16B,
	0xC18C,
	0xD1AD,
	0xE1CE,
	0xF1EF,
};

uint16_t
vq_crc16(const char *bytes, size_t length)
{
	unsigned crc = 0xFFFF;

	for (size_t i = 0; i < length; i++) {
		unsigned byte = (unsigned char)bytes[i];

		crc = (crc << 4 & 0xFFFF) ^ STEP[(crc >> 12 ^ byte >> 4) & 15];
		crc = (crc << 4 & 0xFFFF) ^ STEP[(crc >> 12 ^ byte) & 15];
	}
	return (uint16_t)crc;
}
