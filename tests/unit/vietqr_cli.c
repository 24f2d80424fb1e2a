/*
 * vietqr_cli.c - `chopay qr` as a shell sees it: words and stdin in, status, stdout, stderr out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "chopay/str.h"

int cli_qr(int argc, char **argv); /* gateway/cli/cli.h, private to its folder */

#define WORDS_MAX 12
#define OPEN "00020101021138450010A00000072701150006970436010110208QRIBFTTA53037045802VN6304643B"
#define QUIRKY                                                                                    \
	"00020101021138580010A000000727012800069704070114798352442004330208QRIBFTTA53037045802VN" \
	"830084006304922A"
#define QUIRKY_JSON                                                                         \
	"{\"valid\":true,\"scheme\":\"vietqr\",\"fields\":{\"00\":\"01\",\"01\":\"11\","    \
	"\"38.00\":\"A000000727\",\"38.01.00\":\"970407\",\"38.01.01\":\"79835244200433\"," \
	"\"38.02\":\"QRIBFTTA\",\"53\":\"704\",\"58\":\"VN\",\"83\":\"\",\"84\":\"\","      \
	"\"63\":\"922A\"},\"warnings\":[\"zero_length_83\",\"zero_length_84\"]}\n"
#define NOT_EMV "{\"valid\":false,\"error\":{\"code\":\"not_emv\",\"path\":\"\",\"offset\":0}}\n"

static const struct {
	const char *words[WORDS_MAX];
	const char *in;
	int status;
	const char *out; /* all of stdout */
	const char *err; /* how stderr starts; "" for none */
} cases[] = {
	{{"encode", "--bank", "970436", "--account", "1"}, "", 0, OPEN "\n", ""},
	{{"encode", "--bank", "vietcombank", "--account", "1"}, "", 0, OPEN "\n", ""},
	{{"encode", "--account=1", "--bank=Ngân hàng TMCP Ngoại Thương Việt Nam"}, "", 0, OPEN "\n",
		""},
	{{"encode", "--bank", "VCB", "--account", "0011223344556", "--amount", "45000", "--memo",
		 "Tiền rau chợ Đồng Xuân"},
		"", 0,
		"00020101021238570010A00000072701270006970436011300112233445560208QRIBFTTA"
		"53037045405450005802VN62260822Tien rau cho Dong Xuan630458BF\n",
		""},
	{{"encode"}, "", 64, "", "chopay qr encode: --bank is missing"},
	{{"encode", "--bank", "VCB"}, "", 64, "", "chopay qr encode: --account is missing"},
	{{"encode", "--bank"}, "", 64, "", "chopay qr encode: --bank wants a value"},
	{{"encode", "--bnak", "VCB"}, "", 64, "", "chopay qr encode: no such option"},
	{{"encode", "-o", "x"}, "", 64, "", "chopay qr encode: no such option"},
	{{"encode", "--bank", "VCB", "--account", "1", "5000"}, "", 64, "",
		"chopay qr encode: unexpected word: 5000"},
	{{"encode", "--bank", "VCB", "--account", "1", "--service", "cash"}, "", 64, "",
		"chopay qr encode: --service: say"},
	{{"encode", "--bank", "Nowhere", "--account", "1"}, "", 65, "",
		"chopay qr encode: --bank: no bank"},
	{{"encode", "--bank", "VCB", "--account", "1 2"}, "", 65, "",
		"chopay qr encode: --account: "},
	{{"encode", "--bank", "VCB", "--account", "1", "--amount", "0"}, "", 65, "",
		"chopay qr encode: --amount: "},
	{{"encode", "--bank", "VCB", "--account", "1", "--amount", "-5"}, "", 65, "",
		"chopay qr encode: --amount: "},
	{{"encode", "--bank", "VCB", "--account", "1", "--amount", "1.5"}, "", 65, "",
		"chopay qr encode: --amount: "},
	{{"encode", "--bank", "VCB", "--account", "1", "--amount", "10000000000000"}, "", 65, "",
		"chopay qr encode: --amount: "},
	{{"encode", "--bank", "VCB", "--account", "1", "--amount", "99999999999999999999"}, "", 65,
		"", "chopay qr encode: --amount: "},
	{{"encode", "--bank", "VCB", "--account", "1", "--memo", "Tiền rau và tiền cá chợ Đồng"},
		"", 65, "", "chopay qr encode: --memo: it is over 25"},
	{{"encode", "--bank", "VCB", "--account", "1", "--memo", "!"}, "", 65, "",
		"chopay qr encode: --memo: nothing is left"},
	{{"encode", "--bank", "VCB", "--account", "1", "--mcc", "123"}, "", 65, "",
		"chopay qr encode: --mcc: "},

	{{"decode", QUIRKY}, "", 0, QUIRKY_JSON, ""},
	{{"decode", "-"}, QUIRKY "\r\n", 0, QUIRKY_JSON, ""},
	{{"decode", QUIRKY, "--strict"}, "", 65,
		"{\"valid\":false,\"error\":{\"code\":\"zero_length_83\",\"path\":\"83\",\"offset\":91}}\n",
		""},
	{{"decode", "-"}, "", 65, NOT_EMV, ""},
	{{"decode"}, "", 64, "", "chopay qr decode: give one text"},
	{{"decode", "a", "b"}, "", 64, "", "chopay qr decode: give one text"},

	{{"render", "x", "--format", "gif"}, "", 64, "", "chopay qr render: --format: say"},
	{{"render", "x", "--scale", "65"}, "", 64, "", "chopay qr render: --scale: "},
	{{"render", ""}, "", 65, "", "chopay qr render: there is no text"},
	{{"render", "đ"}, "", 65, "", "chopay qr render: the text holds"},
	{{"render", "x", "-o", "/nowhere/x.txt"}, "", 74, "",
		"chopay qr render: cannot write /nowhere/x.txt: "},

	{{"batch"}, "bin,account,amount,memo\r\n970436,1,,\r\nVCB,1,,\n", 0, OPEN "\n" OPEN "\n",
		""},
	{{"batch"},
		"bin,account,amount,memo\n970436,1,0,\n970436,,,\nNowhere,1,,\n970436,1\n"
		"970436,1,,aaaaaaaaaaaaaaaaaaaaaaaaaa\n970436,1,,a\"b\n970436,1,,",
		65,
		"!bad_amount\n!bad_account\n!unknown_bank\n!columns\n!bad_memo\n!csv\n" OPEN "\n",
		"chopay qr batch: 6 refused: see"},
	{{"batch"}, "bin,account,amount,memo\n970436,1,,\n970436,1,,\"a\nb\"c\n970436,1,,\n", 65,
		OPEN "\n!csv\n", "chopay qr batch: line 3, field 4: "},
	{{"batch"}, "970436,1,,\n", 65, "", "chopay qr batch: the first line must be"},
	{{"batch"}, "", 65, "", "chopay qr batch: the first line must be"},
	{{"batch", "--strict"}, "", 64, "", "chopay qr batch: --strict goes with"},
	{{"batch", "--decode"}, "", 0, "", ""},
	{{"batch", "--decode"}, QUIRKY "\n\n" QUIRKY, 65, QUIRKY_JSON NOT_EMV QUIRKY_JSON,
		"chopay qr batch: 1 refused: see"},

	{{NULL}, "", 64, "", "chopay qr: say encode"},
	{{"draw"}, "", 64, "", "chopay qr: draw: say encode"},
};

/* A file without a name, holding `text`. */
static FILE *
scratch(const char *text)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	fputs(text, file);
	rewind(file);
	return file;
}

static void
read_back(FILE *file, struct buf *text)
{
	char block[4096];
	size_t n;

	rewind(file);
	while ((n = fread(block, 1, sizeof(block), file)) > 0)
		buf_add(text, (struct str){block, n});
	fclose(file);
	buf_adds(text, ""); /* a NUL, also when empty */
}

/* In a child, for the command writes to the process's own stdout.  Its exit status. */
static int
run(const char *const *words, const char *in, struct buf *out, struct buf *err)
{
	FILE *files[3] = {scratch(in), scratch(""), scratch("")};
	char *argv[WORDS_MAX + 2] = {"qr"};
	int argc = 1, status;
	pid_t child;

	for (; argc <= WORDS_MAX && words[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		for (int fd = 0; fd < 3; fd++)
			dup2(fileno(files[fd]), fd);
		status = cli_qr(argc, argv);
		fflush(NULL);
		_exit(status);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	fclose(files[0]);
	read_back(files[1], out);
	read_back(files[2], err);
	return WEXITSTATUS(status);
}

static void
commands(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(buf_fini) struct buf out = {0}, err = {0};
		int status = run(cases[i].words, cases[i].in, &out, &err);
		struct str head = str_from(cases[i].err);
		bool told = head.len ? str_starts(buf_str(&err), head) : err.len == 0;

		/* What a person is told is one line. */
		told = told && (err.len == 0 || strchr(err.ptr, '\n') == err.ptr + err.len - 1);
		if (status == cases[i].status && strcmp(out.ptr, cases[i].out) == 0 && told)
			continue;
		print_error("row %zu (%s): %d\n%s%s", i, cases[i].words[0] ? cases[i].words[0] : "",
			status, out.ptr, err.ptr);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void
every_command_helps(void **state)
{
	static const char *const words[][WORDS_MAX] = {{"--help"}, {"encode", "--help"},
		{"decode", "-h"}, {"render", "--help"}, {"batch", "--help"}};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		CLEANUP(buf_fini) struct buf out = {0}, err = {0};

		assert_int_equal(run(words[i], "", &out, &err), 0);
		assert_true(str_starts(buf_str(&out), STR("usage: chopay qr ")));
		assert_int_equal(err.len, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands),
		cmocka_unit_test(every_command_helps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
