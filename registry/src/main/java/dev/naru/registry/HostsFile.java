package dev.naru.registry;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.registry.RegistryHost.Capability;
import dev.naru.registry.RegistryHost.Rewrite;
import dev.naru.registry.TlsSettings.ClientCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A host's {@code hosts.toml} in containerd's format (docs/hosts.md there): {@code server}, and for it and each
 * {@code [host."URL"]} the keys capabilities, ca, client, skip_verify, override_path, header and, beyond containerd,
 * {@code [host."URL".rewrite]} with patterns.
 */
final class HostsFile {
    private final Path file;
    private final RegistryHost registry;

    HostsFile(Path file, RegistryHost registry) {
        this.file = file;
        this.registry = registry;
    }

    /** The hosts in the file's order, the registry's own server last. */
    List<RegistryHost> hosts() {
        Map<String, Object> root;
        try {
            root = Toml.parse(Files.readString(file));
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot read " + file, failure);
        } catch (NaruException broken) {
            throw NaruException.because(ErrorKind.INVALID, "cannot read " + file, broken);
        }
        var hosts = new ArrayList<RegistryHost>();
        table(root, "host").forEach((url, keys) -> hosts.add(host(url, keys).withMirror()));
        String server = root.get("server") instanceof String text
                ? text
                : registry.base().toString();
        hosts.add(host(server, root).host());
        return hosts;
    }

    private record Parsed(RegistryHost host) {
        RegistryHost withMirror() {
            return new RegistryHost(
                    host.base(), host.capabilities(), host.tls(), host.headers(), host.rewrites(), true);
        }
    }

    private Parsed host(String url, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> keys)) {
            throw wrong(url + " is no table");
        }
        boolean whole = Boolean.TRUE.equals(keys.get("override_path"));
        URI base = url.equals(registry.base().toString()) || whole ? literal(url) : RegistryHosts.base(url);
        boolean skip = Boolean.TRUE.equals(keys.get("skip_verify"));
        var authorities = new ArrayList<>(registry.tls().authorities());
        texts(keys.get("ca")).forEach(each -> authorities.add(file.resolveSibling(each)));
        var clients = new ArrayList<>(registry.tls().clients());
        clients.addAll(clients(keys.get("client")));
        return new Parsed(new RegistryHost(
                base,
                capabilities(keys.get("capabilities")),
                new TlsSettings(authorities, clients, !skip),
                headers(keys.get("header")),
                rewrites(keys.get("rewrite")),
                false));
    }

    private URI literal(String url) {
        try {
            return URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
        } catch (IllegalArgumentException broken) {
            throw wrong("invalid address \"" + url + "\"");
        }
    }

    private Set<Capability> capabilities(@Nullable Object value) {
        if (value == null) {
            return RegistryHost.ALL;
        }
        var all = EnumSet.noneOf(Capability.class);
        for (String each : texts(value)) {
            switch (each.toLowerCase(Locale.ROOT)) {
                case "pull" -> all.add(Capability.PULL);
                case "resolve" -> all.add(Capability.RESOLVE);
                case "push" -> all.add(Capability.PUSH);
                case "dial", "dialer" -> {}
                default -> throw wrong("unknown capability \"" + each + "\"");
            }
        }
        return all;
    }

    /** A path to both, a pair of paths, or a list of these. */
    private List<ClientCertificate> clients(@Nullable Object value) {
        var clients = new ArrayList<ClientCertificate>();
        if (value instanceof String one) {
            clients.add(new ClientCertificate(file.resolveSibling(one), file.resolveSibling(one)));
        } else if (value instanceof List<?> list) {
            for (Object each : list) {
                List<String> pair = texts(each);
                Path certificate = file.resolveSibling(pair.getFirst());
                Path key = pair.size() > 1 && !pair.get(1).isEmpty() ? file.resolveSibling(pair.get(1)) : certificate;
                clients.add(new ClientCertificate(certificate, key));
            }
        }
        return clients;
    }

    private Map<String, String> headers(@Nullable Object value) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, text) -> headers.put(String.valueOf(name), String.join(", ", texts(text))));
        }
        return headers;
    }

    private List<Rewrite> rewrites(@Nullable Object value) {
        var rewrites = new ArrayList<Rewrite>();
        if (value instanceof Map<?, ?> map) {
            for (var each : map.entrySet()) {
                try {
                    rewrites.add(new Rewrite(
                            Pattern.compile(String.valueOf(each.getKey())), String.valueOf(each.getValue())));
                } catch (PatternSyntaxException broken) {
                    throw wrong("invalid pattern \"" + each.getKey() + "\"");
                }
            }
        }
        return rewrites;
    }

    private List<String> texts(@Nullable Object value) {
        if (value instanceof String text) {
            return List.of(text);
        }
        if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String::valueOf).toList();
        }
        if (value == null) {
            return List.of();
        }
        throw wrong("a text or a list of texts is needed instead of " + value);
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> table(Map<String, Object> root, String name) {
        Object table = root.get(name);
        if (table == null) {
            return Map.of();
        }
        if (table instanceof Map) {
            return (Map<String, Object>) table;
        }
        throw wrong("\"" + name + "\" is no table");
    }

    private NaruException wrong(String reason) {
        return new NaruException(ErrorKind.INVALID, "cannot read " + file, reason, null);
    }
}
