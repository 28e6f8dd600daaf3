package dev.naru.daemon;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * One thing that can be set, by a flag and by a key of the configuration file (Docker's names: dockerd's command line
 * and daemon.json).
 *
 * @param flag the long flag without dashes
 * @param shorthand the one-letter flag, or empty
 * @param key the key in the file, or empty when it is a flag only
 * @param form what its value looks like
 * @param help one line for {@code --help}
 */
record Setting(String flag, String shorthand, String key, Form form, String help) {
    Setting {
        requireNonNull(flag, "flag");
        requireNonNull(form, "form");
    }

    /** What a value looks like. */
    enum Form {
        SWITCH,
        TEXT,
        NUMBER,
        /** May be given several times; a list in the file. */
        LIST,
        /** {@code key=value}, several times; an object in the file. */
        PAIRS,
        /** {@code driver=option=value}; an object of objects in the file. */
        DRIVER_OPTIONS,
        /** {@code base=CIDR,size=N}; a list of objects in the file. */
        POOLS,
        /** {@code enabled=…}, {@code keep=…} or {@code rule=…}; an object {@code gc} in the file. */
        CACHE,
        /** {@code name=soft[:hard]}; an object of objects in the file. */
        ULIMITS
    }

    static final List<Setting> ALL = List.of(
            new Setting("host", "H", "hosts", Form.LIST, "Socket to listen on: unix://PATH, tcp://HOST:PORT, fd://"),
            new Setting("group", "G", "group", Form.TEXT, "Group that owns the unix socket"),
            new Setting("data-root", "", "data-root", Form.TEXT, "Directory of images, volumes and containers"),
            new Setting("exec-root", "", "exec-root", Form.TEXT, "Directory of run-time state"),
            new Setting("pidfile", "p", "pidfile", Form.TEXT, "File to write the process id to"),
            new Setting("config-file", "", "", Form.TEXT, "Configuration file"),
            new Setting("bridge", "b", "bridge", Form.TEXT, "Name of the default bridge, made when absent"),
            new Setting("bip", "", "bip", Form.TEXT, "IPv4 address of the default bridge in CIDR notation"),
            new Setting(
                    "fixed-cidr", "", "fixed-cidr", Form.TEXT, "Subnet that the default bridge gives addresses from"),
            new Setting(
                    "ipv6",
                    "",
                    "ipv6",
                    Form.SWITCH,
                    "Give the default bridge IPv6 where the host has it (default true)"),
            new Setting("fixed-cidr-v6", "", "fixed-cidr-v6", Form.TEXT, "IPv6 subnet of the default bridge"),
            new Setting(
                    "default-address-pool",
                    "",
                    "default-address-pools",
                    Form.POOLS,
                    "Pool for networks: base=CIDR,size=N"),
            new Setting(
                    "default-network-opt",
                    "",
                    "default-network-opts",
                    Form.DRIVER_OPTIONS,
                    "Option of new networks: DRIVER=OPTION=VALUE"),
            new Setting("icc", "", "icc", Form.SWITCH, "Let containers on the default bridge reach each other"),
            new Setting("iptables", "", "iptables", Form.SWITCH, "Write firewall rules (nftables)"),
            new Setting(
                    "firewall-mode",
                    "",
                    "firewall-mode",
                    Form.TEXT,
                    "host: the host's input rules decide about ports published on all addresses; direct: they don't"),
            new Setting("ip-masq", "", "ip-masq", Form.SWITCH, "Let traffic to the outside take the host's address"),
            new Setting("ip-forward", "", "ip-forward", Form.SWITCH, "Switch on forwarding in the kernel"),
            new Setting("ip", "", "ip", Form.TEXT, "Host address that ports are published on by default"),
            new Setting("mtu", "", "mtu", Form.NUMBER, "MTU of the default bridge"),
            new Setting("dns", "", "dns", Form.LIST, "Name server for containers"),
            new Setting("dns-opt", "", "dns-opts", Form.LIST, "Resolver option for containers"),
            new Setting("dns-search", "", "dns-search", Form.LIST, "Search domain for containers"),
            new Setting("tls", "", "tls", Form.SWITCH, "Use TLS; implied by --tlsverify"),
            new Setting("tlsverify", "", "tlsverify", Form.SWITCH, "Use TLS and verify clients"),
            new Setting("tlscacert", "", "tlscacert", Form.TEXT, "Trust certificates signed by this CA"),
            new Setting("tlscert", "", "tlscert", Form.TEXT, "Certificate file"),
            new Setting("tlskey", "", "tlskey", Form.TEXT, "Key file"),
            new Setting("log-level", "l", "log-level", Form.TEXT, "debug, info, warn, error or fatal"),
            new Setting("log-format", "", "log-format", Form.TEXT, "text or json"),
            new Setting("debug", "D", "debug", Form.SWITCH, "The same as --log-level debug"),
            new Setting("userns-remap", "", "userns-remap", Form.TEXT, "User, or user:group, for user namespaces"),
            new Setting(
                    "default-ulimit", "", "default-ulimits", Form.ULIMITS, "Limit for containers: name=soft[:hard]"),
            new Setting("cgroup-parent", "", "cgroup-parent", Form.TEXT, "Parent control group of containers"),
            new Setting("log-driver", "", "log-driver", Form.TEXT, "Log driver for containers"),
            new Setting("log-opt", "", "log-opts", Form.PAIRS, "Log driver option for containers"),
            new Setting("default-shm-size", "", "default-shm-size", Form.TEXT, "Size of /dev/shm of containers"),
            new Setting("init", "", "init", Form.SWITCH, "Run an init in containers"),
            new Setting("shutdown-timeout", "", "shutdown-timeout", Form.NUMBER, "Seconds before a stop kills"),
            new Setting("no-new-privileges", "", "no-new-privileges", Form.SWITCH, "Default of that security option"),
            new Setting(
                    "seccomp-profile",
                    "",
                    "seccomp-profile",
                    Form.TEXT,
                    "Seccomp profile: a path, builtin or unconfined"),
            new Setting("label", "", "labels", Form.LIST, "Label of the engine: key=value"),
            new Setting("storage-driver", "s", "storage-driver", Form.TEXT, "Storage driver: overlay2 or erofs"),
            new Setting("layer-max-size", "", "layer-max-size", Form.TEXT, "Refuse layers of more bytes (default 1t)"),
            new Setting(
                    "layer-max-ratio",
                    "",
                    "layer-max-ratio",
                    Form.NUMBER,
                    "Refuse streams of more times their compressed size (default 200)"),
            new Setting(
                    "layer-max-files",
                    "",
                    "layer-max-files",
                    Form.NUMBER,
                    "Refuse layers of more files (default 2000000)"),
            new Setting("trust-policy", "", "trust-policy", Form.TEXT, "File that says whose signatures images need"),
            new Setting(
                    "disk-high-watermark",
                    "",
                    "disk-high-watermark",
                    Form.TEXT,
                    "Make room from here on: 85% used, or 10g free (default off)"),
            new Setting(
                    "disk-low-watermark", "", "disk-low-watermark", Form.TEXT, "Make room down to: 75%, or 15g free"),
            new Setting(
                    "disk-keep", "", "disk-keep", Form.LIST, "Images that stay: a name pattern or label=key[=value]"),
            new Setting(
                    "disk-unused-for",
                    "",
                    "disk-unused-for",
                    Form.NUMBER,
                    "What was used in the last so many seconds stays (default 600)"),
            new Setting(
                    "disk-check-interval",
                    "",
                    "disk-check-interval",
                    Form.NUMBER,
                    "Seconds between looks at the disk (default 60)"),
            new Setting("live-restore", "", "live-restore", Form.SWITCH, "Containers outlive the engine; always on"),
            new Setting(
                    "registry-mirror",
                    "",
                    "registry-mirrors",
                    Form.LIST,
                    "Mirror that is asked before Docker Hub: URL"),
            new Setting(
                    "insecure-registry",
                    "",
                    "insecure-registries",
                    Form.LIST,
                    "Registry without verified TLS: host[:port] or CIDR"),
            new Setting("default-registry", "", "default-registry", Form.TEXT, "Registry of names without one"),
            new Setting(
                    "allow-registry",
                    "",
                    "allow-registries",
                    Form.LIST,
                    "Only these: host, host/path or a pattern with *"),
            new Setting("deny-registry", "", "deny-registries", Form.LIST, "Never these: host, host/path or pattern"),
            new Setting(
                    "registry-config-dir",
                    "",
                    "registry-config-dirs",
                    Form.LIST,
                    "Directory of <host>/hosts.toml and certificates"),
            new Setting(
                    "max-concurrent-downloads", "", "max-concurrent-downloads", Form.NUMBER, "Layers pulled at once"),
            new Setting("max-concurrent-uploads", "", "max-concurrent-uploads", Form.NUMBER, "Layers pushed at once"),
            new Setting(
                    "max-download-attempts",
                    "",
                    "max-download-attempts",
                    Form.NUMBER,
                    "Attempts of a layer's transfer"),
            new Setting(
                    "push-compression",
                    "",
                    "push-compression",
                    Form.TEXT,
                    "Compression of pushed layers: gzip or zstd"),
            new Setting(
                    "builder-gc",
                    "",
                    "builder",
                    Form.CACHE,
                    "Build cache: enabled=BOOL, keep=SIZE or rule=keepStorage=SIZE;filter=F;…"),
            new Setting(
                    "cdi-spec-dir",
                    "",
                    "cdi-spec-dirs",
                    Form.LIST,
                    "Directory of CDI devices (default /etc/cdi and /var/run/cdi)"),
            new Setting("feature", "", "features", Form.PAIRS, "Switch: cdi=false for no CDI devices"),
            new Setting("validate", "", "", Form.SWITCH, "Check the configuration and exit"),
            new Setting("version", "v", "", Form.SWITCH, "Print the version and exit"),
            new Setting("help", "h", "", Form.SWITCH, "Print this help and exit"));

    static Optional<Setting> byFlag(List<Setting> known, String flag) {
        return known.stream().filter(setting -> setting.flag.equals(flag)).findFirst();
    }

    static Optional<Setting> byShorthand(List<Setting> known, String letter) {
        return known.stream()
                .filter(setting -> setting.shorthand.equals(letter))
                .findFirst();
    }

    static Optional<Setting> byKey(String key) {
        return ALL.stream()
                .filter(setting -> !key.isEmpty() && setting.key.equals(key))
                .findFirst();
    }

    boolean repeatable() {
        return switch (form) {
            case LIST, PAIRS, DRIVER_OPTIONS, POOLS, ULIMITS, CACHE -> true;
            case SWITCH, TEXT, NUMBER -> false;
        };
    }
}
