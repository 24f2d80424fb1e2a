/*
 * spoken.h - numbers for somebody who reads aloud: in Vietnamese as words, since "69,51" and
 * "69.505.000" are read in many ways, some of them wrong; in English as digits.
 */
#ifndef REPORT_SPOKEN_H
#define REPORT_SPOKEN_H

#include "chopay/figure.h"

/* "chín trăm mười chín"; count >= 0 */
void speak_count(struct buf *out, enum language language, int64_t count);
/* "bảy mươi ba phẩy bốn mươi tám"; zeros at the end are left out; x100 >= 0 */
void speak_hundredths(struct buf *out, enum language language, int64_t x100);
/* What comes behind "thứ": "nhất", "hai", "tư" */
void speak_rank(struct buf *out, enum language language, int64_t rank);
/* "khoảng sáu mươi chín phẩy năm mươi mốt triệu đồng" */
void speak_money(struct buf *out, enum language language, struct vnd amount);

#endif
