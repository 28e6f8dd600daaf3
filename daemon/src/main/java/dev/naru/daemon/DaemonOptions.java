package dev.naru.daemon;

import dev.naru.engine.DiskMark;
import dev.naru.engine.DiskPolicy;
import dev.naru.engine.EngineConfig;
import dev.naru.engine.RegistryOptions;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.wire.Ulimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What narud runs with, made from flags and file.
 *
 * @param hosts addresses to listen on, at least one
 * @param group group of unix sockets; null for {@code docker} if there is one
 * @param pidFile where the process id is written; null for nowhere
 * @param tls certificates for TCP; null for none
 */
record DaemonOptions(
        List<String> hosts,
        @Nullable String group,
        @Nullable Path pidFile,
        @Nullable Tls tls,
        String logLevel,
        String logFormat,
        EngineConfig engine) {
    private static final Map<String, String> ALWAYS = Map.of("buildkit", "true", "containerd-snapshotter", "false");

    private static final Path DEFAULT_FILE = Path.of("/etc/naru/daemon.json");

    /** Certificate and key files; clients are verified against {@code ca} when {@code verify}. */
    record Tls(Path certificate, Path key, @Nullable Path ca, boolean verify) {}

    static DaemonOptions of(Settings flags) {
        Path file = flags.text("config-file").map(Path::of).orElse(DEFAULT_FILE);
        Settings settings = flags.text("config-file").isPresent() || Files.exists(file)
                ? flags.withFile(ConfigFile.read(file))
                : flags;
        List<String> hosts = settings.list("host");
        return new DaemonOptions(
                hosts.isEmpty() ? List.of("unix:///run/naru.sock") : hosts,
                settings.text("group").orElse(null),
                settings.text("pidfile").map(Path::of).orElse(null),
                tls(settings),
                settings.is("debug", false)
                        ? "debug"
                        : settings.text("log-level").orElse("info"),
                settings.text("log-format").orElse("text"),
                engine(settings));
    }

    private static EngineConfig engine(Settings settings) {
        requireSupported(settings);
        var builder = EngineConfig.builder(path(settings, "data-root", "/var/lib/naru"))
                .execRoot(path(settings, "exec-root", "/run/naru"))
                .bridge(settings.text("bridge").orElse("naru0"))
                .bridgeAddress(settings.text("bip").orElse(null))
                .fixedRange(settings.text("fixed-cidr").orElse(null))
                .ipv6(settings.is("ipv6", true))
                .fixedRange6(settings.text("fixed-cidr-v6").orElse(null))
                .interContainer(settings.is("icc", true))
                .firewall(settings.is("iptables", true))
                .firewallMode(settings.text("firewall-mode").orElse("direct"))
                .masquerade(settings.is("ip-masq", true))
                .ipForward(settings.is("ip-forward", true))
                .mtu(settings.number("mtu", 1500))
                .defaultAddress(settings.text("ip").orElse(""))
                .cgroupParent(settings.text("cgroup-parent").orElse(null))
                .defaultUlimits(ulimits(settings.list("default-ulimit")))
                .usernsRemap(settings.text("userns-remap").orElse(null))
                .logDriver(settings.text("log-driver").orElse("json-file"))
                .logOptions(pairs("log-opt", settings.list("log-opt")))
                .dns(settings.list("dns"))
                .dnsOptions(settings.list("dns-opt"))
                .dnsSearch(settings.list("dns-search"))
                .init(settings.is("init", false))
                .shutdownTimeout(settings.number("shutdown-timeout", 10))
                .noNewPrivileges(settings.is("no-new-privileges", false))
                .seccompProfile(settings.text("seccomp-profile").orElse("builtin"))
                .labels(settings.list("label"))
                .storageDriver(settings.text("storage-driver").orElse("overlay2"))
                .layerLimits(layerLimits(settings));
        settings.text("default-shm-size").ifPresent(size -> builder.shmSize(ByteSize.parse("default-shm-size", size)));
        builder.registries(registries(settings));
        builder.diskPolicy(diskPolicy(settings));
        builder.cachePolicy(CacheSettings.policy(settings.list("builder-gc")));
        settings.text("trust-policy").ifPresent(file -> builder.trustPolicy(Path.of(file)));
        builder.cdiDirectories(cdiDirectories(settings));
        List<String> pools = settings.list("default-address-pool");
        if (!pools.isEmpty()) {
            builder.addressPools(pools.stream().map(DaemonOptions::pool).toList());
        }
        builder.networkOptions(networkOptions(settings.list("default-network-opt")));
        String monitor = System.getProperty("naru.monitor");
        if (monitor != null) {
            builder.monitor(Path.of(monitor));
        }
        return builder.build();
    }

    /** Features by name. Of Docker's, files may name those that are so here in any case. */
    private static Map<String, String> features(Settings settings) {
        Map<String, String> features = pairs("feature", settings.list("feature"));
        features.forEach((name, value) -> {
            if (!List.of("true", "false").contains(value)) {
                throw invalid("feature", name + "=" + value, "give true or false");
            }
            if (!name.equals("cdi") && !value.equals(ALWAYS.get(name))) {
                throw invalid("feature", name + "=" + value, "only cdi can be switched");
            }
        });
        return features;
    }

    private static List<Path> cdiDirectories(Settings settings) {
        if ("false".equals(features(settings).get("cdi"))) {
            return List.of();
        }
        List<Path> given = settings.list("cdi-spec-dir").stream()
                .filter(each -> !each.isEmpty())
                .map(Path::of)
                .toList();
        return settings.list("cdi-spec-dir").isEmpty() ? EngineConfig.DEFAULT_CDI : given;
    }

    private static @Nullable DiskPolicy diskPolicy(Settings settings) {
        Optional<String> high = settings.text("disk-high-watermark");
        if (high.isEmpty()) {
            for (String needs : List.of("disk-low-watermark", "disk-unused-for", "disk-check-interval")) {
                settings.text(needs).ifPresent(value -> {
                    throw invalid(needs, value, "it needs disk-high-watermark");
                });
            }
            return null;
        }
        DiskMark mark = DiskMark.parse(high.get());
        return new DiskPolicy(
                mark,
                settings.text("disk-low-watermark").map(DiskMark::parse).orElseGet(mark::below),
                settings.list("disk-keep"),
                Duration.ofSeconds(settings.number("disk-unused-for", 600)),
                Duration.ofSeconds(settings.number("disk-check-interval", 60)));
    }

    private static String compression(Settings settings) {
        String compression = settings.text("push-compression").orElse("gzip");
        if (!List.of("gzip", "zstd").contains(compression)) {
            throw invalid("push-compression", compression, "use gzip or zstd");
        }
        return compression;
    }

    private static RegistryOptions registries(Settings settings) {
        RegistryOptions defaults = RegistryOptions.defaults();
        List<Path> directories =
                settings.list("registry-config-dir").stream().map(Path::of).toList();
        return new RegistryOptions(
                settings.text("default-registry").orElse(null),
                settings.list("registry-mirror"),
                settings.list("insecure-registry"),
                directories.isEmpty() ? defaults.hostDirectories() : directories,
                positive(settings, "max-concurrent-downloads", defaults.concurrentDownloads()),
                positive(settings, "max-concurrent-uploads", defaults.concurrentUploads()),
                positive(settings, "max-download-attempts", defaults.downloadAttempts()),
                settings.list("allow-registry"),
                settings.list("deny-registry"),
                compression(settings));
    }

    private static int positive(Settings settings, String flag, int otherwise) {
        int number = settings.number(flag, otherwise);
        if (number < 1) {
            throw invalid(flag, String.valueOf(number), "give a number from 1");
        }
        return number;
    }

    private static void requireSupported(Settings settings) {
        settings.text("storage-driver")
                .filter(driver -> !List.of("overlay2", "overlay", "erofs").contains(driver))
                .ifPresent(d -> {
                    throw invalid("storage-driver", d, "use overlay2 or erofs");
                });
        if (!settings.is("live-restore", true)) {
            throw invalid("live-restore", "false", "containers always outlive this engine: stop them before it");
        }
        String bridge = settings.text("bridge").orElse("naru0");
        if (bridge.length() > 15 || !bridge.matches("[A-Za-z0-9][A-Za-z0-9_.-]*") || bridge.equals("none")) {
            throw invalid("bridge", bridge, "give the name of an interface, 15 characters at most");
        }
    }

    private static EngineConfig.LayerLimits layerLimits(Settings settings) {
        EngineConfig.LayerLimits standard = EngineConfig.LayerLimits.DEFAULT;
        int ratio = settings.number("layer-max-ratio", standard.ratio());
        int files = settings.number("layer-max-files", standard.files());
        long bytes = settings.text("layer-max-size")
                .map(size -> ByteSize.parse("layer-max-size", size))
                .orElse(standard.bytes());
        if (ratio <= 0 || files <= 0 || bytes <= 0) {
            throw invalid("layer-max-…", "0", "give a positive limit");
        }
        return new EngineConfig.LayerLimits(bytes, ratio, files);
    }

    private static @Nullable Tls tls(Settings settings) {
        boolean verify = settings.is("tlsverify", false);
        if (!verify && !settings.is("tls", false)) {
            return null;
        }
        return new Tls(
                path(settings, "tlscert", "/etc/naru/cert.pem"),
                path(settings, "tlskey", "/etc/naru/key.pem"),
                verify ? path(settings, "tlscacert", "/etc/naru/ca.pem") : null,
                verify);
    }

    private static Path path(Settings settings, String flag, String otherwise) {
        return Path.of(settings.text(flag).orElse(otherwise)).toAbsolutePath().normalize();
    }

    private static EngineConfig.AddressPool pool(String text) {
        Map<String, String> parts = pairs("default-address-pool", List.of(text.split(",", -1)));
        String base = parts.get("base");
        String size = parts.get("size");
        if (base == null || size == null || !size.matches("[0-9]{1,3}")) {
            throw invalid("default-address-pool", text, "write base=172.20.0.0/16,size=24");
        }
        return new EngineConfig.AddressPool(base, Integer.parseInt(size));
    }

    private static Map<String, Map<String, String>> networkOptions(List<String> texts) {
        Map<String, Map<String, String>> options = new LinkedHashMap<>();
        for (String text : texts) {
            String[] parts = text.split("=", 3);
            if (parts.length < 3 || parts[0].isEmpty() || parts[1].isEmpty()) {
                throw invalid("default-network-opt", text, "write bridge=com.docker.network.driver.mtu=1400");
            }
            options.computeIfAbsent(parts[0], driver -> new LinkedHashMap<>()).put(parts[1], parts[2]);
        }
        return options;
    }

    private static Map<String, Ulimit> ulimits(List<String> texts) {
        Map<String, Ulimit> limits = new LinkedHashMap<>();
        pairs("default-ulimit", texts).forEach((name, value) -> {
            String[] parts = value.split(":", 2);
            try {
                long soft = Long.parseLong(parts[0]);
                limits.put(name, new Ulimit(name, soft, parts.length > 1 ? Long.parseLong(parts[1]) : soft));
            } catch (NumberFormatException e) {
                throw invalid("default-ulimit", name + "=" + value, "write nofile=1024:2048");
            }
        });
        return limits;
    }

    private static Map<String, String> pairs(String flag, List<String> texts) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw invalid(flag, text, "write name=value");
            }
            pairs.put(text.substring(0, equals), text.substring(equals + 1));
        }
        return pairs;
    }

    private static NaruException invalid(String flag, String value, String hint) {
        return new NaruException(ErrorKind.INVALID, "invalid value \"" + value + "\" for " + flag, "", hint);
    }
}
