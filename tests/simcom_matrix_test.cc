/* SPDX-License-Identifier: Apache-2.0
 *
 * Every row of SIMCom's procedures, disturbed in every way: each ends in bounded time and in the outcome that the table here
 * has for it. It does not know how the rows are judged. */
#include "lib/job.h"

#include <sstream>

#include "tests/simcom_unit.h"

namespace
{

struct Way {
	const char *name, *procedure;
	SimcomUnit::Family family;
};

/* What is wrong while the row is under way. */
enum Trouble {
	SILENCE, /* its commands have no answer, the update no word */
	ERRORS,  /* they have ERROR, the update ends without a new version */
	GARBAGE, /* bytes that mean nothing, and no result */
	UNPLUG,  /* the port leaves and stays away */
	REBOOT   /* it leaves and is back 20 s later, as it was */
};

class Cell : public SimcomUnit
{
      public:
	Cell(const Way &way, const Step &row, Trouble trouble)
	    : SimcomUnit(way.family, 3000), row(row), trouble(trouble),
	      began("step " + std::string(row.name) + " 1")
	{
		unit = [this](const std::string &command) { return disturbed(command); };
		begin(spec(way.procedure));
	}

	std::string outcome()
	{
		gint64 begun = now;

		run_while([&] { return !job_done(job) && told_count(began) == 0; });
		disturb();
		run_to_end(3 * 3600);
		/* Transfers and the dangerous stretch have limits of their own, and so has every row. */
		EXPECT_GT(3600 * SECOND, now - begun);
		check();
		return verdict() + (result()->unknown ? "?" : "");
	}

      private:
	const Step &row;
	Trouble trouble;
	std::string began;

	bool here() const
	{
		return row.name == std::string(job_step_name(job));
	}

	std::string disturbed(const std::string &command)
	{
		if (command == "AT" || !here())
			return answer_to(command);
		switch (trouble) {
		case SILENCE:
			return "";
		case ERRORS:
			return lines("ERROR");
		case GARBAGE:
			return std::string("\xff\0~}#!\r\n\r\n+C\r\n", 14);
		default:
			return answer_to(command);
		}
	}

	void disturb()
	{
		if (job_done(job))
			return;
		switch (trouble) {
		case SILENCE:
		case GARBAGE:
			if (row.at || strcmp(row.name, "upload") == 0)
				return;
			nothing_comes();
			feed(trouble == GARBAGE ? std::string("\0\xff~}#\r\n+CFO\r\n+CSCF", 19)
						: "");
			become();
			if (!at)
				attach();
			return;
		case ERRORS:
			if (!row.at && (row.flags & STEP_DANGER))
				updates = false;
			return;
		case UNPLUG:
			detach();
			nothing_comes();
			return;
		case REBOOT:
			detach();
			happens(20000, [this] { attach(); });
			return;
		}
	}

	/* Whatever happened: what must never be. */
	void check()
	{
		bool there = revision == package.to;
		bool sent = this->sent_count("AT+CFOTA=1") +
			    this->sent_count("AT+CSCFOTA=${cloud_args}");

		EXPECT_TRUE(there || verdict() != "good");
		EXPECT_TRUE(sent || !there);
		EXPECT_EQ(sent, result()->entered);
		EXPECT_GE(1u, this->sent_count("AT+CFOTA=1"));
		EXPECT_GE(1u, this->sent_count("AT+CSCFOTA=${cloud_args}"));
		EXPECT_EQ(std::string::npos, journal.find(secret_text));
		/* Nothing is cleaned up while nobody knows what it is. */
		if (result()->unknown) {
			EXPECT_TRUE(verdict() == "FLASH_SILENT" || verdict() == "NEVER_CAME_BACK");
			EXPECT_NE("AT+CFOTA=0", this->sent.back());
			EXPECT_NE("AT+CAPFOTA=0", this->sent.back());
		}
	}
};

std::string table_of(const Way &way)
{
	const Procedure *p = procedure_find(way.procedure, nullptr);
	std::ostringstream out;

	for (gsize i = 0; i < p->n_steps; i++) {
		out << p->steps[i].name << ":";
		for (int t = SILENCE; t <= REBOOT; t++) {
			SCOPED_TRACE(std::string(way.name) + ", " + p->steps[i].name +
				     ", trouble " + std::to_string(t));
			Cell cell(way, p->steps[i], (Trouble)t);

			out << " " << cell.outcome();
		}
		out << "\n";
	}
	return out.str();
}

/* The columns of a table are one space apart, whatever makes them easy to read. */
std::string squeezed(const std::string &text)
{
	std::string out;

	for (char c : text)
		if (c != ' ' || (!out.empty() && out.back() != ' '))
			out += c;
	return out;
}

/* Rows by silence, ERROR, garbage, unplugging, reboot; ? where nobody knows what the unit is, and it is owed a check. */
void expect_table(const Way &way, const std::string &expected)
{
	EXPECT_EQ(squeezed(expected.substr(1)), table_of(way)) << way.name;
}

/* clang-format off */
const char local_table[] = R"(
echo-off:       NO_ANSWER     NO_ANSWER      NO_ANSWER     UNIT_LEFT        UNIT_LEFT
errors:         good          good           good          UNIT_LEFT        UNIT_LEFT
status-before:  NO_ANSWER     NO_DFOTA       NO_ANSWER     UNIT_LEFT        UNIT_LEFT
clear:          good          good           good          UNIT_LEFT        UNIT_LEFT
inventory:      good          good           good          UNIT_LEFT        UNIT_LEFT
list:           good          good           good          UNIT_LEFT        UNIT_LEFT
close:          good          good           good          UNIT_LEFT        UNIT_LEFT
open:           FILE_ERROR    FILE_ERROR     FILE_ERROR    UNIT_LEFT        UNIT_LEFT
upload:         UPLOAD_LOST   UPLOAD_LOST    UPLOAD_LOST   UNIT_LEFT        UNIT_LEFT
size:           UPLOAD_LOST   UPLOAD_LOST    UPLOAD_LOST   UNIT_LEFT        UNIT_LEFT
close-again:    good          good           good          UNIT_LEFT        UNIT_LEFT
still-here:     NO_ANSWER     COMMAND_REFUSED NO_ANSWER    UNIT_LEFT        UNIT_LEFT
apply:          NO_START      NO_START       NO_START      NEVER_CAME_BACK? good
flash:          good          WRONG_VERSION  good          NEVER_CAME_BACK? good
return:         good          good           good          NEVER_CAME_BACK? good
echo-off-again: good          good           good          NEVER_CAME_BACK? good
same-imei:      FLASH_SILENT? IMEI_CHANGED   FLASH_SILENT? NEVER_CAME_BACK? good
status:         FLASH_SILENT? good           FLASH_SILENT? NEVER_CAME_BACK? good
same-model:     FLASH_SILENT? MODEL_CHANGED  FLASH_SILENT? NEVER_CAME_BACK? good
functional:     FLASH_SILENT? NOT_FUNCTIONAL FLASH_SILENT? NEVER_CAME_BACK? good
version:        FLASH_SILENT? WRONG_VERSION  FLASH_SILENT? NEVER_CAME_BACK? good
variant:        FLASH_SILENT? good           FLASH_SILENT? NEVER_CAME_BACK? good
)";

/* The SIM7000 needs no AT+CNCFG, the others do. */
const char http_7000_table[] = R"(
echo-off:       NO_ANSWER       NO_ANSWER       NO_ANSWER       UNIT_LEFT        UNIT_LEFT
errors:         good            good            good            UNIT_LEFT        UNIT_LEFT
status-before:  NO_ANSWER       NO_DFOTA        NO_ANSWER       UNIT_LEFT        UNIT_LEFT
clear:          good            good            good            UNIT_LEFT        UNIT_LEFT
inventory:      good            good            good            UNIT_LEFT        UNIT_LEFT
list:           good            good            good            UNIT_LEFT        UNIT_LEFT
radio:          good            good            good            UNIT_LEFT        UNIT_LEFT
sim:            NO_SIM          NO_SIM          NO_SIM          UNIT_LEFT        UNIT_LEFT
pin:            good            good            good            good             good
registered:     NOT_REGISTERED  NOT_REGISTERED  NOT_REGISTERED  UNIT_LEFT        UNIT_LEFT
signal:         good            good            good            UNIT_LEFT        UNIT_LEFT
bearer:         good            good            good            UNIT_LEFT        UNIT_LEFT
apn:            good            good            good            UNIT_LEFT        UNIT_LEFT
activate:       NO_BEARER       NO_BEARER       NO_BEARER       UNIT_LEFT        UNIT_LEFT
fetch:          DOWNLOAD_FAILED DOWNLOAD_FAILED DOWNLOAD_FAILED UNIT_LEFT        UNIT_LEFT
still-here:     NO_ANSWER       COMMAND_REFUSED NO_ANSWER       UNIT_LEFT        UNIT_LEFT
apply:          NO_START        NO_START        NO_START        NEVER_CAME_BACK? good
flash:          good            WRONG_VERSION   good            NEVER_CAME_BACK? good
return:         good            good            good            NEVER_CAME_BACK? good
echo-off-again: good            good            good            NEVER_CAME_BACK? good
same-imei:      FLASH_SILENT?   IMEI_CHANGED    FLASH_SILENT?   NEVER_CAME_BACK? good
status:         FLASH_SILENT?   good            FLASH_SILENT?   NEVER_CAME_BACK? good
same-model:     FLASH_SILENT?   MODEL_CHANGED   FLASH_SILENT?   NEVER_CAME_BACK? good
functional:     FLASH_SILENT?   NOT_FUNCTIONAL  FLASH_SILENT?   NEVER_CAME_BACK? good
version:        FLASH_SILENT?   WRONG_VERSION   FLASH_SILENT?   NEVER_CAME_BACK? good
variant:        FLASH_SILENT?   good            FLASH_SILENT?   NEVER_CAME_BACK? good
)";

const char http_7080_table[] = R"(
echo-off:       NO_ANSWER       NO_ANSWER       NO_ANSWER       UNIT_LEFT        UNIT_LEFT
errors:         good            good            good            UNIT_LEFT        UNIT_LEFT
status-before:  NO_ANSWER       NO_DFOTA        NO_ANSWER       UNIT_LEFT        UNIT_LEFT
clear:          good            good            good            UNIT_LEFT        UNIT_LEFT
inventory:      good            good            good            UNIT_LEFT        UNIT_LEFT
list:           good            good            good            UNIT_LEFT        UNIT_LEFT
radio:          good            good            good            UNIT_LEFT        UNIT_LEFT
sim:            NO_SIM          NO_SIM          NO_SIM          UNIT_LEFT        UNIT_LEFT
pin:            good            good            good            good             good
registered:     NOT_REGISTERED  NOT_REGISTERED  NOT_REGISTERED  UNIT_LEFT        UNIT_LEFT
signal:         good            good            good            UNIT_LEFT        UNIT_LEFT
bearer:         good            good            good            UNIT_LEFT        UNIT_LEFT
apn:            NO_BEARER       NO_BEARER       NO_BEARER       UNIT_LEFT        UNIT_LEFT
activate:       NO_BEARER       NO_BEARER       NO_BEARER       UNIT_LEFT        UNIT_LEFT
fetch:          DOWNLOAD_FAILED DOWNLOAD_FAILED DOWNLOAD_FAILED UNIT_LEFT        UNIT_LEFT
still-here:     NO_ANSWER       COMMAND_REFUSED NO_ANSWER       UNIT_LEFT        UNIT_LEFT
apply:          NO_START        NO_START        NO_START        NEVER_CAME_BACK? good
flash:          good            WRONG_VERSION   good            NEVER_CAME_BACK? good
return:         good            good            good            NEVER_CAME_BACK? good
echo-off-again: good            good            good            NEVER_CAME_BACK? good
same-imei:      FLASH_SILENT?   IMEI_CHANGED    FLASH_SILENT?   NEVER_CAME_BACK? good
status:         FLASH_SILENT?   good            FLASH_SILENT?   NEVER_CAME_BACK? good
same-model:     FLASH_SILENT?   MODEL_CHANGED   FLASH_SILENT?   NEVER_CAME_BACK? good
functional:     FLASH_SILENT?   NOT_FUNCTIONAL  FLASH_SILENT?   NEVER_CAME_BACK? good
version:        FLASH_SILENT?   WRONG_VERSION   FLASH_SILENT?   NEVER_CAME_BACK? good
variant:        FLASH_SILENT?   good            FLASH_SILENT?   NEVER_CAME_BACK? good
)";

const char cloud_table[] = R"(
echo-off:       NO_ANSWER      NO_ANSWER      NO_ANSWER      UNIT_LEFT        UNIT_LEFT
errors:         good           good           good           UNIT_LEFT        UNIT_LEFT
service-known:  NO_ANSWER      NO_DFOTA       NO_ANSWER      UNIT_LEFT        UNIT_LEFT
radio:          good           good           good           UNIT_LEFT        UNIT_LEFT
sim:            NO_SIM         NO_SIM         NO_SIM         UNIT_LEFT        UNIT_LEFT
pin:            good           good           good           good             good
registered:     NOT_REGISTERED NOT_REGISTERED NOT_REGISTERED UNIT_LEFT        UNIT_LEFT
signal:         good           good           good           UNIT_LEFT        UNIT_LEFT
service-before: SERVICE_FAILED SERVICE_FAILED SERVICE_FAILED UNIT_LEFT        UNIT_LEFT
enable:         SERVICE_FAILED SERVICE_FAILED SERVICE_FAILED UNIT_LEFT        UNIT_LEFT
enabled:        SERVICE_FAILED SERVICE_FAILED SERVICE_FAILED UNIT_LEFT        UNIT_LEFT
still-here:     NO_ANSWER      COMMAND_REFUSED NO_ANSWER     UNIT_LEFT        UNIT_LEFT
apply:          NO_START       NO_START       NO_START       NEVER_CAME_BACK? good
download:       good           WRONG_VERSION  good           NEVER_CAME_BACK? WRONG_VERSION
flash:          good           WRONG_VERSION  good           NEVER_CAME_BACK? good
return:         good           good           good           NEVER_CAME_BACK? good
echo-off-again: good           good           good           NEVER_CAME_BACK? good
same-imei:      FLASH_SILENT?  IMEI_CHANGED   FLASH_SILENT?  NEVER_CAME_BACK? good
same-model:     FLASH_SILENT?  MODEL_CHANGED  FLASH_SILENT?  NEVER_CAME_BACK? good
functional:     FLASH_SILENT?  NOT_FUNCTIONAL FLASH_SILENT?  NEVER_CAME_BACK? good
version:        FLASH_SILENT?  WRONG_VERSION  FLASH_SILENT?  NEVER_CAME_BACK? good
)";
/* clang-format on */

TEST(SimcomMatrix, Local)
{
	expect_table({ "local 7000", "simcom-cfota-local", SimcomUnit::S7000 }, local_table);
	expect_table({ "local 7080", "simcom-cfota-local", SimcomUnit::S7080 }, local_table);
}

TEST(SimcomMatrix, Http)
{
	expect_table({ "http 7000", "simcom-cfota-http", SimcomUnit::S7000 }, http_7000_table);
	expect_table({ "http 7080", "simcom-cfota-http", SimcomUnit::S7080 }, http_7080_table);
}

TEST(SimcomMatrix, Cloud)
{
	expect_table({ "cloud", "simcom-cscfota", SimcomUnit::M21 }, cloud_table);
}

} // namespace
