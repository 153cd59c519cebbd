/* SPDX-License-Identifier: Apache-2.0
 *
 * One question at a time. It does not know what is done with the answer. */
#include "tui/prompt.h"

#define CHARS_MAX 60

static void ask(Prompt *prompt, PromptKind kind, RequestId request, char *question)
{
	prompt_clear(prompt);
	prompt->kind = kind;
	prompt->question = question;
	prompt->request = request;
	prompt->text = g_string_new(NULL);
}

void prompt_confirm(Prompt *prompt, RequestId request, char *question)
{
	ask(prompt, PROMPT_CONFIRM, request, question);
}

void prompt_text(Prompt *prompt, RequestId request, char *question)
{
	ask(prompt, PROMPT_TEXT, request, question);
}

static PromptAnswer confirm_key(Key key)
{
	if (key == 'y' || key == 'Y')
		return PROMPT_YES;
	return key == 'n' || key == 'N' || key == KEY_CODE_ESCAPE ? PROMPT_NO : PROMPT_PENDING;
}

static void erase(GString *text)
{
	const char *last =
		text->len ? g_utf8_find_prev_char(text->str, text->str + text->len) : NULL;

	if (last)
		g_string_truncate(text, last - text->str);
}

static PromptAnswer text_key(Prompt *prompt, Key key)
{
	if (key == '\r' || key == '\n')
		return PROMPT_YES;
	if (key == KEY_CODE_ESCAPE)
		return PROMPT_NO;
	if (key == 0x7f || key == 0x08)
		erase(prompt->text);
	else if (key == KEY_CTRL('U'))
		g_string_truncate(prompt->text, 0);
	else if (key >= ' ' && key < KEY_CODE_UP && g_unichar_isprint(key) &&
		 g_utf8_strlen(prompt->text->str, -1) < CHARS_MAX)
		g_string_append_unichar(prompt->text, key);
	return PROMPT_PENDING;
}

PromptAnswer prompt_key(Prompt *prompt, Key key)
{
	return prompt->kind == PROMPT_CONFIRM ? confirm_key(key) : text_key(prompt, key);
}

void prompt_clear(Prompt *prompt)
{
	g_clear_pointer(&prompt->question, g_free);
	if (prompt->text)
		g_string_free(prompt->text, TRUE);
	prompt->text = NULL;
	prompt->kind = PROMPT_NOTHING;
	prompt->request = REQUEST_NONE;
}
