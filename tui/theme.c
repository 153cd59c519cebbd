/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of looks. It does not know what is on the screen.
 * Symbols are taken from those that a Linux console font has too; a colour never says anything that no word says. */
#include "tui/theme.h"

#include <glib/gi18n.h>

#define FG(colour)                 .fg = COLOUR_##colour, .bg = COLOUR_DEFAULT
#define ON(foreground, background) .fg = COLOUR_##foreground, .bg = COLOUR_##background

static const Style in_colour[N_MEANINGS] = {
	[MEANING_PLAIN] = { FG(DEFAULT) },
	[MEANING_FAINT] = { FG(DEFAULT), .dim = true },
	[MEANING_TITLE] = { ON(WHITE, BLUE), .bold = true },
	[MEANING_KEY] = { FG(CYAN), .bold = true },
	[MEANING_INSERT] = { FG(CYAN) },
	[MEANING_BUSY] = { ON(WHITE, BLUE) },
	[MEANING_DANGER] = { ON(BLACK, YELLOW) },
	[MEANING_GOOD] = { ON(BLACK, GREEN) },
	[MEANING_BAD] = { ON(WHITE, RED), .bold = true },
	[MEANING_ODD] = { ON(WHITE, MAGENTA), .bold = true },
	[MEANING_WARNING] = { FG(YELLOW), .bold = true },
	[MEANING_BANNER] = { ON(WHITE, RED), .bold = true },
};

#define FG256(colour)                 .fg = (colour), .bg = COLOUR_DEFAULT
#define ON256(foreground, background) .fg = (foreground), .bg = (background)

/* Hues that are told apart without seeing red or green: bluish green, vermilion, yellow, blue, purple. */
static const Style in_256[N_MEANINGS] = {
	[MEANING_PLAIN] = { FG(DEFAULT) },
	[MEANING_FAINT] = { FG256(245) },
	[MEANING_TITLE] = { ON256(231, 24), .bold = true },
	[MEANING_KEY] = { FG256(117), .bold = true },
	[MEANING_INSERT] = { FG256(117) },
	[MEANING_BUSY] = { ON256(231, 25) },
	[MEANING_DANGER] = { ON256(16, 220) },
	[MEANING_GOOD] = { ON256(16, 43) },
	[MEANING_BAD] = { ON256(231, 130), .bold = true },
	[MEANING_ODD] = { ON256(16, 176) },
	[MEANING_WARNING] = { FG256(220), .bold = true },
	[MEANING_BANNER] = { ON256(231, 160), .bold = true },
};

static const Style in_mono[N_MEANINGS] = {
	[MEANING_PLAIN] = { FG(DEFAULT) },
	[MEANING_FAINT] = { FG(DEFAULT), .dim = true },
	[MEANING_TITLE] = { FG(DEFAULT), .reverse = true },
	[MEANING_KEY] = { FG(DEFAULT), .bold = true },
	[MEANING_INSERT] = { FG(DEFAULT) },
	[MEANING_BUSY] = { FG(DEFAULT) },
	[MEANING_DANGER] = { FG(DEFAULT), .bold = true, .reverse = true },
	[MEANING_GOOD] = { FG(DEFAULT), .bold = true },
	[MEANING_BAD] = { FG(DEFAULT), .reverse = true },
	[MEANING_ODD] = { FG(DEFAULT) },
	[MEANING_WARNING] = { FG(DEFAULT), .bold = true },
	[MEANING_BANNER] = { FG(DEFAULT), .bold = true, .reverse = true },
};

static const Symbols in_utf8 = {
	.orders = {
		[ORDER_INSERT] = "↓",
		[ORDER_WAIT] = "…",
		[ORDER_DO_NOT_TOUCH] = "!!",
		[ORDER_REMOVE_GOOD] = "√",
		[ORDER_REMOVE_BAD] = "×",
		[ORDER_REMOVE_NOT_DONE] = "○",
		[ORDER_LEAVE_EMPTY] = "▬",
		[ORDER_SWITCH_OFF_AND_ON] = "!↕",
	},
	.arrow = "→",
	.ellipsis = 0x2026,
	.stripe = '/',
	.bar_done = 0x2588,
	.bar_rest = 0x2591,
	.mark = 0x25ba,
	.across = 0x2500,
	.down = 0x2502,
	.top_left = 0x250c,
	.top_right = 0x2510,
	.bottom_left = 0x2514,
	.bottom_right = 0x2518,
	.above = "▲",
	.below = "▼",
	.done = "√",
	.doing = "►",
};

static const Symbols in_ascii = {
	.orders = {
		[ORDER_INSERT] = "++",
		[ORDER_WAIT] = "..",
		[ORDER_DO_NOT_TOUCH] = "!!",
		[ORDER_REMOVE_GOOD] = "OK",
		[ORDER_REMOVE_BAD] = "XX",
		[ORDER_REMOVE_NOT_DONE] = "--",
		[ORDER_LEAVE_EMPTY] = "==",
		[ORDER_SWITCH_OFF_AND_ON] = "!^",
	},
	.arrow = "->",
	.ellipsis = '~',
	.stripe = '/',
	.bar_done = '#',
	.bar_rest = '.',
	.mark = '>',
	.across = '-',
	.down = '|',
	.top_left = '+',
	.top_right = '+',
	.bottom_left = '+',
	.bottom_right = '+',
	.above = "^",
	.below = "v",
	.done = "+",
	.doing = ">",
};

Theme theme_get(int colours, bool utf8)
{
	return (Theme){ utf8 ? &in_utf8 : &in_ascii, colours >= 256 ? in_256
						     : colours >= 8 ? in_colour
								    : in_mono };
}

Meaning theme_order_meaning(Order order)
{
	switch (order) {
	case ORDER_INSERT:
		return MEANING_INSERT;
	case ORDER_WAIT:
		return MEANING_BUSY;
	case ORDER_DO_NOT_TOUCH:
	case ORDER_SWITCH_OFF_AND_ON:
		return MEANING_DANGER;
	case ORDER_REMOVE_GOOD:
		return MEANING_GOOD;
	case ORDER_REMOVE_BAD:
		return MEANING_BAD;
	case ORDER_REMOVE_NOT_DONE:
	case ORDER_LEAVE_EMPTY:
		return MEANING_ODD;
	case N_ORDERS:
		break;
	}
	g_assert_not_reached();
}

const char *theme_order_short(Order order)
{
	if (order == ORDER_REMOVE_NOT_DONE)
		return _("not done");
	if (order == ORDER_SWITCH_OFF_AND_ON)
		return _("off/on, stay");
	return _(order_words(order));
}
