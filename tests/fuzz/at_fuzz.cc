/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes, in any cuts, with any commands between them: the AT channel tells the same events and keeps its promises.
 * It knows what a channel must never do, not what it should make of a line. */
#include "lib/at.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tests/mempipe.h"

/* What the input means: three bytes (commands, acknowledgements, cuts), then what the unit says. The byte 0xFE begins an act
 * of the host's: the low bits of the byte after it say which, the high ones how much time passes first. */

namespace
{

constexpr guint8 ACT = 0xfe;
constexpr gint64 MS = 1000;

const AtCommand commands[] = {
	{ "AT", nullptr, nullptr, 300, false },
	{ "AT+CGMR", nullptr, nullptr, 1000, false },
	{ "AT+CPIN?", "+CPIN:", nullptr, 5000, false },
	{ "AT+QFUPL=\"fota.pack\",2048,5,1", "+QFUPL:", nullptr, 2000, true },
	{ "AT+CFSWFILE=1,\"update.zip\",0,1,1", nullptr, nullptr, 2000, true },
	{ "AT+CSQ;+CGREG?", "+CSQ:|+CGREG:", nullptr, 1000, false },
	{ "AT+CPIN=1234", nullptr, "AT+CPIN=***", 1000, false },
};

const char *const reports[] = { "+QIND:", "#OTAEV", nullptr };

void require(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "broken promise: %s\n", what);
	abort();
}

/* One conversation and what is allowed in it now. */
class Talk
{
      public:
	explicit Talk(const guint8 *head) : first(head[0]), acks(head[1] % 16)
	{
		pipe.hold = head[0] & 0x80;
		at = at_new(pipe.transport(), sink, tap, this);
		at_set_reports(at, reports);
		send();
	}
	~Talk()
	{
		at_free(at);
	}
	Talk(const Talk &) = delete;
	Talk &operator=(const Talk &) = delete;

	void feed(const guint8 *bytes, gsize len)
	{
		at_feed(at, bytes, len, now);
	}

	void act(guint8 what)
	{
		now += (what >> 3) * 50 * MS;
		log("--");
		switch (what & 7) {
		case 0:
			send();
			break;
		case 1:
			at_resync(at, 0, 3, 100, now);
			open = false;
			break;
		case 2:
			at_resync(at, 500, 2, 500, now);
			open = false;
			break;
		case 3:
			at_abandon(at, now);
			open = false;
			break;
		case 4:
			pipe.drain(3000);
			at_drained(at, now);
			break;
		case 5:
			pipe.gone = !pipe.gone;
			break;
		default:
			at_tick(at, now);
			break;
		}
		/* A tick leads nowhere but forward: the channel never asks for the same moment for ever. */
		for (int i = 0; i < 16 && at_deadline(at) <= now; i++)
			at_tick(at, now);
		require(at_deadline(at) > now, "a deadline that a tick does not move");
	}

	std::string events;

      private:
	MemPipe pipe;
	AtChannel *at;
	gint64 now = 1000000;
	guint first, sent = 0, acks, acks_due = 0, blocks = 0;
	bool open = false; /* a command may be answered */
	bool payload = false;
	bool covered = false; /* received bytes are secret */

	void log(const std::string &line)
	{
		events += line + "\n";
	}

	void send()
	{
		const AtCommand *c = &commands[(first + sent) % G_N_ELEMENTS(commands)];
		bool busy = at_busy(at), doubt = at_in_doubt(at);
		bool done = at_send(at, c, now);

		require(!done || (!busy && !doubt), "sent on a busy or doubtful channel");
		require(done || busy || doubt || pipe.gone, "refused for no reason");
		log(done ? "sent" : "refused");
		sent++;
		if (!done)
			return;
		open = true;
		payload = false;
		blocks = 0;
		covered = c->shown;
	}

	void write()
	{
		static const guint8 block[1500] = {};

		if (blocks++ < 4)
			log(at_write(at, block, sizeof(block)) ? "wrote" : "not written");
	}

	static void tap(gpointer user, AtTapKind kind, const guint8 *bytes, gsize len, bool secret)
	{
		Talk *talk = static_cast<Talk *>(user);

		require(len > 0, "an empty piece of journal");
		if (kind == AT_TAP_OUT)
			require(!memmem(bytes, len, "1234", 4), "a secret told to the journal");
		else if (talk->covered && talk->open)
			require(secret, "bytes that may be secret told openly");
	}

	static void sink(gpointer user, const AtEvent *event)
	{
		static_cast<Talk *>(user)->take(event);
	}

	void take(const AtEvent *event)
	{
		require(event->text && strlen(event->text) == event->len, "length");
		require(event->len <= AT_LINE_MAX, "too long");
		for (gsize i = 0; i < event->len; i++)
			require(g_ascii_isprint(event->text[i]), "unprintable");
		log(std::to_string(event->kind) + (event->ok ? "+" : " ") + event->text);
		switch (event->kind) {
		case AT_LINE:
			require(open, "a line for nobody");
			break;
		case AT_REPLY:
			require(open, "a second reply, or one for nobody");
			open = payload = covered = false;
			send();
			break;
		case AT_PROMPT:
			require(open && !payload, "a prompt that nobody asked for");
			payload = true;
			acks_due = acks;
			at_raw(at, acks, 'A');
			write();
			break;
		case AT_ACK:
			require(open && payload && acks_due-- > 0 && event->n == 1,
				"a surplus acknowledgement");
			break;
		case AT_SENT:
			require(open && payload, "room for no payload");
			write();
			break;
		case AT_TIMEOUT:
			require(open && !strstr(event->text, "1234"), "a second timeout");
			open = false;
			break;
		case AT_SYNCED:
			require(!at_busy(at) && !at_in_doubt(at), "synced, but not usable");
			covered = false;
			send();
			break;
		case AT_MUTE:
			require(at_in_doubt(at), "mute, but trusted");
			break;
		case AT_LATE:
			require(!open, "late, but the command is open");
			break;
		case AT_REPORT:
		case AT_STRAY:
			break;
		}
	}
};

/* Feeds in pieces of at most `longest` bytes; the acts stay where they are. */
std::string play(const guint8 *data, gsize size, guint longest)
{
	Talk talk(data);
	guint random = data[2];
	gsize i = 3;

	while (i < size) {
		const void *act = memchr(data + i, ACT, size - i);
		gsize end = act ? (gsize)(static_cast<const guint8 *>(act) - data) : size;

		while (i < end) {
			random = random * 1103515245 + 12345;
			gsize piece = MIN(1 + random / 65536 % longest, end - i);

			talk.feed(data + i, piece);
			i += piece;
		}
		if (end + 1 < size)
			talk.act(data[end + 1]);
		i = end + 2;
	}
	return talk.events;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 3 || size > 20000)
		return 0;
	std::string bytewise = play(data, size, 1);

	require(play(data, size, 9) == bytewise, "the same events for every cutting");
	require(play(data, size, 4096) == bytewise, "the same events for every cutting");
	return 0;
}
