/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of hotplug against a mocked udev (run under umockdev-wrapper): what is told of arriving,
 * leaving, changing and swapped devices, and what is ignored. They use the real clock with a short
 * settle window. */
#include "udev/hotplug.h"

#include <dlfcn.h>
#include <umockdev.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>

#include "tests/config_fixture.h"

static const guint SETTLE_MS = 100;

/* udev's database, which umockdev leaves where it is: shown from the mocked machine's folder. (With
 * 64-bit file offsets the name of this function is fopen64 to libudev.) */
extern "C" FILE *fopen(const char *path, const char *mode)
{
	auto real = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "fopen64");
	const char *root = getenv("UMOCKDEV_DIR");

	if (root && g_str_has_prefix(path, "/run/udev/data/"))
		return real((std::string(root) + path).c_str(), mode);
	return real(path, mode);
}

struct Told {
	HotplugKind kind;
	guint slot;
	std::string ids, ports;
	guint32 attach;
	bool adapter, boot;
	std::string product;
	gint64 at_us;
};

static const char *kind_name(HotplugKind kind)
{
	static const char *const names[] = { "settling", "present", "gone", "changed" };

	return names[kind];
}

/* A mocked machine with one hub, three slots on it (A1 to A3 on ports 1 to 3), and a hotplug that
 * watches them. */
class Hotplugs : public testing::Test
{
      protected:
	Hotplugs()
	{
		const char *data = g_getenv("FOTA_STATION_DATA");
		Complaints complaints;

		roles = roles_load((std::string(data ? data : "") + "/roles.ini").c_str(),
				   complaints);
		EXPECT_EQ(complaints.all(), std::vector<std::string>{});
		testbed = umockdev_testbed_new();
		EXPECT_TRUE(umockdev_in_mock_environment()) << "to be run under umockdev-wrapper";
		std::string pci = add("pci", "pci0000:00", "", {}, {});

		pci = add("pci", "0000:00:14.0", pci, {}, {});
		hub = add("usb", "usb1", pci,
			  { { "idVendor", "1d6b" }, { "idProduct", "0002" }, { "devnum", "1" } },
			  { { "DEVTYPE", "usb_device" } });
		hub = add("usb", "1-1", hub,
			  { { "idVendor", "05e3" }, { "idProduct", "0610" }, { "devnum", "2" } },
			  { { "DEVTYPE", "usb_device" } });
	}

	~Hotplugs()
	{
		hotplug_free(hotplug);
		g_object_unref(testbed);
		roles_free(roles);
		for (SlotConfig &slot : slots)
			g_free(slot.path);
	}

	using Pairs = std::vector<std::pair<std::string, std::string>>;

	std::string add(const std::string &subsystem, const std::string &name,
			const std::string &parent, const Pairs &attrs, const Pairs &properties)
	{
		std::vector<char *> a, p;

		for (const auto &pair : attrs) {
			a.push_back((char *)pair.first.c_str());
			a.push_back((char *)pair.second.c_str());
		}
		for (const auto &pair : properties) {
			p.push_back((char *)pair.first.c_str());
			p.push_back((char *)pair.second.c_str());
		}
		a.push_back(nullptr);
		p.push_back(nullptr);
		g_autofree char *path = umockdev_testbed_add_devicev(
			testbed, subsystem.c_str(), name.c_str(),
			parent.empty() ? nullptr : parent.c_str(), a.data(), p.data());

		EXPECT_NE(path, nullptr);
		if (udev_done)
			finish(subsystem, name);
		pump();
		return path;
	}

	/* What udevd leaves behind when it has finished with a device. */
	void finish(const std::string &subsystem, const std::string &name)
	{
		g_autofree char *root = umockdev_testbed_get_root_dir(testbed);
		g_autofree char *dir = g_build_filename(root, "run", "udev", "data", nullptr);
		std::string file = std::string(dir) + "/+" + subsystem + ":" + name;

		EXPECT_EQ(g_mkdir_with_parents(dir, 0755), 0);
		EXPECT_TRUE(g_file_set_contents(file.c_str(), "I:1\n", -1, nullptr));
	}

	/* umockdev's socket holds ten events: they are taken as they come. */
	static void pump()
	{
		while (g_main_context_iteration(nullptr, FALSE))
			;
	}

	struct Unit {
		std::string name, usb;
		std::vector<std::string> parts;
	};

	/* The USB device alone. */
	Unit plug(guint port, const char *vid, const char *pid, guint devnum)
	{
		Unit unit;

		unit.name = hub_name + "." + std::to_string(port);
		unit.usb =
			add("usb", unit.name, hub,
			    { { "idVendor", vid },
			      { "idProduct", pid },
			      { "devnum", std::to_string(devnum) },
			      { "product", "Some\x1b[2J Module" } },
			    { { "DEVTYPE", "usb_device" }, { "DEVNUM", std::to_string(devnum) } });
		unit.parts.push_back(unit.usb);
		return unit;
	}

	std::string add_interface(Unit &unit, guint number)
	{
		std::string path = add("usb", unit.name + ":1." + std::to_string(number), unit.usb,
				       {}, { { "DEVTYPE", "usb_interface" } });

		unit.parts.push_back(path);
		return path;
	}

	void add_tty(Unit &unit, guint number, const std::string &node)
	{
		std::string interface_path = add_interface(unit, number);

		unit.parts.push_back(
			add("tty", node, interface_path, {}, { { "DEVNAME", "/dev/" + node } }));
	}

	void remove(const std::string &path)
	{
		umockdev_testbed_uevent(testbed, path.c_str(), "remove");
		pump();
		umockdev_testbed_remove_device(testbed, path.c_str());
	}

	void unplug(Unit &unit)
	{
		for (; !unit.parts.empty(); unit.parts.pop_back())
			remove(unit.parts.back());
	}

	/* Takes the device away without a word, as when the kernel's queue has overflown. */
	void vanish(Unit &unit)
	{
		for (; !unit.parts.empty(); unit.parts.pop_back())
			umockdev_testbed_remove_device(testbed, unit.parts.back().c_str());
	}

	void watch(guint n_slots = 3)
	{
		for (guint i = 0; i < n_slots; i++) {
			SlotConfig slot = {};

			slot.id = i;
			slot.path = g_strdup_printf("pci-0000:00:14.0-usb-0:1.%u", i + 1);
			slots.push_back(slot);
		}
		hotplug =
			hotplug_new(roles, slots.data(), slots.size(), SETTLE_MS, on_report, this);
		hotplug_reconcile(hotplug);
	}

	static void on_report(gpointer user, const HotplugReport *report)
	{
		auto *self = (Hotplugs *)user;
		g_autofree char *ids = g_strdup_printf("%04x:%04x", report->vid, report->pid);
		Told told = { report->kind, report->slot,    ids,
			      "",           report->attach,  report->adapter,
			      report->boot, report->product, g_get_monotonic_time() };

		for (guint i = 0; i < report->n_ports; i++) {
			const Port *port = &report->ports[i];
			static const char *const names[] = { "unknown", "at",   "at2",
							     "modem",   "diag", "nmea",
							     "audio",   "net",  "boot" };

			EXPECT_EQ(port->attach, report->attach);
			told.ports += std::string(told.ports.empty() ? "" : " ") +
				      names[port->role] + "=" + port->devnode;
		}
		self->told.push_back(told);
	}

	/* Runs the main loop until `done` or for two seconds. */
	bool run_until(const std::function<bool()> &done, guint ms = 2000)
	{
		gint64 end = g_get_monotonic_time() + ms * 1000;

		while (!done() && g_get_monotonic_time() < end) {
			g_autoptr(GSource) wake = g_timeout_source_new(5);

			g_source_set_callback(
				wake, [](gpointer) -> gboolean { return G_SOURCE_REMOVE; }, nullptr,
				nullptr);
			g_source_attach(wake, nullptr);
			g_main_context_iteration(nullptr, TRUE);
			g_source_destroy(wake);
		}
		return done();
	}

	void run_for(guint ms)
	{
		run_until([] { return false; }, ms);
	}

	/* "0 settling, 0 present": everything told so far, forgotten afterwards. Waits for `n`
	 * reports, and a little for too many. */
	std::string story(size_t n)
	{
		std::string text;

		run_until([&] { return told.size() >= n; });
		run_for(30);
		for (const Told &t : told)
			text += (text.empty() ? "" : ", ") + std::to_string(t.slot) + " " +
				kind_name(t.kind);
		last = told.empty() ? Told{} : told.back();
		told.clear();
		return text;
	}

	bool udev_done = true;
	Roles *roles;
	UMockdevTestbed *testbed;
	std::string hub, hub_name = "1-1";
	std::vector<SlotConfig> slots;
	Hotplug *hotplug = nullptr;
	std::vector<Told> told;
	Told last;
};

TEST_F(Hotplugs, TellsOfAnAdapter)
{
	watch();
	Unit unit = plug(1, "0403", "6001", 7);

	add_tty(unit, 0, "ttyUSB3");
	EXPECT_EQ(story(2), "0 settling, 0 present");
	EXPECT_EQ(last.ids, "0403:6001");
	EXPECT_EQ(last.ports, "at=/dev/ttyUSB3");
	EXPECT_EQ(last.attach, 7u);
	EXPECT_TRUE(last.adapter);
	EXPECT_FALSE(last.boot);
	EXPECT_EQ(last.product, "Some[2J Module");
	unplug(unit);
	EXPECT_EQ(story(1), "0 gone");
}

TEST_F(Hotplugs, TellsOfWhatIsThereAtTheStart)
{
	Unit unit = plug(2, "0403", "6001", 7);

	add_tty(unit, 0, "ttyUSB3");
	watch();
	EXPECT_EQ(story(2), "1 settling, 1 present");
	EXPECT_EQ(last.ports, "at=/dev/ttyUSB3");
}

TEST_F(Hotplugs, GathersThePortsOfACompositeUnit)
{
	watch();
	Unit unit = plug(3, "1e0e", "9001", 9);

	for (guint i : { 4, 2, 0, 3, 1 })
		add_tty(unit, i, "ttyUSB1" + std::to_string(i));
	add("net", "wwan0", add_interface(unit, 5), {}, {});
	EXPECT_EQ(story(2), "2 settling, 2 present");
	EXPECT_EQ(last.ports, "audio=/dev/ttyUSB14 at=/dev/ttyUSB12 diag=/dev/ttyUSB10 "
			      "modem=/dev/ttyUSB13 nmea=/dev/ttyUSB11");
	EXPECT_FALSE(last.adapter);
}

TEST_F(Hotplugs, WaitsWhilePortsKeepComing)
{
	watch();
	Unit unit = plug(1, "1e0e", "9001", 9);

	add_tty(unit, 2, "ttyUSB2");
	for (guint i : { 0, 1, 3 }) {
		run_for(SETTLE_MS * 6 / 10);
		add_tty(unit, i, "ttyUSB" + std::to_string(i));
	}
	run_for(SETTLE_MS * 6 / 10);
	add("net", "wwan0", add_interface(unit, 5), {}, {});
	run_for(SETTLE_MS * 6 / 10);
	EXPECT_EQ(story(1), "0 settling");
	EXPECT_EQ(story(1), "0 present");
}

TEST_F(Hotplugs, EachSettlesByItself)
{
	watch();
	Unit first = plug(1, "0403", "6001", 7);

	add_tty(first, 0, "ttyUSB0");
	run_for(SETTLE_MS / 2);
	gint64 begin = g_get_monotonic_time();
	Unit second = plug(2, "0403", "6001", 8);

	add_tty(second, 0, "ttyUSB1");
	EXPECT_EQ(story(4), "0 settling, 1 settling, 0 present, 1 present");
	EXPECT_GE(last.at_us - begin, SETTLE_MS * 1000);
}

TEST_F(Hotplugs, TellsAgainWhenPortsComeLater)
{
	watch();
	Unit unit = plug(1, "1e0e", "9001", 9);

	add_tty(unit, 2, "ttyUSB2");
	EXPECT_EQ(story(2), "0 settling, 0 present");
	add_tty(unit, 3, "ttyUSB3");
	EXPECT_EQ(story(1), "0 present");
	EXPECT_EQ(last.ports, "at=/dev/ttyUSB2 modem=/dev/ttyUSB3");
}

TEST_F(Hotplugs, UnitComesBackAsBootloader)
{
	watch();
	Unit unit = plug(1, "1e0e", "9206", 9);

	add_tty(unit, 2, "ttyUSB2");
	EXPECT_EQ(story(2), "0 settling, 0 present");
	unplug(unit);
	EXPECT_EQ(story(1), "0 gone");
	Unit boot = plug(1, "05c6", "9008", 10);

	add_tty(boot, 0, "ttyUSB0");
	EXPECT_EQ(story(2), "0 settling, 0 present");
	EXPECT_TRUE(last.boot);
	EXPECT_EQ(last.ports, "boot=/dev/ttyUSB0");
}

TEST_F(Hotplugs, ReportsASwapWithinTheWindow)
{
	watch();
	Unit unit = plug(1, "0403", "6001", 7);

	add_tty(unit, 0, "ttyUSB3");
	EXPECT_EQ(story(2), "0 settling, 0 present");
	unplug(unit);
	Unit next = plug(1, "0403", "6001", 8);

	add_tty(next, 0, "ttyUSB3");
	EXPECT_EQ(story(3), "0 gone, 0 settling, 0 present");
	EXPECT_EQ(last.attach, 8u);
}

TEST_F(Hotplugs, FindsASwapThatNobodyTold)
{
	watch();
	Unit unit = plug(1, "0403", "6001", 7);

	add_tty(unit, 0, "ttyUSB3");
	EXPECT_EQ(story(2), "0 settling, 0 present");
	vanish(unit);
	Unit next = plug(1, "0403", "6001", 8);

	add_tty(next, 0, "ttyUSB3");
	EXPECT_EQ(story(2), "0 changed, 0 present");
	EXPECT_EQ(last.attach, 8u);
	vanish(next);
	Unit boot = plug(1, "05c6", "900e", 8);

	EXPECT_EQ(story(2), "0 changed, 0 present");
	EXPECT_EQ(last.ids, "05c6:900e");
}

TEST_F(Hotplugs, ReconcileFindsASwapThatNobodyTold)
{
	watch();
	Unit unit = plug(1, "0403", "6001", 7);

	add_tty(unit, 0, "ttyUSB3");
	EXPECT_EQ(story(2), "0 settling, 0 present");
	umockdev_testbed_set_attribute(testbed, unit.usb.c_str(), "devnum", "8");
	hotplug_reconcile(hotplug);
	EXPECT_EQ(story(2), "0 changed, 0 present");
	EXPECT_EQ(last.attach, 8u);
	EXPECT_EQ(last.ports, "at=/dev/ttyUSB3");
}

/* The loop was held up: what has left meanwhile is not told as present first. */
TEST_F(Hotplugs, HearsWhatHappenedBeforeItBelieves)
{
	watch();
	Unit unit = plug(1, "0403", "6001", 7);

	add_tty(unit, 0, "ttyUSB3");
	EXPECT_EQ(story(1), "0 settling");
	g_usleep(SETTLE_MS * 1500);
	umockdev_testbed_uevent(testbed, unit.parts.back().c_str(), "remove");
	umockdev_testbed_uevent(testbed, unit.usb.c_str(), "remove");
	vanish(unit);
	EXPECT_EQ(story(1), "0 gone");
}

TEST_F(Hotplugs, LateNewsOfAnEarlierPluggingIsIgnored)
{
	watch();
	Unit unit = plug(1, "0403", "6001", 7);

	add_tty(unit, 0, "ttyUSB3");
	EXPECT_EQ(story(2), "0 settling, 0 present");
	umockdev_testbed_set_property(testbed, unit.usb.c_str(), "DEVNUM", "6");
	umockdev_testbed_uevent(testbed, unit.usb.c_str(), "remove");
	EXPECT_EQ(story(0), "");
}

/* Its interface is still told as unbound; what the kernel calls the parent of that by now is the hub. */
TEST_F(Hotplugs, LateNewsOfADeviceThatHasLeftIsNotTheHubAboveIt)
{
	watch();
	Unit unit = plug(1, "0403", "6001", 7);

	add_tty(unit, 0, "ttyUSB3");
	EXPECT_EQ(story(2), "0 settling, 0 present");
	umockdev_testbed_uevent(testbed, unit.usb.c_str(), "remove");
	umockdev_testbed_uevent(testbed, unit.parts[1].c_str(), "unbind");
	vanish(unit);
	EXPECT_EQ(story(1), "0 gone");
}

TEST_F(Hotplugs, LosingTheAtPortIsLeaving)
{
	watch();
	Unit unit = plug(1, "1e0e", "9001", 9);

	add_tty(unit, 0, "ttyUSB0");
	add_tty(unit, 2, "ttyUSB2");
	EXPECT_EQ(story(2), "0 settling, 0 present");
	remove(unit.parts.back());
	unit.parts.pop_back();
	EXPECT_EQ(story(1), "0 gone");
	hotplug_reconcile(hotplug);
	EXPECT_EQ(story(0), "");
	unit.parts.push_back(
		add("tty", "ttyUSB5", unit.parts.back(), {}, { { "DEVNAME", "/dev/ttyUSB5" } }));
	EXPECT_EQ(story(2), "0 settling, 0 present");
	EXPECT_EQ(last.ports, "diag=/dev/ttyUSB0 at=/dev/ttyUSB5");
	unplug(unit);
	EXPECT_EQ(story(1), "0 gone");
}

TEST_F(Hotplugs, ReconcileFindsWhatWasMissed)
{
	watch();
	Unit unit = plug(1, "0403", "6001", 7);

	add_tty(unit, 0, "ttyUSB3");
	EXPECT_EQ(story(2), "0 settling, 0 present");
	hotplug_reconcile(hotplug);
	EXPECT_EQ(story(0), "");
	vanish(unit);
	EXPECT_EQ(story(0), "");
	hotplug_reconcile(hotplug);
	EXPECT_EQ(story(1), "0 gone");
	unit = plug(1, "0403", "6001", 8);
	add_tty(unit, 0, "ttyUSB3");
	EXPECT_EQ(story(2), "0 settling, 0 present");
	umockdev_testbed_remove_device(testbed, unit.parts.back().c_str());
	hotplug_reconcile(hotplug);
	EXPECT_EQ(story(1), "0 gone");
}

TEST_F(Hotplugs, WaitsForUdevToFinish)
{
	Unit unit = plug(1, "0403", "6001", 7);

	udev_done = false;
	add_tty(unit, 0, "ttyUSB3");
	watch();
	EXPECT_EQ(story(1), "0 settling");
	run_for(SETTLE_MS * 2);
	EXPECT_EQ(story(0), "");
	umockdev_testbed_uevent(testbed, unit.parts.back().c_str(), "add");
	EXPECT_EQ(story(1), "0 present");
	hotplug_reconcile(hotplug); /* exists, whatever udev's database says */
	EXPECT_EQ(story(0), "");
}

TEST_F(Hotplugs, IgnoresWhatIsNoSlot)
{
	watch(2);
	Unit other = plug(3, "0403", "6001", 7);
	Unit deep = plug(1, "05e3", "0610", 8);

	add_tty(other, 0, "ttyUSB0");
	EXPECT_EQ(story(1), "0 settling"); /* a hub in a slot is a foreign device */
	add("tty", "ttyS0", "", {}, { { "DEVNAME", "/dev/ttyS0" } });
	hub = deep.usb;
	hub_name = deep.name;
	Unit below = plug(1, "0403", "6001", 9);

	add_tty(below, 0, "ttyUSB1");
	hotplug_reconcile(hotplug);
	run_for(SETTLE_MS * 2);
	EXPECT_EQ(story(0), "");
}

TEST_F(Hotplugs, TakesTheWordOfUdevForThePath)
{
	watch();
	std::string odd =
		add("usb", "odd", hub,
		    { { "idVendor", "0403" }, { "idProduct", "6001" }, { "devnum", "5" } },
		    { { "DEVTYPE", "usb_device" }, { "ID_PATH", "pci-0000:00:14.0-usb-0:1.2" } });

	EXPECT_EQ(story(1), "1 settling");
}

TEST_F(Hotplugs, TellsOfAForeignDeviceAtTheLimit)
{
	watch();
	Unit unit = plug(1, "046d", "c31c", 7);
	gint64 begin = g_get_monotonic_time();
	Unit adapter = plug(2, "0403", "6001", 8);

	add_tty(adapter, 0, "ttyUSB3");
	EXPECT_EQ(story(3), "0 settling, 1 settling, 1 present");
	EXPECT_TRUE(run_until([&] { return !told.empty(); }, 12000));
	EXPECT_GE(g_get_monotonic_time() - begin, 10 * G_USEC_PER_SEC);
	EXPECT_EQ(story(1), "0 present");
	EXPECT_EQ(last.ports, "");
	EXPECT_FALSE(last.boot);
}

TEST_F(Hotplugs, HoldsAFullRack)
{
	const guint n = 128;

	udev_done = false; /* only events count here, and writing its database takes long */
	watch(n);
	for (guint i = 0; i < n; i++) {
		Unit unit = plug(i + 1, "1e0e", "9001", i + 3);

		for (guint t = 0; t < 5; t++)
			add_tty(unit, t, "ttyUSB" + std::to_string(i * 5 + t));
	}
	EXPECT_TRUE(run_until(
		[&] {
			std::map<guint, std::string> ports;

			for (const Told &t : told)
				ports[t.slot] = t.ports;
			return ports.size() == n &&
			       std::all_of(ports.begin(), ports.end(), [](const auto &p) {
				       return std::count(p.second.begin(), p.second.end(), '=') ==
					      5;
			       });
		},
		5000));
	told.clear();
	auto begin = std::chrono::steady_clock::now();

	hotplug_reconcile(hotplug);
	double ms =
		std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
			.count();

	RecordProperty("reconcile_ms", std::to_string(ms));
	EXPECT_LT(ms, 500);
	EXPECT_EQ(story(0), "");
}
