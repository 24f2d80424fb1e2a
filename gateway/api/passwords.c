/* What may be a password. */
#include "passwords.h"

/* Of ten characters and more: the rest is too short anyway.  In lower case. */
static const char *const commonest[] = {"1234567890", "0123456789", "0987654321", "9876543210",
	"12345678910", "123456789a", "a123456789", "1q2w3e4r5t", "1qaz2wsx3edc", "qwertyuiop",
	"qwerty12345", "qwerty123456", "asdfghjkl123", "password12", "password123", "password1234",
	"passw0rd123", "p@ssw0rd123", "administrator", "admin12345", "admin123456", "matkhau123",
	"matkhau1234", "matkhau12345", "matkhaumoi", "iloveyou123", "anhyeuem123", "emyeuanh123",
	"yeuemnhieu", "congaconvit", "vietnam123", "vietnam2024", "vietnam2025", "vietnam2026",
	"chopay1234", "thanhtoan123", "khongtienmat", "changeme123", "letmein1234", "welcome123",
	"abcdefghij", "abcd123456", "abc1234567", "aa12345678", "a1b2c3d4e5", "1122334455",
	"1111122222", "1212121212", "1231231234", "0909090909"};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t
characters(struct str text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
	return count;
}

static bool
is_one_again_and_again(struct str text)
{
	for (size_t i = 1; i < text.len; i++) {
		if (text.ptr[i] != text.ptr[0])
			return false;
	}
	return true;
}

/* Digits or letters one after the other, up or down. */
static bool
is_a_row(struct str text)
{
	int step = text.len > 1 ? text.ptr[1] - text.ptr[0] : 0;

	if (step != 1 && step != -1)
		return false;
	for (size_t i = 2; i < text.len; i++) {
		if (text.ptr[i] - text.ptr[i - 1] != step)
			return false;
	}
	return true;
}

/* The login, however often or with whatever few characters around it. */
static bool
is_the_login(struct str login, struct str password)
{
	size_t rest = password.len;

	for (size_t i = 0; login.len > 0 && i + login.len <= password.len;) {
		if (str_eq_nocase(str_cut(password, i, i + login.len), login)) {
			rest -= login.len;
			i += login.len;
		} else {
			i++;
		}
	}
	return rest < password.len && rest <= 4;
}

const char *
password_fault(struct str login, struct str password)
{
	struct buf text CLEANUP(buf_fini) = {0};

	if (password.len > PASSWORD_BYTES_MAX)
		return "signin.password_long";
	if (characters(password) < PASSWORD_CHARS_MIN)
		return "signin.password_short";
	if (is_the_login(login, password))
		return "signin.password_login";
	for (size_t i = 0; i < password.len; i++)
		buf_addc(&text, lower(password.ptr[i]));
	if (is_one_again_and_again(buf_str(&text)) || is_a_row(buf_str(&text)))
		return "signin.password_common";
	for (size_t i = 0; i < sizeof(commonest) / sizeof(commonest[0]); i++) {
		if (str_eq(buf_str(&text), str_from(commonest[i])))
			return "signin.password_common";
	}
	return NULL;
}
