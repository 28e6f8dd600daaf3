package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.wire.Ulimit;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an engine is set up. Everything that it makes in the kernel is named after {@link #bridge()}, so that engines with
 * other directories and another bridge share a host.
 *
 * @param dataRoot where images, volumes and containers are kept; durable
 * @param execRoot sockets and the like; may be lost with a reboot
 * @param bridge name of the default bridge, made when absent, at most 15 bytes
 * @param bridgeAddress address of the default bridge in CIDR notation; null to choose from the pools
 * @param fixedRange subnet of the bridge's network that addresses are given from; null for all of it
 * @param ipv6 whether the default bridge has IPv6 where the host has it
 * @param fixedRange6 its IPv6 subnet in CIDR notation; null for one of this engine
 * @param addressPools where subnets are chosen from: base in CIDR notation, and size as prefix length
 * @param networkOptions options of new networks that do not say otherwise, by driver
 * @param interContainer whether containers on the default bridge reach each other
 * @param firewall whether firewall rules are written; without them no port can be published
 * @param firewallMode {@code host} to ask the host's input policy about ports published on all addresses, or
 *     {@code direct}
 * @param masquerade whether traffic to the outside takes the host's address
 * @param ipForward whether forwarding is switched on in the kernel
 * @param mtu of the default bridge
 * @param defaultAddress host address that ports are published on when none is given
 * @param cgroupParent parent of the containers' control groups; null for one named after the bridge
 * @param defaultUlimits limits for containers that ask for none
 * @param usernsRemap {@code default}, {@code user}, {@code user:group} or ids; null for none
 * @param accounts the directory with passwd, group, subuid and subgid, for {@code usernsRemap}
 * @param logDriver log driver of containers that ask for none
 * @param logOptions its options
 * @param dns name servers for containers; empty for the host's
 * @param shmSize size of /dev/shm in bytes
 * @param init whether containers get an init by default
 * @param shutdownTimeout seconds that a stop waits before the kill when the container does not say
 * @param noNewPrivileges default of that security option
 * @param seccompProfile path of the default profile, {@code builtin} or {@code unconfined}
 * @param labels labels of the engine
 * @param storageDriver {@code overlay2} or {@code erofs}
 * @param layerLimits what a layer may become when it is unpacked
 * @param registries how registries are reached
 * @param diskPolicy when what nobody uses is removed; null for never
 * @param cachePolicy what the build cache may become
 * @param trustPolicy a file that says whose signatures images need; null for nobody's
 * @param cdiDirectories where files describe devices of the host (Container Device Interface), what is in a later one
 *     counts more; none for no such devices
 * @param monitor path of the naru-monitor binary; null to take the one in our jar
 */
@RecordBuilder
public record EngineConfig(
        Path dataRoot,
        Path execRoot,
        String bridge,
        @Nullable String bridgeAddress,
        @Nullable String fixedRange,
        boolean ipv6,
        @Nullable String fixedRange6,
        List<AddressPool> addressPools,
        Map<String, Map<String, String>> networkOptions,
        boolean interContainer,
        boolean firewall,
        String firewallMode,
        boolean masquerade,
        boolean ipForward,
        int mtu,
        String defaultAddress,
        @Nullable String cgroupParent,
        Map<String, Ulimit> defaultUlimits,
        @Nullable String usernsRemap,
        Path accounts,
        String logDriver,
        Map<String, String> logOptions,
        List<String> dns,
        List<String> dnsOptions,
        List<String> dnsSearch,
        long shmSize,
        boolean init,
        int shutdownTimeout,
        boolean noNewPrivileges,
        String seccompProfile,
        List<String> labels,
        String storageDriver,
        LayerLimits layerLimits,
        RegistryOptions registries,
        @Nullable DiskPolicy diskPolicy,
        CachePolicy cachePolicy,
        @Nullable Path trustPolicy,
        List<Path> cdiDirectories,
        @Nullable Path monitor) {
    public EngineConfig {
        requireNonNull(dataRoot, "dataRoot");
        requireNonNull(execRoot, "execRoot");
        requireNonNull(bridge, "bridge");
        requireNonNull(firewallMode, "firewallMode");
        requireNonNull(storageDriver, "storageDriver");
        requireNonNull(accounts, "accounts");
        requireNonNull(layerLimits, "layerLimits");
        requireNonNull(registries, "registries");
        requireNonNull(cachePolicy, "cachePolicy");
        cdiDirectories = List.copyOf(cdiDirectories);
        addressPools = List.copyOf(addressPools);
        networkOptions = Map.copyOf(networkOptions);
        defaultUlimits = Map.copyOf(defaultUlimits);
        logOptions = Map.copyOf(logOptions);
        dns = List.copyOf(dns);
        dnsOptions = List.copyOf(dnsOptions);
        dnsSearch = List.copyOf(dnsSearch);
        labels = List.copyOf(labels);
    }

    /** Docker's: 172.17.0.0/16 and those behind it, then pieces of 192.168.0.0/16. */
    public static final List<AddressPool> DEFAULT_POOLS =
            List.of(new AddressPool("172.17.0.0/12", 16), new AddressPool("192.168.0.0/16", 20));

    /** Where the Container Device Interface has them. */
    public static final List<Path> DEFAULT_CDI = List.of(Path.of("/etc/cdi"), Path.of("/var/run/cdi"));

    /** A source of subnets: {@code 172.17.0.0/12} cut into pieces of prefix length {@code size}. */
    public record AddressPool(String base, int size) {}

    /**
     * What one layer may become.
     *
     * @param bytes plain bytes
     * @param ratio how many times its compressed size, beyond a gibibyte
     * @param files entries
     */
    public record LayerLimits(long bytes, int ratio, int files) {
        /** More than any image known, less than a disk. */
        public static final LayerLimits DEFAULT = new LayerLimits(1L << 40, 200, 2_000_000);
    }

    /** Docker's defaults, below the given directory; the execution root is {@code dataRoot/run}. */
    public static EngineConfigBuilder builder(Path dataRoot) {
        return EngineConfigBuilder.builder()
                .dataRoot(dataRoot)
                .execRoot(dataRoot.resolve("run"))
                .bridge("naru0")
                .ipv6(true)
                .addressPools(DEFAULT_POOLS)
                .networkOptions(Map.of())
                .interContainer(true)
                .firewall(true)
                .firewallMode("direct")
                .masquerade(true)
                .ipForward(true)
                .mtu(1500)
                .defaultAddress("")
                .defaultUlimits(Map.of())
                .accounts(Path.of("/etc"))
                .logDriver("json-file")
                .logOptions(Map.of())
                .dns(List.of())
                .dnsOptions(List.of())
                .dnsSearch(List.of())
                .shmSize(64L << 20)
                .shutdownTimeout(10)
                .seccompProfile("builtin")
                .cdiDirectories(DEFAULT_CDI)
                .labels(List.of())
                .storageDriver("overlay2")
                .layerLimits(LayerLimits.DEFAULT)
                .cachePolicy(CachePolicy.STANDARD)
                .registries(RegistryOptions.defaults());
    }
}
