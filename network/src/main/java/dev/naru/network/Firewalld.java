package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.dbus.DbusConnection;
import dev.naru.dbus.DbusException;
import dev.naru.dbus.DbusMessage;
import dev.naru.dbus.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * firewalld, where it runs: our bridges are in a zone of ours that accepts, as far as our own rules do, and a policy lets
 * other zones forward to it. It is told again when it comes, comes back or reloads. docs/design/016-firewall.md.
 */
final class Firewalld implements AutoCloseable {
    static final String ZONE = "naru";

    private static final System.Logger LOG = System.getLogger("naru.network");
    private static final Path BUS = Path.of("/run/dbus/system_bus_socket");
    private static final Path SETTINGS = Path.of("/etc/firewalld");
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String NAME = "org.fedoraproject.FirewallD1";
    private static final String PATH = "/org/fedoraproject/FirewallD1";
    private static final String POLICY = "naru-forwarding";

    private final Path bus;
    private final Set<String> bridges = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable DbusConnection connection;

    Firewalld(Path bus) {
        this.bus = requireNonNull(bus, "bus");
    }

    /** Empty where it is not installed; then nothing is asked or loaded. */
    static Optional<Firewalld> ofHost() {
        return Files.isDirectory(SETTINGS) && Files.exists(BUS) ? Optional.of(new Firewalld(BUS)) : Optional.empty();
    }

    /** Puts a bridge into our zone, now or when firewalld comes. What goes wrong is told in the log. */
    void add(String bridge) {
        if (!bridges.add(bridge)) {
            return;
        }
        attempt("interface " + bridge + " is not in zone " + ZONE, () -> {
            if (connected().has(NAME)) {
                prepare();
                zoned(bridge);
            }
        });
    }

    /** Takes a bridge that goes out of the zone. */
    void remove(String bridge) {
        if (bridges.remove(bridge)) {
            attempt("interface " + bridge + " stays in zone " + ZONE, () -> {
                if (connected().has(NAME)) {
                    tolerating("UNKNOWN_INTERFACE", () -> call(".zone", PATH, "removeInterface", "ss", ZONE, bridge));
                }
            });
        }
    }

    private interface Telling {
        void run() throws IOException;
    }

    private void attempt(String otherwise, Telling telling) {
        lock.lock();
        try {
            telling.run();
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.WARNING, "firewalld: " + otherwise + ": " + failure.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private DbusConnection connected() throws IOException {
        DbusConnection now = connection;
        if (now == null) {
            now = DbusConnection.open(bus, ownUser(), PATIENCE, this::told);
            connection = now;
            now.listen(
                    "type='signal',sender='" + DbusConnection.BUS + "',member='NameOwnerChanged',arg0='" + NAME + "'");
            now.listen("type='signal',interface='" + NAME + "',member='Reloaded'");
        }
        return now;
    }

    private static long ownUser() throws IOException {
        return ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
    }

    private void told(DbusMessage message) {
        boolean came = message.signals(DbusConnection.BUS, "NameOwnerChanged")
                && !message.text(2).isEmpty();
        if (message.type() == 0) {
            connection = null;
        } else if (came || message.signals(NAME, "Reloaded")) {
            Thread.ofVirtual()
                    .name("naru-firewalld")
                    .start(() -> attempt("bridges are not in zone " + ZONE, this::all));
        }
    }

    private void all() throws IOException {
        prepare();
        for (String bridge : bridges) {
            zoned(bridge);
        }
    }

    /** Runtime only: bridges come and go with the engine. */
    private void zoned(String bridge) throws IOException {
        tolerating("ZONE_ALREADY_SET", () -> call(".zone", PATH, "changeZoneOfInterface", "ss", ZONE, bridge));
    }

    /** Zone and policy are permanent settings, made once a host: firewalld knows no others. */
    private void prepare() throws IOException {
        boolean changed = false;
        if (!((List<?>) call(".zone", PATH, "getZones", "").getFirst()).contains(ZONE)) {
            changed = made("addZone2", ZONE, zone());
        }
        if (!policies().contains(POLICY)) {
            changed |= made("addPolicy", POLICY, policy());
        }
        if (changed) {
            call("", PATH, "reload", "");
        }
    }

    /** Before version 0.9 there are none, and none are needed. */
    private List<?> policies() throws IOException {
        try {
            return (List<?>) call(".policy", PATH, "getPolicies", "").getFirst();
        } catch (DbusException older) {
            return List.of(POLICY);
        }
    }

    private static Map<String, Variant> zone() {
        Map<String, Variant> settings = new LinkedHashMap<>();
        settings.put("version", Variant.of("1.0"));
        settings.put("short", Variant.of(ZONE));
        settings.put("description", Variant.of("Networks of containers; their own rules decide what reaches them"));
        settings.put("target", Variant.of("ACCEPT"));
        return settings;
    }

    private static Map<String, Variant> policy() {
        Map<String, Variant> settings = new LinkedHashMap<>();
        settings.put("version", Variant.of("1.0"));
        settings.put("short", Variant.of(POLICY));
        settings.put("description", Variant.of("Lets other zones reach what containers publish"));
        settings.put("ingress_zones", Variant.of(List.of("ANY")));
        settings.put("egress_zones", Variant.of(List.of(ZONE)));
        settings.put("target", Variant.of("ACCEPT"));
        return settings;
    }

    private boolean made(String method, String name, Map<String, Variant> settings) throws IOException {
        tolerating("NAME_CONFLICT", () -> call(".config", PATH + "/config", method, "sa{sv}", name, settings));
        return true;
    }

    /** Another engine may be faster. */
    private static void tolerating(String error, Telling telling) throws IOException {
        try {
            telling.run();
        } catch (DbusException refused) {
            if (!String.valueOf(refused.getMessage()).contains(error)) {
                throw refused;
            }
        }
    }

    private List<Object> call(String part, String path, String method, String signature, Object... arguments)
            throws IOException {
        return connected().call(NAME, path, NAME + part, method, signature, arguments);
    }

    /** Bridges of running containers stay where they are. */
    @Override
    public void close() {
        DbusConnection now = connection;
        if (now != null) {
            now.close();
        }
    }
}
