package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The engine's side of {@code naru info} as Docker lays it out. */
final class InfoText {
    private static final String CIDRS = "InsecureRegistryCIDRs";

    private final PrintStream out;
    private final @Nullable Object info;

    InfoText(PrintStream out, @Nullable Object info) {
        this.out = requireNonNull(out, "out");
        this.info = info;
    }

    void print() {
        line("Containers", "Containers");
        line(" Running", "ContainersRunning");
        line(" Paused", "ContainersPaused");
        line(" Stopped", "ContainersStopped");
        line("Images", "Images");
        some("Server Version", "ServerVersion");
        some("Storage Driver", "Driver");
        for (Object pair : Json.list(Json.at(info, "DriverStatus"))) {
            write(" " + Json.list(pair).getFirst(), Json.list(pair).getLast());
        }
        some("Logging Driver", "LoggingDriver");
        some("Cgroup Driver", "CgroupDriver");
        some("Cgroup Version", "CgroupVersion");
        write("Plugins", "");
        for (String kind : List.of("Volume", "Network", "Authorization", "Log")) {
            List<@Nullable Object> names = Json.list(Json.at(info, "Plugins", kind));
            if (!names.isEmpty()) {
                write(" " + kind, joined(names));
            }
        }
        block("CDI spec directories", Json.list(Json.at(info, "CDISpecDirs")));
        write("Swarm", Json.text(info, "Swarm", "LocalNodeState"));
        write(
                "Runtimes",
                joined(new TreeSet<>(Json.object(Json.at(info, "Runtimes")).keySet())));
        line("Default Runtime", "DefaultRuntime");
        line("Init Binary", "InitBinary");
        security();
        host();
    }

    private void security() {
        List<@Nullable Object> options = Json.list(Json.at(info, "SecurityOptions"));
        if (options.isEmpty()) {
            return;
        }
        write("Security Options", "");
        for (Object option : options) {
            for (String part : Csv.split(String.valueOf(option))) {
                String value = part.substring(part.indexOf('=') + 1);
                if (part.startsWith("name=")) {
                    out.println("  " + value);
                } else {
                    String key = part.substring(0, Math.max(0, part.indexOf('=')));
                    out.println("   " + (key.isEmpty() ? "" : Character.toUpperCase(key.charAt(0)) + key.substring(1))
                            + ": " + value);
                }
            }
        }
    }

    private void host() {
        some("Kernel Version", "KernelVersion");
        some("Operating System", "OperatingSystem");
        some("OSType", "OSType");
        some("Architecture", "Architecture");
        line("CPUs", "NCPU");
        write("Total Memory", Units.binarySize((double) Json.number(info, "MemTotal")));
        some("Name", "Name");
        some("ID", "ID");
        some("Docker Root Dir", "DockerRootDir");
        line("Debug Mode", "Debug");
        for (String proxy : List.of("HttpProxy", "HttpsProxy", "NoProxy")) {
            some(proxy.replace("Http", "HTTP ").replace("No", "No ").replace("HTTP sProxy", "HTTPS Proxy"), proxy);
        }
        block("Labels", Json.list(Json.at(info, "Labels")));
        line("Experimental", "ExperimentalBuild");
        block("Insecure Registries", Json.list(Json.at(info, "RegistryConfig", CIDRS)));
        block("Registry Mirrors", Json.list(Json.at(info, "RegistryConfig", "Mirrors")));
        line("Live Restore Enabled", "LiveRestoreEnabled");
        List<@Nullable Object> pools = Json.list(Json.at(info, "DefaultAddressPools"));
        if (!pools.isEmpty()) {
            write("Default Address Pools", "");
            pools.forEach(
                    pool -> out.println("   Base: " + Json.text(pool, "Base") + ", Size: " + Json.text(pool, "Size")));
        }
        some("Firewall Backend", "FirewallBackend", "Driver");
    }

    private void line(String name, String... path) {
        write(name, Json.text(info, path));
    }

    private void some(String name, String... path) {
        String value = Json.text(info, path);
        if (!value.isEmpty()) {
            write(name, value);
        }
    }

    private void block(String name, List<@Nullable Object> values) {
        if (!values.isEmpty()) {
            write(name, "");
            values.forEach(value -> out.println("  " + value));
        }
    }

    private void write(String name, @Nullable Object value) {
        String text = String.valueOf(value);
        out.println(" " + name + (text.isEmpty() ? ":" : ": " + text));
    }

    private static String joined(Iterable<? extends @Nullable Object> values) {
        var text = new StringBuilder();
        values.forEach(value -> text.append(text.isEmpty() ? "" : " ").append(value));
        return text.toString();
    }
}
