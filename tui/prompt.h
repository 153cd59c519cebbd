/* SPDX-License-Identifier: Apache-2.0
 *
 * A question that is answered with yes or no, or with a line of text. It does not know what is done with the answer. */
#pragma once

#include "tui/requests.h"

G_BEGIN_DECLS

typedef enum { PROMPT_NOTHING, PROMPT_CONFIRM, PROMPT_TEXT } PromptKind;

typedef struct {
	PromptKind kind;
	char *question;
	RequestId request; /* that it is about */
	GString *text;     /* PROMPT_TEXT: as typed so far */
} Prompt;

typedef enum { PROMPT_PENDING, PROMPT_YES, PROMPT_NO } PromptAnswer;

/* Both take `question`, a sentence for a person. */
void prompt_confirm(Prompt *prompt, RequestId request, char *question);
void prompt_text(Prompt *prompt, RequestId request, char *question);
/* Confirm: only an explicit y is a yes. Text: Enter is a yes, Esc a no. The prompt stays until prompt_clear(). */
PromptAnswer prompt_key(Prompt *prompt, Key key);
void prompt_clear(Prompt *prompt);

G_END_DECLS
