/* SPDX-License-Identifier: Apache-2.0
 *
 * A question that is answered with yes or no before a request is done. It does not know what the request does. */
#pragma once

#include "tui/requests.h"

G_BEGIN_DECLS

typedef struct {
	char *question; /* NULL: nothing is asked */
	RequestId request;
} Prompt;

typedef enum { PROMPT_PENDING, PROMPT_YES, PROMPT_NO } PromptAnswer;

/* Takes `question`, a sentence for a person. */
void prompt_ask(Prompt *prompt, RequestId request, char *question);
/* Only an explicit y is a yes. With an answer nothing is asked any more. */
PromptAnswer prompt_key(Prompt *prompt, Key key);
void prompt_clear(Prompt *prompt);

G_END_DECLS
