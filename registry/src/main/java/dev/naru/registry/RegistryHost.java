package dev.naru.registry;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One server that is asked for a registry's content.
 *
 * @param base where its API begins: scheme, host, port and path up to {@code v2}, without a slash at the end
 * @param capabilities what it is asked for
 * @param headers sent with each request
 * @param rewrites applied to repository names, the first that matches
 * @param mirror whether it stands in for the registry; then a failure means asking the next one
 */
record RegistryHost(
        URI base,
        Set<Capability> capabilities,
        TlsSettings tls,
        Map<String, String> headers,
        List<Rewrite> rewrites,
        boolean mirror) {
    /** What a host is good for (containerd's hosts.toml). */
    enum Capability {
        PULL,
        RESOLVE,
        PUSH
    }

    /** A pattern that a whole repository name matches, and what it becomes, with {@code $1} for groups. */
    record Rewrite(java.util.regex.Pattern pattern, String replacement) {}

    static final Set<Capability> ALL = Set.of(Capability.values());

    RegistryHost {
        requireNonNull(base, "base");
        capabilities = Set.copyOf(capabilities);
        headers = Map.copyOf(headers);
        rewrites = List.copyOf(rewrites);
    }

    static RegistryHost of(URI base, TlsSettings tls) {
        return new RegistryHost(base, ALL, tls, Map.of(), List.of(), false);
    }

    RegistryHost asMirror() {
        return new RegistryHost(base, Set.of(Capability.PULL, Capability.RESOLVE), tls, headers, rewrites, true);
    }

    /** The same with plain HTTP. */
    RegistryHost plain() {
        URI http =
                URI.create("http" + base.toString().substring(base.getScheme().length()));
        return new RegistryHost(http, capabilities, tls, headers, rewrites, mirror);
    }

    /** The name of a repository on this host. */
    String path(String repository) {
        for (Rewrite each : rewrites) {
            var matcher = each.pattern().matcher(repository);
            if (matcher.find()) {
                return matcher.replaceFirst(each.replacement());
            }
        }
        return repository;
    }

    String authority() {
        return base.getRawAuthority();
    }

    boolean secure() {
        return "https".equals(base.getScheme());
    }
}
