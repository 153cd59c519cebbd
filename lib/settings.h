/* SPDX-License-Identifier: Apache-2.0
 *
 * Settings of modules that an update erases: how each is asked for, how its answer is shaped and how it is set again. It knows
 * neither the modules nor where what was read is kept. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "lib/ini.h"

G_BEGIN_DECLS

#define SETTING_VALUE_SIZE 48

typedef struct {
	char *name;  /* "+CNMI" */
	char *query; /* "AT+CNMI?"; "" where the model's file has to name one */
	char *shape; /* "+CNMI: %": % is the value; a character behind it ends it ("+CREG: %,") */
	char *set;   /* "AT+CNMI=%"; "" of what is only read */
} Setting;

typedef struct _Settings Settings;

/* Reads data/settings.ini. Never NULL: a file that is not there has no lists. */
Settings *settings_load(const char *path, GPtrArray *complaints);
void settings_free(Settings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Settings, settings_free)

/* The settings of that list as a model has them whose file is `model`: its sections [setting NAME] say how, where the list does not.
 * Free with g_ptr_array_unref (of Setting). NULL: there is no such list. */
GPtrArray *settings_of_model(const Settings *settings, const char *list, Ini *model);
/* How a unit is asked for its serial number, which is only read: section [setting serial] of the model's file. NULL: it has none.
 * Free with setting_free. */
Setting *setting_of_serial(Ini *model);
/* One that no file names. Free with setting_free. */
Setting *setting_new(const char *name, const char *query, const char *shape, const char *set);
void setting_free(gpointer setting);

/* The value in an answer, or false: another line, or a value that is not sent back to a module (it could be a command). */
bool setting_take(const Setting *setting, const char *line, char value[SETTING_VALUE_SIZE]);
/* Whether the line is an answer with a value, also one that cannot be sent back. */
bool setting_answers(const Setting *setting, const char *line);
/* The command that sets it. Free with g_free. */
char *setting_command(const Setting *setting, const char *value);

/* What was read as one text, "+CMEE=0|E=1": adds to it. False: no room. */
bool setting_pack(char *packed, gsize size, const char *name, const char *value);
/* False: it is not in there. */
bool setting_unpack(const char *packed, const char *name, char value[SETTING_VALUE_SIZE]);

G_END_DECLS
