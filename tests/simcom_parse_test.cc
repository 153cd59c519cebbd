/* SPDX-License-Identifier: Apache-2.0
 *
 * What each parser makes of the lines that SIMCom documents, that modules really print, and that nobody should; and which
 * versions a model's rule takes for one. It needs no channel: tables of line and value. */
#include "lib/drivers/simcom_parse.h"

#include <gtest/gtest.h>

#include "lib/model.h"

namespace
{

TEST(SimcomParse, Cfota)
{
	const struct {
		const char *line;
		CfotaKind kind;
		guint number;
	} rows[] = {
		{ "+CFOTA: 6", CFOTA_STATUS, 6 },
		{ "+CFOTA:8", CFOTA_STATUS, 8 },
		{ "+cfota:  1", CFOTA_STATUS, 1 },
		{ "+CFOTA: \"Start to update\"", CFOTA_START, 0 },
		{ "+CFOTA:\"Start to update\"", CFOTA_START, 0 },
		{ "+CFOTA: \"Updating\",0", CFOTA_UPDATING, 0 },
		{ "+CFOTA: \"Updating\", 57", CFOTA_UPDATING, 57 },
		{ "+CFOTA: \"Updating\",100", CFOTA_UPDATING, 100 },
		{ "+CFOTA: \"Update successfully, please wait for reset\"", CFOTA_DONE, 0 },
		{ "+CFOTA: \"Update successfully, please wait", CFOTA_DONE, 0 },
		{ "+CFOTA: \"Update failed, please wait for reset\"", CFOTA_FAILED, 0 },
		{ "+CFOTA: \"Update fail\"", CFOTA_FAILED, 0 },
		/* other families, other grammars */
		{ "+CFOTA: FOTA,START", CFOTA_OTHER, 0 },
		{ "+CFOTA: UPDATE SUCCESS.", CFOTA_OTHER, 0 },
		{ "+CFOTA: No update package", CFOTA_OTHER, 0 },
		{ "+CFOTA: 1,2", CFOTA_OTHER, 1 },
		/* cut, garbled */
		{ "+CFOTA: \"Updating\"", CFOTA_NONE, 0 },
		{ "+CFOTA: \"Updating\",", CFOTA_NONE, 0 },
		{ "+CFOTA: \"Updating\",101", CFOTA_NONE, 0 },
		{ "+CFOTA: \"Updat", CFOTA_NONE, 0 },
		{ "+CFOTA: \"Start to upd", CFOTA_NONE, 0 },
		{ "+CFOTA:", CFOTA_NONE, 0 },
		{ "+CFOTA", CFOTA_NONE, 0 },
		{ "CFOTA: 6", CFOTA_NONE, 0 },
		{ "", CFOTA_NONE, 0 },
		{ "+CFOTA: 99999999999999999999", CFOTA_NONE, 0 },
	};

	for (auto &row : rows) {
		guint number = 77;

		EXPECT_EQ(row.kind, simcom_parse_cfota(row.line, &number)) << row.line;
		EXPECT_EQ(row.number, number) << row.line;
	}
}

TEST(SimcomParse, Fetch)
{
	const struct {
		const char *line;
		Fetch fetch;
	} rows[] = {
		{ "+HTTPTOFS: 200,109285", { FETCH_DONE, 200, true, 109285 } },
		{ "+HTTPTOFS:206,1", { FETCH_DONE, 206, true, 1 } },
		{ "+HTTPTOFS: 601", { FETCH_DONE, 601, false, 0 } },
		{ "+HTTPTOFS: 65535,0", { FETCH_DONE, 65535, true, 0 } },
		{ "+HTTPTOFS: 0,0,0", { FETCH_PROGRESS, 0, true, 0, 0, false } },
		{ "+HTTPTOFS: 1,5,9", { FETCH_PROGRESS, 0, true, 5, 9, true } },
		{ "+HTTPTOFSRL: 1,5000,109285", { FETCH_PROGRESS, 0, true, 5000, 109285, true } },
		{ "+HTTPTOFS: 1,\"http://a/b?c=1\",\"/fota/update.zip\"",
		  { FETCH_STATE, 0, false, 0, 0, true } },
		{ "+HTTPTOFS: 1,http://a/b,/fota/update.zip",
		  { FETCH_STATE, 0, false, 0, 0, true } },
		{ "+HTTPTOFS: 0,\"\",\"\"", { FETCH_STATE } },
		{ "+HTTPTOFSRL: 0,\"\",\"\"", { FETCH_STATE } },
		{ "+HTTPTOFSRL: 200,109285", { FETCH_NONE } },
		{ "+HTTPTOFS: 200,\"x\"", { FETCH_NONE } },
		{ "+HTTPTOFS: 2,3", { FETCH_NONE } },
		{ "+HTTPTOFS: 200,1,2", { FETCH_NONE } },
		{ "+HTTPTOFS: 70000,1", { FETCH_NONE } },
		{ "+HTTPTOFS: 200,", { FETCH_NONE } },
		{ "+HTTPTOFS: \"http://a", { FETCH_NONE } },
		{ "+HTTPTOFS:", { FETCH_NONE } },
		{ "+HTTPTOF", { FETCH_NONE } },
		{ "", { FETCH_NONE } },
	};

	for (auto &row : rows) {
		Fetch f = simcom_parse_fetch(row.line);

		EXPECT_EQ(row.fetch.kind, f.kind) << row.line;
		EXPECT_EQ(row.fetch.code, f.code) << row.line;
		EXPECT_EQ(row.fetch.has_len, f.has_len) << row.line;
		EXPECT_EQ(row.fetch.len, f.len) << row.line;
		EXPECT_EQ(row.fetch.total, f.total) << row.line;
		EXPECT_EQ(row.fetch.busy, f.busy) << row.line;
	}
}

TEST(SimcomParse, Bearers)
{
	const struct {
		const char *line;
		Bearer bearer;
	} rows[] = {
		{ "+CNACT: 1,\"10.94.36.44\"", { true, false, 0, true } },
		{ "+CNACT: 0,1,\"10.94.36.44\"", { true, true, 0, true } },
		{ "+CNACT: 3,1,\"10.94.36.44\"", { true, true, 3, true } },
		{ "+CNACT: 1,0,\"0.0.0.0\"", { true, true, 1, false } },
		{ "+CNACT: 0,1,\"0.0.0.0\"", { true, true, 0, false } },
		{ "+CNACT: 0,\"0.0.0.0\"", { true, false, 0, false } },
		{ "+CNACT: 2,\"10.94.36.44\"", { true, false, 0, false } },
		{ "+CNACT: 1,\"\"", { true, false, 0, false } },
		{ "+CNACT: 1,1", { false } },
		{ "+CNACT: 1", { false } },
		{ "+CNACT: 1,\"10.94", { false } },
		{ "+APP PDP: ACTIVE", { true, false, 0, true } },
		{ "+APP PDP: 0,ACTIVE", { true, true, 0, true } },
		{ "+APP PDP:1, ACTIVE", { true, true, 1, true } },
		{ "+APP PDP: DEACTIVE", { true, false, 0, false } },
		{ "+APP PDP: 1,DEACTIVE", { true, true, 1, false } },
		{ "+APP PDP: ACTIV", { false } },
		{ "+APP PDP: ACTIVE,0", { false } },
		{ "+APP PDP:", { false } },
		{ "", { false } },
	};

	for (auto &row : rows) {
		bool app = g_str_has_prefix(row.line, "+APP");
		Bearer b = app ? simcom_parse_app_pdp(row.line) : simcom_parse_cnact(row.line);

		EXPECT_EQ(row.bearer.valid, b.valid) << row.line;
		EXPECT_EQ(row.bearer.has_index, b.has_index) << row.line;
		EXPECT_EQ(row.bearer.index, b.index) << row.line;
		EXPECT_EQ(row.bearer.active, b.active) << row.line;
	}
}

TEST(SimcomParse, Numbers)
{
	guint64 size = 7;
	guint code = 7;
	bool on = false;

	EXPECT_TRUE(simcom_parse_cfsgfis("+CFSGFIS: 109285", &size));
	EXPECT_EQ(109285u, size);
	EXPECT_TRUE(simcom_parse_cfsgfis("+CFSGFIS:0", &size));
	EXPECT_EQ(0u, size);
	EXPECT_TRUE(simcom_parse_capfota("+CAPFOTA: 1", &on));
	EXPECT_TRUE(on);
	EXPECT_TRUE(simcom_parse_capfota("+CAPFOTA:0", &on));
	EXPECT_FALSE(on);
	EXPECT_TRUE(simcom_parse_cscfota("+CSCFOTA: 3", &code));
	EXPECT_EQ(3u, code);
	EXPECT_TRUE(simcom_parse_cscfota("+CSCFOTA:514", &code));
	EXPECT_EQ(514u, code);
	for (const char *line : { "", "+CFSGFIS:", "+CFSGFIS: 1,2", "+CFSGFIS: \"1\"",
				  "+CFSGFIS: 1x", "+CFSGFIS: 99999999999999999" })
		EXPECT_FALSE(simcom_parse_cfsgfis(line, &size)) << line;
	for (const char *line : { "+CAPFOTA: 2", "+CAPFOTA: (0-1)", "+CAPFOTA:", "+CAPFOTA: 1,0" })
		EXPECT_FALSE(simcom_parse_capfota(line, &on)) << line;
	for (const char *line : { "+CSCFOTA:", "+CSCFOTA: 99999", "+CSCFOTA: x", "+CSCFOTA: 3,1" })
		EXPECT_FALSE(simcom_parse_cscfota(line, &code)) << line;
	/* What is refused changes nothing. */
	EXPECT_EQ(0u, size);
	EXPECT_EQ(514u, code);
}

/* ---- versions ---- */

TEST(ModelVersions, Rules)
{
	const struct {
		VersionRule rule;
		const char *version, *target;
		bool same, variant;
	} rows[] = {
		{ VERSION_EXACT, "1529B11SIM7000G", "1529B11SIM7000G", true, false },
		{ VERSION_EXACT, "1529B11SIM7000", "1529B11SIM7000G", false, false },
		{ VERSION_SIMCOM_SUFFIX, "1529B11SIM7000G", "1529B11SIM7000G", true, false },
		/* the known bad flash */
		{ VERSION_SIMCOM_SUFFIX, "1529B11SIM7000", "1529B11SIM7000G", false, true },
		{ VERSION_SIMCOM_SUFFIX, "1529B11SIM7000E", "1529B11SIM7000G", false, true },
		{ VERSION_SIMCOM_SUFFIX, "1529B08SIM7000G", "1529B11SIM7000G", false, false },
		{ VERSION_SIMCOM_SUFFIX, "1529B1SIM7000G", "1529B11SIM7000G", false, false },
		{ VERSION_SIMCOM_SUFFIX, "", "1529B11SIM7000G", false, false },
		{ VERSION_SIMCOM_SUFFIX, "SIM7000G", "SIM7000E", false, false },
		{ VERSION_SIMCOM_G, "1951B16SIM7080", "1951B16SIM7080G", true, false },
		{ VERSION_SIMCOM_G, "1951B16SIM7080G", "1951B16SIM7080", true, false },
		{ VERSION_SIMCOM_G, "1951B16SIM7080", "1951B16SIM7080", true, false },
		{ VERSION_SIMCOM_G, "1951B01SIM7080G-JC", "1951B01SIM7080G", false, true },
		{ VERSION_SIMCOM_G, "1951B01SIM7080G", "1951B01SIM7080G-JC", false, true },
		{ VERSION_SIMCOM_G, "1951B14SIM7080", "1951B16SIM7080G", false, false },
		{ VERSION_SIMCOM_G, "1951B16SIM7070", "1951B16SIM7080", false, true },
		{ VERSION_SIMCOM_G, "1951B16SIM7080GG", "1951B16SIM7080", false, true },
	};

	for (auto &row : rows) {
		Model model = {};

		model.version_rule = row.rule;
		EXPECT_EQ(row.same, model_version_is(&model, row.version, row.target))
			<< row.version << " for " << row.target;
		EXPECT_EQ(row.variant, model_version_is_variant(&model, row.version, row.target))
			<< row.version << " for " << row.target;
	}
}

} // namespace
