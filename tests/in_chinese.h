/* SPDX-License-Identifier: Apache-2.0
 *
 * The built translation, for a while. It does not know what is said in it. */
#pragma once

#include <libintl.h>
#include <locale.h>

#include <cstdlib>

/* As long as there is one, everything is said in Chinese, from this folder of translations. */
class InChinese
{
      public:
	explicit InChinese(const char *folder)
	{
		setlocale(LC_ALL, "C.UTF-8");
		setenv("LANGUAGE", "zh_CN", 1);
		bindtextdomain("fota-station", folder);
		textdomain("fota-station");
	}
	~InChinese()
	{
		unsetenv("LANGUAGE");
		textdomain("messages");
		setlocale(LC_ALL, "C");
	}
};
