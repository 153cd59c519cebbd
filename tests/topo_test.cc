/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of USB paths out of strings, of the settle decision and of the roles of interfaces. They
 * open no device. */
#include "udev/topo.h"

#include "tests/config_fixture.h"
#include "udev/roles.h"

static std::string of_sysfs(const char *sysfs)
{
	g_autofree char *path = topo_path_of_sysfs(sysfs);

	return path ? path : "none";
}

static std::string of_id(const char *id_path)
{
	g_autofree char *path = topo_path_of_id(id_path);

	return path ? path : "none";
}

TEST(Topo, PathOutOfSysfs)
{
	static const char *const rows[][2] = {
		{ "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1", "pci-0000:00:14.0-usb-0:1" },
		{ "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1.3",
		  "pci-0000:00:14.0-usb-0:1.3" },
		{ "/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1.3/1-1.3:1.0/ttyUSB0/tty/ttyUSB0",
		  "pci-0000:00:14.0-usb-0:1.3" },
		{ "/devices/pci0000:00/0000:00:14.0/usb12/12-4/12-4.10/12-4.10.3/12-4.10.3:1.10/"
		  "net/usb0",
		  "pci-0000:00:14.0-usb-0:4.10.3" },
		/* behind a bridge the nearest PCI device counts */
		{ "/devices/pci0000:00/0000:00:1c.5/0000:03:00.0/usb3/3-2",
		  "pci-0000:03:00.0-usb-0:2" },
		{ "/devices/pci10000:e0/10000:e0:06.0/usb3/3-2", "pci-10000:e0:06.0-usb-0:2" },
		{ "/devices/platform/soc/3f980000.usb/usb1/1-1/1-1.2",
		  "platform-3f980000.usb-usb-0:1.2" },
		{ "/devices/platform/dummy_hcd.0/usb3/3-1", "platform-dummy_hcd.0-usb-0:1" },
		{ "/devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0/usb1/"
		  "1-1",
		  "platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1" },
		{ "/devices/pci0000:00/0000:00:14.0/usb1", "none" }, /* a root hub is no slot */
		{ "/devices/pci0000:00/0000:00:16.3/tty/ttyS4", "none" },
		{ "/devices/virtual/tty/tty1", "none" },
		{ "/devices/usb1/1-1", "none" },
		{ "usb1/1-1", "none" },
		{ "", "none" },
	};

	for (const auto &row : rows)
		EXPECT_EQ(of_sysfs(row[0]), row[1]) << row[0];
}

TEST(Topo, PathOutOfIdPath)
{
	static const char *const rows[][2] = {
		{ "pci-0000:00:14.0-usb-0:1.3", "pci-0000:00:14.0-usb-0:1.3" },
		{ "pci-0000:00:14.0-usb-0:1.3:1.0", "pci-0000:00:14.0-usb-0:1.3" },
		{ "platform-dummy_hcd.0-usb-0:1:1.2", "platform-dummy_hcd.0-usb-0:1" },
		{ "pci-0000:00:14.0-usb-0:1.3:1.0-scsi-0:0:0:0", "pci-0000:00:14.0-usb-0:1.3" },
		{ "pci-0000:00:14.0", "none" },
		{ "pci-0000:00:14.0-usb-0:", "none" },
		{ "pci-0000:00:14.0-usb-0:1.", "none" },
		{ "pci-0000:00:14.0-usb-0:1x", "none" },
		{ "-usb-0:1", "none" },
		{ "", "none" },
	};

	for (const auto &row : rows)
		EXPECT_EQ(of_id(row[0]), row[1]) << row[0];
}

TEST(Topo, Interface)
{
	EXPECT_EQ(topo_interface("/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1.3/1-1.3:1.2/"
				 "ttyUSB0/tty/ttyUSB0"),
		  2);
	EXPECT_EQ(topo_interface("/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.10/tty/ttyACM5"),
		  10);
	EXPECT_EQ(topo_interface("/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1.3"), -1);
	EXPECT_EQ(topo_interface("/devices/pci0000:00/0000:00:16.3/tty/ttyS4"), -1);
	EXPECT_EQ(topo_interface(""), -1);
}

TEST(Topo, SettlesAfterTheWindowOrAtTheLimit)
{
	EXPECT_EQ(topo_settled_at(1000, 1500000, true), 1501000);
	EXPECT_EQ(topo_settled_at(1000, 1500000, false), 1000 + TOPO_SETTLE_LIMIT_US);
	EXPECT_EQ(topo_settled_at(1000, 60000000, false), 60001000);
}

/* ---- roles ---- */

class RolesFile : public Folder
{
      public:
	explicit RolesFile(const std::string &text)
	{
		roles = roles_load(write("roles.ini", text).c_str(), complaints);
	}

	~RolesFile()
	{
		roles_free(roles);
	}

	/* What was complained of, without the name of the file. */
	std::string said() const
	{
		return complaints.all().size() == 1
			       ? complaints.all()[0].substr(at("roles.ini").size())
			       : testing::PrintToString(complaints.all());
	}

	Complaints complaints;
	Roles *roles;
};

TEST(Roles, InstalledFileKnowsAdaptersModulesAndBootloaders)
{
	const char *data = g_getenv("FOTA_STATION_DATA");

	ASSERT_NE(data, nullptr) << "FOTA_STATION_DATA must name the data folder";
	Complaints complaints;
	g_autoptr(Roles) roles = roles_load((std::string(data) + "/roles.ini").c_str(), complaints);

	ASSERT_EQ(complaints.all(), std::vector<std::string>{});
	EXPECT_TRUE(roles_adapter(roles, 0x0403, 0x6001));
	EXPECT_TRUE(roles_adapter(roles, 0x1a86, 0x7523));
	EXPECT_EQ(roles_of(roles, 0x10c4, 0xea60, 0), ROLE_AT);
	EXPECT_EQ(roles_of(roles, 0x0403, 0x6011, 1), ROLE_UNKNOWN);
	EXPECT_FALSE(roles_adapter(roles, 0x1e0e, 0x9001));
	for (guint16 pid : { 0x9001, 0x9205, 0x9206 })
		EXPECT_EQ(roles_of(roles, 0x1e0e, pid, 2), ROLE_AT);
	EXPECT_EQ(roles_of(roles, 0x1e0e, 0x9001, 0), ROLE_DIAG);
	EXPECT_EQ(roles_of(roles, 0x1bc7, 0x0021, 6), ROLE_AT2);
	EXPECT_EQ(roles_of(roles, 0x1bc7, 0x0021, 10), ROLE_NMEA);
	EXPECT_EQ(roles_of(roles, 0x05c6, 0x9008, 0), ROLE_BOOT);
	EXPECT_FALSE(roles_has(roles, 0x05c6, 0x900e, ROLE_AT));
	EXPECT_TRUE(roles_has(roles, 0x1e0e, 0x9206, ROLE_AT));
	EXPECT_EQ(roles_of(roles, 0x1234, 0x5678, 0), ROLE_UNKNOWN);
	EXPECT_EQ(roles_of(roles, 0x1e0e, 0x9001, 200), ROLE_UNKNOWN);
	EXPECT_FALSE(roles_has(roles, 0x1234, 0x5678, ROLE_UNKNOWN));
}

TEST(Roles, BadFileGivesOneSentence)
{
	EXPECT_EQ(RolesFile("[1e0e:9001]\n2 = voice\n").said(),
		  ":2: 2 is \"voice\", expected one of: unknown, at, at2, modem, diag, nmea, "
		  "audio, net, boot");
	EXPECT_EQ(RolesFile("[1e0e:9001]\n99 = at\n").said(),
		  ":2: unknown key 99 in [1e0e:9001], expected one of: adapter");
	EXPECT_EQ(RolesFile("[1e0e:901]\n").said(),
		  ":1: \"1e0e:901\" is no vid:pid, expected [VID:PID] with four hexadecimal digits "
		  "each, or several of them");
	EXPECT_EQ(RolesFile("[1e0e:9001]\n[1bc7:0021 1E0E:9001]\n").said(),
		  ":2: 1E0E:9001 is in another section too, expected once");
}
