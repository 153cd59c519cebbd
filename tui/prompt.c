/* SPDX-License-Identifier: Apache-2.0
 *
 * One question at a time. It does not know what is done with the answer. */
#include "tui/prompt.h"

void prompt_ask(Prompt *prompt, RequestId request, char *question)
{
	prompt_clear(prompt);
	prompt->question = question;
	prompt->request = request;
}

PromptAnswer prompt_key(Prompt *prompt, Key key)
{
	if (key == 'y' || key == 'Y') {
		prompt_clear(prompt);
		return PROMPT_YES;
	}
	if (key == 'n' || key == 'N' || key == KEY_CODE_ESCAPE) {
		prompt_clear(prompt);
		return PROMPT_NO;
	}
	return PROMPT_PENDING;
}

void prompt_clear(Prompt *prompt)
{
	g_clear_pointer(&prompt->question, g_free);
	prompt->request = REQUEST_NONE;
}
