/* XML read in one pass, for files that a stranger may have made. */
#include <expat.h>
#include <string.h>

#include "statement_xml.h"

#define SPACE_SEPARATOR '\x1f' /* stands in no name and no namespace */
#define PIECE_SIZE 65536
#define TEXT_MAX (256 * 1024)	  /* bytes of one element */
#define WAITING_MAX (1024 * 1024) /* bytes of a tag or comment that does not end */

static struct str
local_name(const char *name)
{
	const char *at = strrchr(name, SPACE_SEPARATOR);

	return str_from(at == NULL ? name : at + 1);
}

void
statement_xml_stop(struct statement_xml *xml, const char *fault)
{
	if (xml->fault == NULL)
		xml->fault = fault;
	XML_StopParser(xml->parser, XML_FALSE);
}

static void XMLCALL
element_starts(void *arg, const char *name, const char **attributes)
{
	struct statement_xml *xml = arg;
	struct str local = local_name(name);

	xml->tokens++;
	if (xml->fault != NULL) /* expat may still call after it was stopped */
		return;
	if (++xml->depth > STATEMENT_XML_DEPTH_MAX) {
		statement_xml_stop(xml, "its elements are nested too deeply");
		return;
	}
	buf_clear(&xml->text);
	xml->space = (struct str){name, (size_t)(local.ptr - name)};
	xml->start(xml, local, attributes);
}

static void XMLCALL
element_ends(void *arg, const char *name)
{
	struct statement_xml *xml = arg;

	xml->tokens++;
	if (xml->fault != NULL)
		return;
	xml->depth--;
	xml->end(xml, local_name(name), buf_str(&xml->text));
	buf_clear(&xml->text);
}

static void XMLCALL
text_comes(void *arg, const char *text, int length)
{
	struct statement_xml *xml = arg;

	xml->tokens++;
	if (xml->fault != NULL)
		return;
	if (xml->text.len + (size_t)length > TEXT_MAX)
		statement_xml_stop(xml, "a text is too long");
	else
		buf_add(&xml->text, (struct str){text, (size_t)length});
}

static void XMLCALL
comment_comes(void *arg, const char *text)
{
	(void)text;
	((struct statement_xml *)arg)->tokens++;
}

static void XMLCALL
instruction_comes(void *arg, const char *target, const char *data)
{
	(void)target;
	(void)data;
	((struct statement_xml *)arg)->tokens++;
}

static void XMLCALL
doctype_comes(void *arg, const char *name, const char *system, const char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	statement_xml_stop(arg, "it has a DOCTYPE, which no bank writes");
}

void
statement_xml_init(struct statement_xml *xml)
{
	xml->parser = XML_ParserCreateNS(NULL, SPACE_SEPARATOR);
	if (xml->parser == NULL) {
		xml->fault = "no memory for it";
		return;
	}
	XML_SetUserData(xml->parser, xml);
	XML_SetElementHandler(xml->parser, element_starts, element_ends);
	XML_SetCharacterDataHandler(xml->parser, text_comes);
	XML_SetCommentHandler(xml->parser, comment_comes);
	XML_SetProcessingInstructionHandler(xml->parser, instruction_comes);
	XML_SetStartDoctypeDeclHandler(xml->parser, doctype_comes);
}

void
statement_xml_fini(struct statement_xml *xml)
{
	if (xml->parser != NULL)
		XML_ParserFree(xml->parser);
	buf_fini(&xml->text);
}

/* Expat keeps a token that does not end and reads it again with every piece: a comment of the whole
 * file's length would take its square. */
static bool
feed_piece(struct statement_xml *xml, struct str piece, bool last)
{
	size_t before = xml->tokens;

	if (xml->fault != NULL)
		return false;
	if (XML_Parse(xml->parser, piece.ptr == NULL ? "" : piece.ptr, (int)piece.len, last) ==
		XML_STATUS_ERROR) {
		if (xml->fault == NULL)
			xml->fault = XML_ErrorString(XML_GetErrorCode(xml->parser));
		return false;
	}
	xml->waiting = xml->tokens == before ? xml->waiting + piece.len : 0;
	if (xml->waiting > WAITING_MAX)
		xml->fault = "a tag or comment is too long";
	return xml->fault == NULL;
}

bool
statement_xml_feed(struct statement_xml *xml, struct str bytes, bool last)
{
	for (size_t at = 0; at < bytes.len; at += PIECE_SIZE) {
		if (!feed_piece(xml, str_cut(bytes, at, at + PIECE_SIZE), false))
			return false;
	}
	return !last || feed_piece(xml, STR(""), true);
}

size_t
statement_xml_line(const struct statement_xml *xml)
{
	return xml->parser == NULL ? 0 : XML_GetCurrentLineNumber(xml->parser);
}

const char *
statement_xml_fault(const struct statement_xml *xml)
{
	return xml->fault;
}

struct str
statement_xml_attribute(const char **attributes, const char *name)
{
	for (size_t i = 0; attributes[i] != NULL; i += 2) {
		if (str_eq(local_name(attributes[i]), str_from(name)))
			return str_from(attributes[i + 1]);
	}
	return (struct str){NULL, 0};
}
