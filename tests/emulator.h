/* SPDX-License-Identifier: Apache-2.0
 *
 * A real terminal emulator behind a real pseudo terminal: what a program writes to `slave()` becomes cells.
 * It does not know what is written. */
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <vterm.h>

class Emulator
{
      public:
	Emulator(int cols, int rows) : vt(vterm_new(rows, cols)), cols(cols), rows(rows)
	{
		struct winsize size = {};

		size.ws_col = (unsigned short)cols;
		size.ws_row = (unsigned short)rows;
		vterm_set_utf8(vt, 1);
		vterm_screen_enable_altscreen(vterm_obtain_screen(vt), 1);
		vterm_screen_reset(vterm_obtain_screen(vt), 1);
		if (openpty(&master_fd, &slave_fd, nullptr, nullptr, &size) < 0)
			abort();
		fcntl(master_fd, F_SETFL, O_NONBLOCK);
	}
	~Emulator()
	{
		hang_up();
		close(slave_fd);
		vterm_free(vt);
	}
	Emulator(const Emulator &) = delete;
	Emulator &operator=(const Emulator &) = delete;

	int slave() const
	{
		return slave_fd;
	}
	void hang_up()
	{
		if (master_fd >= 0)
			close(master_fd);
		master_fd = -1;
	}
	void resize(int new_cols, int new_rows)
	{
		struct winsize size = {};

		cols = new_cols;
		rows = new_rows;
		size.ws_col = (unsigned short)cols;
		size.ws_row = (unsigned short)rows;
		ioctl(slave_fd, TIOCSWINSZ, &size);
		vterm_set_size(vt, rows, cols);
	}
	void type(const std::string &keys)
	{
		if (write(master_fd, keys.data(), keys.size()) != (ssize_t)keys.size())
			abort();
	}
	/* Writes to the terminal as a program does, and lets the emulator see what comes out at the other end. */
	void print(const char *bytes, size_t len)
	{
		while (len > 0) {
			ssize_t n = write(slave_fd, bytes, len < 1024 ? len : 1024);

			if (n <= 0)
				abort();
			bytes += n;
			len -= (size_t)n;
			see();
		}
	}
	VTermScreenCell cell(int x, int y) const
	{
		VTermScreenCell cell;
		VTermPos pos = { y, x };

		vterm_screen_get_cell(vterm_obtain_screen(vt), pos, &cell);
		return cell;
	}
	/* All rows, without the blanks at their ends. */
	std::string text() const
	{
		std::string all;

		for (int y = 0; y < rows; y++) {
			std::string line;

			for (int x = 0; x < cols; x++)
				line += utf8(cell(x, y).chars[0]);
			line.erase(line.find_last_not_of(' ') + 1);
			all += line + "\n";
		}
		return all;
	}

      private:
	/* The right half of a wide character holds (uint32_t)-1. */
	static std::string utf8(uint32_t ch)
	{
		std::string s;

		if (ch == (uint32_t)-1)
			return s;
		if (ch == 0)
			return " ";
		if (ch < 0x80)
			return std::string(1, (char)ch);
		if (ch < 0x800) {
			s += (char)(0xc0 | ch >> 6);
		} else {
			s += (char)(0xe0 | ch >> 12);
			s += (char)(0x80 | (ch >> 6 & 0x3f));
		}
		s += (char)(0x80 | (ch & 0x3f));
		return s;
	}
	void see()
	{
		char buffer[4096];
		ssize_t n;

		while ((n = read(master_fd, buffer, sizeof(buffer))) > 0)
			vterm_input_write(vt, buffer, (size_t)n);
	}

	VTerm *vt;
	int cols, rows;
	int master_fd = -1, slave_fd = -1;
};
