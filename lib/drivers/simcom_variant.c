/* SPDX-License-Identifier: Apache-2.0
 *
 * What a SIMCom module says of its sub-version and its calibration, against what its model's file wants. It knows no procedure. */
#include "lib/drivers/simcom_cfota.h"

#include "lib/at_parse.h"

enum { CSUB_FITS = 1, QCN_FITS = 2 };

static void compare(Job *job, const char *line, const char *label, const char *pattern, guint mark)
{
	char value[64];

	if (!pattern || !at_parse_labelled(line, label, value, sizeof(value)))
		return;
	if (model_fits(pattern, value))
		job_mark(job, mark);
	else
		job_detail(job, "%s is %s, expected %s", label, value, pattern);
}

/* One number of firmware, another calibration or sub-version: where the model's file names them they must be right. Else what
 * the unit says now is for the transcript. */
StepAnswer simcom_on_variant(Job *job, const Input *in)
{
	const Model *model = job_model(job);
	CfotaState *q = job_state(job);
	guint wanted;

	if (!model || job_doomed(job) != FAULT_NONE)
		return STEP_NEXT;
	wanted = (model->csub ? CSUB_FITS : 0) | (model->qcn ? QCN_FITS : 0);
	switch (in->kind) {
	case IN_ENTER:
		if (wanted == 0 && !q->inventory)
			return STEP_NEXT;
		return job_send_own(job) ? STEP_WAIT : STEP_FAIL(FAULT_COMMAND_REFUSED);
	case IN_LINE:
		compare(job, in->text, "CSUB", model->csub, CSUB_FITS);
		compare(job, in->text, "QCN", model->qcn, QCN_FITS);
		return STEP_WAIT;
	case IN_REPLY:
		return (job_marks(job) & wanted) == wanted ? STEP_NEXT : STEP_AGAIN(FAULT_NONE);
	default:
		return STEP_WAIT;
	}
}
