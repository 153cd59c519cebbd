/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of what units and vendors' services are told: the package server's address, accounts and their secrets, Telit's
 * service; what each package needs of them. They do not know what is done with it. */
#include "tests/config_folder.h"

#include "lib/driver.h"
#include "station/package_url.h"

namespace
{

const char package[] =
	"\n[package new]\nmodel = MC65\nfrom = MC65CAR01A01\nto = MC65CAR01A09\n"
	"procedure = quectel-dfota-http\nkind = file\n"
	"file = packages/mc65-a01-a02.pack\nsize = 24\n"
	"sha256 = b02b37adb6654c2f30218a8a801bbd02f3aba62bdf23ed588125ebbf54bb091b\n";

/* The real drivers, and one more package. */
class ServiceFolder : public ConfigFolder
{
      public:
	explicit ServiceFolder(const std::string &more = "")
	{
		knows = &driver_knows;
		write("catalogue.ini", read(at("catalogue.ini")) + more);
	}

	/* Behind a section of station.ini: these keys instead of those that are there. */
	void tell(const std::string &section, const std::vector<std::string> &lines)
	{
		std::string text = read(at("station.ini")), added;
		size_t head;

		for (const std::string &line : lines) {
			std::string key = "\n" + line.substr(0, line.find('=')) + "=";
			size_t from = text.find("[" + section + "]"), at = text.find(key, from);

			if (at != std::string::npos)
				text.erase(at, text.find('\n', at + 1) - at);
			added += line + "\n";
		}
		head = text.find("[" + section + "]\n") + section.size() + 3;
		write("station.ini", text.insert(head, added));
	}

	/* The first complaint, its line as @. */
	std::string refused(const std::string &where)
	{
		EXPECT_EQ(load(), nullptr);
		EXPECT_EQ(said().size(), 1u) << testing::PrintToString(said());
		return said().empty()
			       ? ""
			       : replaced(said()[0],
					  ":" + line_of(read(at("station.ini")), where) + ":",
					  ":@:");
	}
};

std::string cloud(const char *model, const char *procedure, const char *more = "")
{
	return std::string("\n[package new]\nmodel = ") + model +
	       "\nfrom = A1\nto = A2\nprocedure = " + procedure + "\nkind = cloud\n" + more;
}

const char account[] =
	"\n[cloud SIM7600M21]\noem = OEM7\nmodels = SIM7600M21\nproduct_id = 1540907004\n";
const char secret[] = "\n[cloud SIM7600M21]\nproduct_secret = 5f6c2ee0b1a94f0d\n";

TEST(ConfigServices, AnExampleWithoutThemHasTheDefaults)
{
	ServiceFolder shown, bare;

	bare.write("station.ini", "");
	for (ServiceFolder *folder : { &shown, &bare }) {
		const Config *config = folder->load();

		ASSERT_NE(config, nullptr) << testing::PrintToString(folder->said());
		EXPECT_STREQ(config->listen, "0.0.0.0");
		EXPECT_EQ(config->port, 8480u);
		EXPECT_STREQ(config->public_address, "");
		EXPECT_EQ(config->public_port, 0u);
		EXPECT_EQ(config->max_downloads, 0u);
		EXPECT_EQ(config_pfm(config), nullptr);
		EXPECT_EQ(config->pfm.bearer, PFM_BEARER_GPRS);
		EXPECT_FALSE(config->pfm.preprovisioned || config->pfm.release);
		EXPECT_EQ(config->pfm.wait_s, 3600u);
		EXPECT_EQ(config_cloud(config, "MC65"), nullptr);
		EXPECT_FALSE(config_serves(config));
	}
}

TEST(ConfigServices, ReadsWhatIsWritten)
{
	ServiceFolder folder(package);

	folder.tell("packages", { "listen = 192.0.2.7", "port = 81",
				  "public_address = fota.example", "public_port = 80" });
	folder.tell("limits", { "max_downloads = 12" });
	folder.tell("pfm", { "bearer = csd", "number = +393355550100", "address = pfm.example",
			     "port = 9978", "preprovisioned = yes", "pfm_after = release",
			     "wait_minutes = 5" });
	const Config *config = folder.load();

	ASSERT_NE(config, nullptr) << testing::PrintToString(folder.said());
	EXPECT_STREQ(config->listen, "192.0.2.7");
	EXPECT_EQ(config->port, 81u);
	EXPECT_STREQ(config->public_address, "fota.example");
	EXPECT_EQ(config->public_port, 80u);
	EXPECT_EQ(config->max_downloads, 12u);
	EXPECT_TRUE(config_serves(config));
	EXPECT_EQ(std::string(config->packages_place),
		  folder.at("station.ini") + ":" +
			  line_of(read(folder.at("station.ini")), "[packages]"));
	ASSERT_NE(config_pfm(config), nullptr);
	EXPECT_EQ(config_pfm(config)->bearer, PFM_BEARER_CSD);
	EXPECT_STREQ(config_pfm(config)->number, "+393355550100");
	EXPECT_STREQ(config_pfm(config)->address, "pfm.example");
	EXPECT_EQ(config_pfm(config)->port, 9978u);
	EXPECT_TRUE(config_pfm(config)->preprovisioned);
	EXPECT_TRUE(config_pfm(config)->release);
	EXPECT_EQ(config_pfm(config)->wait_s, 300u);
}

TEST(ConfigServices, AnAccountHasItsSecret)
{
	ServiceFolder folder(account +
			     cloud("SIM7600M21", "simcom-cscfota", "cloud_version = C2\n"));

	folder.write("secrets.ini", secret, 0600);
	const Config *config = folder.load();

	ASSERT_NE(config, nullptr) << testing::PrintToString(folder.said());
	const CloudAccount *found = config_cloud(config, "SIM7600M21");

	ASSERT_NE(found, nullptr);
	EXPECT_STREQ(found->oem, "OEM7");
	EXPECT_STREQ(found->models, "SIM7600M21");
	EXPECT_STREQ(found->product_id, "1540907004");
	EXPECT_STREQ(secret_reveal(found->secret), "5f6c2ee0b1a94f0d");
	EXPECT_EQ(config_cloud(config, "MC65"), nullptr);
}

/* `lines` in [section] of station.ini are refused; the complaint is about the line with `where`. */
struct Wrong {
	const char *name, *section;
	std::vector<std::string> lines;
	const char *where, *complaint;
};

class WrongService : public testing::TestWithParam<Wrong>
{
};

TEST_P(WrongService, GivesOneSentence)
{
	ServiceFolder folder;

	folder.tell(GetParam().section, GetParam().lines);
	EXPECT_EQ(folder.refused(GetParam().where), GetParam().complaint);
}

const Wrong wrong[] = {
	{ "Listen",
	  "packages",
	  { "listen = eth0" },
	  "listen =",
	  "station.ini:@: listen is \"eth0\", expected an address of this computer, or 0.0.0.0 for all" },
	{ "Port",
	  "packages",
	  { "port = 65536" },
	  "port = 65536",
	  "station.ini:@: port is \"65536\", expected a whole number from 0 to 65535" },
	{ "PublicAddress",
	  "packages",
	  { "public_address = http://fota.example" },
	  "public_address =",
	  "station.ini:@: public_address is \"http://fota.example\", expected the name or the address of a host" },
	{ "PublicPort",
	  "packages",
	  { "public_port = any" },
	  "public_port =",
	  "station.ini:@: public_port is \"any\", expected a whole number from 0 to 65535" },
	{ "UnknownKey",
	  "packages",
	  { "adress = fota.example" },
	  "adress =",
	  "station.ini:@: unknown key adress in [packages], expected one of: listen, port, public_address, public_port" },
	{ "MaxDownloads",
	  "limits",
	  { "max_downloads = -1" },
	  "max_downloads =",
	  "station.ini:@: max_downloads is \"-1\", expected a whole number from 0 to 1024" },
	{ "Bearer",
	  "pfm",
	  { "bearer = lte" },
	  "bearer =",
	  "station.ini:@: bearer is \"lte\", expected one of: gprs, csd" },
	{ "Number",
	  "pfm",
	  { "number = 0039 335" },
	  "number =",
	  "station.ini:@: number is \"0039 335\", expected a telephone number: + and 3 to 20 digits" },
	{ "PfmAddress",
	  "pfm",
	  { "address = a b" },
	  "address = a",
	  "station.ini:@: address is \"a b\", expected the name or the address of a host" },
	{ "PfmAfter",
	  "pfm",
	  { "pfm_after = drop" },
	  "pfm_after =",
	  "station.ini:@: pfm_after is \"drop\", expected one of: keep, release" },
	{ "Preprovisioned",
	  "pfm",
	  { "preprovisioned = 1" },
	  "preprovisioned =",
	  "station.ini:@: preprovisioned is \"1\", expected one of: off, on, no, yes" },
	{ "Wait",
	  "pfm",
	  { "wait_minutes = 0" },
	  "wait_minutes =",
	  "station.ini:@: wait_minutes is \"0\", expected a whole number from 1 to 1440" },
};

INSTANTIATE_TEST_SUITE_P(Table, WrongService, testing::ValuesIn(wrong),
			 [](const testing::TestParamInfo<Wrong> &info) {
				 return std::string(info.param.name);
			 });

/* ---- what packages need ---- */

TEST(ConfigServices, APackageToServeNeedsAnAddress)
{
	ServiceFolder folder(package), none(package);

	EXPECT_EQ(
		folder.refused("public_address ="),
		"station.ini:@: public_address is not told, but package new needs it; expected the address at which "
		"units reach this station");
	none.write("station.ini", "# nothing\n");
	EXPECT_EQ(
		none.refused("# nothing"),
		"station.ini:@: section [packages] is missing, but package new needs its public_address; expected the "
		"address at which units reach this station");
}

/* The longest URL that the server can make, as the model wants it: 255 bytes for Quectel. */
TEST(ConfigServices, TheLongestUrlMustFit)
{
	std::string label(50, 'a'), host = label + "." + label + "." + label + ".";
	size_t rest = strlen("http://:65535/") + PACKAGE_TOKEN_CHARS + host.size();
	ServiceFolder fits(package), longer(package), table(package);

	host += std::string(255 - rest, 'b');
	fits.tell("packages", { "public_address = " + host, "port = 0" });
	EXPECT_NE(fits.load(), nullptr) << testing::PrintToString(fits.said());
	/* A port of fewer digits leaves room for a longer name. */
	longer.tell("packages", { "public_address = " + host + "b", "port = 8480" });
	EXPECT_NE(longer.load(), nullptr) << testing::PrintToString(longer.said());
	table.tell("packages", { "public_address = " + host + "b", "port = 0" });
	EXPECT_EQ(
		table.refused("public_address ="),
		"station.ini:@: public_address makes a URL of 256 bytes, expected at most 255 for quectel-dfota-http of "
		"MC65");
}

TEST(ConfigServices, ACloudNeedsItsSecret)
{
	ServiceFolder missing(account +
			      cloud("SIM7600M21", "simcom-cscfota", "cloud_version = C2\n"));
	ServiceFolder unknown, spaced(account);

	EXPECT_EQ(missing.load(), nullptr);
	ASSERT_EQ(missing.said().size(), 1u);
	EXPECT_EQ(
		missing.said()[0],
		"catalogue.ini:" + line_of(read(missing.at("catalogue.ini")), "[package new]") +
			": the account of SIM7600M21 has no secret, expected product_secret in section [cloud "
			"SIM7600M21] of secrets.ini");
	unknown.write("secrets.ini", secret, 0600);
	EXPECT_EQ(unknown.load(), nullptr);
	EXPECT_EQ(unknown.said(),
		  Texts{ "secrets.ini:2: the catalogue has no account for SIM7600M21, expected a "
			 "section [cloud SIM7600M21] there too" });
	spaced.write("secrets.ini", replaced(secret, "5f6c", "5f 6c"), 0600);
	EXPECT_EQ(spaced.load(), nullptr);
	EXPECT_EQ(
		spaced.said(),
		Texts{ "secrets.ini:3: product_secret is ***, expected at most 100 ASCII characters, no "
		       "space, quote or backslash" });
}

/* No complaint of a secret file shows what is in it. */
TEST(ConfigServices, NoComplaintShowsASecret)
{
	ServiceFolder folder;

	folder.write(
		"secrets.ini",
		"[cloud X]\nproduct_secret = \"hunter2hunter2\nproduct_secret = hunter2\nhunter2hunter2\n",
		0600);
	EXPECT_EQ(folder.load(), nullptr);
	for (const std::string &text : folder.said())
		EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
}

TEST(ConfigServices, TelitsProtocolsNeedWhatTheySpeakTo)
{
	struct {
		const char *procedure;
		std::vector<std::string> keys;
	} cases[] = {
		{ "telit-pfm-sms", { "number" } },
		{ "telit-pfm-combined", { "address", "port" } },
		{ "telit-pfm-tcpip", { "address", "port" } },
	};

	for (auto &c : cases) {
		ServiceFolder folder(cloud("GE865", c.procedure)),
			told(cloud("GE865", c.procedure));

		if (!procedure_find(c.procedure, nullptr))
			continue;
		EXPECT_EQ(folder.load(), nullptr) << c.procedure;
		for (const std::string &key : c.keys)
			EXPECT_NE(testing::PrintToString(folder.said())
					  .find(": " + key + " is not told"),
				  std::string::npos)
				<< c.procedure << testing::PrintToString(folder.said());
		told.tell("pfm",
			  { "number = +393355550100", "address = pfm.example", "port = 9978" });
		EXPECT_NE(told.load(), nullptr) << testing::PrintToString(told.said());
	}
}

/* Units that are in the service already need not be told of its server; what is told is told whole. */
TEST(ConfigServices, PreprovisionedUnitsKnowTheirServer)
{
	for (const char *way : { "telit-pfm-sms", "telit-pfm-combined", "telit-pfm-tcpip" }) {
		ServiceFolder folder(cloud("GE865", way));

		folder.tell("pfm", { "preprovisioned = yes" });
		EXPECT_NE(folder.load(), nullptr) << way << testing::PrintToString(folder.said());
	}
	for (const char *half : { "address = pfm.example", "port = 9978" }) {
		ServiceFolder folder(cloud("GE865", "telit-pfm-tcpip"));

		folder.tell("pfm", { "preprovisioned = yes", half });
		EXPECT_EQ(folder.load(), nullptr) << half;
		EXPECT_EQ(1u, folder.said().size()) << half;
	}
}

} // namespace
