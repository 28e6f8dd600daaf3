package dev.naru.registry;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the servers behind a registry's name: mirrors first, the registry itself last. */
final class RegistryHosts {
    private static final String HUB = "docker.io";
    private static final String HUB_SERVER = "registry-1.docker.io";

    private final RegistrySettings settings;

    RegistryHosts(RegistrySettings settings) {
        this.settings = requireNonNull(settings, "settings");
    }

    /**
     * The servers of a registry, in the order in which they are asked. Read anew for each operation, so that a changed
     * file counts at once.
     *
     * @param domain as in a reference
     */
    List<RegistryHost> of(String domain) {
        Optional<Path> directory = directory(domain);
        TlsSettings tls = directory.map(CertificateDirectory::read).orElse(TlsSettings.SYSTEM);
        RegistryHost server = server(domain, tls);
        Optional<Path> file = directory.map(each -> each.resolve("hosts.toml")).filter(Files::isRegularFile);
        if (file.isPresent()) {
            return new HostsFile(file.get(), server).hosts();
        }
        var hosts = new ArrayList<RegistryHost>();
        if (domain.equals(HUB)) {
            settings.mirrors().forEach(mirror -> hosts.addAll(expand(mirror(mirror))));
        }
        hosts.addAll(expand(server));
        return hosts;
    }

    private Optional<Path> directory(String domain) {
        String plain = domain.toLowerCase(Locale.ROOT);
        for (Path root : settings.hostDirectories()) {
            // containerd's form for file systems without colons, and its directory for all hosts.
            for (String name : List.of(plain, plain.replaceFirst(":([0-9]+)$", "_$1_"), "_default")) {
                Path candidate = root.resolve(name);
                if (Files.isDirectory(candidate)) {
                    return Optional.of(candidate);
                }
            }
        }
        return Optional.empty();
    }

    private RegistryHost mirror(String url) {
        URI base = base(url);
        TlsSettings tls = directory(base.getRawAuthority())
                .map(CertificateDirectory::read)
                .orElse(TlsSettings.SYSTEM);
        return RegistryHost.of(base, tls).asMirror();
    }

    private RegistryHost server(String domain, TlsSettings tls) {
        String other = settings.defaultRegistry();
        if (domain.equals(HUB)) {
            return RegistryHost.of(base(other == null || other.isEmpty() ? HUB_SERVER : other), tls);
        }
        return RegistryHost.of(base(domain), tls);
    }

    /** The API's address from a URL or a host; without a path it is below {@code /v2}. */
    static URI base(String text) {
        String url = text.contains("://") ? text : "https://" + text;
        try {
            URI parsed = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
            if (parsed.getHost() == null || !List.of("http", "https").contains(parsed.getScheme())) {
                throw NaruException.invalid("invalid registry address \"" + text + "\"");
            }
            return URI.create(parsed + "/v2");
        } catch (IllegalArgumentException broken) {
            throw NaruException.invalid("invalid registry address \"" + text + "\"");
        }
    }

    /** An insecure host is asked by TLS without verification first, then without TLS, as Docker does. */
    private List<RegistryHost> expand(RegistryHost host) {
        if (!host.secure() || !isInsecure(host.base())) {
            return List.of(host);
        }
        RegistryHost unverified = new RegistryHost(
                host.base(),
                host.capabilities(),
                host.tls().unverified(),
                host.headers(),
                host.rewrites(),
                host.mirror());
        return List.of(unverified, unverified.plain());
    }

    boolean isInsecure(URI base) {
        String host = base.getHost();
        if (settings.insecure().contains(base.getRawAuthority())
                || settings.insecure().contains(host)) {
            return true;
        }
        if (host.equals("localhost") || host.endsWith(".localhost")) {
            return true;
        }
        Optional<InetAddress> address = literal(host);
        boolean networks = settings.insecure().stream().anyMatch(each -> each.contains("/"));
        if (address.isEmpty() && networks) {
            address = resolve(host);
        }
        return address.isPresent()
                && (address.get().isLoopbackAddress()
                        || settings.insecure().stream()
                                .anyMatch(each -> each.contains("/") && Networks.contains(each, address(host))));
    }

    private static InetAddress address(String host) {
        return literal(host).or(() -> resolve(host)).orElse(InetAddress.getLoopbackAddress());
    }

    private static Optional<InetAddress> literal(String host) {
        boolean v4 = host.matches("[0-9.]+");
        return v4 || host.startsWith("[") ? resolve(host) : Optional.empty();
    }

    private static Optional<InetAddress> resolve(String host) {
        try {
            return Optional.of(InetAddress.getByName(host));
        } catch (UnknownHostException unknown) {
            return Optional.empty();
        }
    }
}
