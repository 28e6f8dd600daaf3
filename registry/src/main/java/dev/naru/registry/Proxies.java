package dev.naru.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The proxies of HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case, as dockerd takes them from its environment. */
final class Proxies extends ProxySelector {
    private final Map<String, Proxy> byScheme;
    private final List<String> without;

    private Proxies(Map<String, Proxy> byScheme, List<String> without) {
        this.byScheme = Map.copyOf(byScheme);
        this.without = List.copyOf(without);
    }

    /** The proxies of an environment, if it has any. */
    static Optional<ProxySelector> ofEnvironment(Map<String, String> environment) {
        var proxies = new java.util.HashMap<String, Proxy>();
        for (String scheme : List.of("http", "https")) {
            String url = value(environment, scheme + "_proxy");
            if (!url.isEmpty()) {
                proxies.put(scheme, proxy(url));
            }
        }
        List<String> without = Stream.of(value(environment, "no_proxy").split(",", -1))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList();
        return proxies.isEmpty() ? Optional.empty() : Optional.of(new Proxies(proxies, without));
    }

    private static String value(Map<String, String> environment, String name) {
        String lower = environment.getOrDefault(name, "");
        return lower.isEmpty() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : lower;
    }

    private static Proxy proxy(String url) {
        URI uri = URI.create(url.contains("://") ? url : "http://" + url);
        int port = uri.getPort() < 0 ? 80 : uri.getPort();
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port));
    }

    @Override
    public List<Proxy> select(URI uri) {
        Proxy proxy = byScheme.get(uri.getScheme());
        return List.of(proxy == null || isDirect(uri.getHost()) ? Proxy.NO_PROXY : proxy);
    }

    private boolean isDirect(String host) {
        if (host.equals("localhost") || isLoopback(host)) {
            return true;
        }
        return without.stream().anyMatch(each -> {
            String name = each.startsWith(".") ? each.substring(1) : each;
            return each.equals("*") || host.equals(name) || host.endsWith("." + name);
        });
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")).isLoopbackAddress();
        } catch (IllegalArgumentException name) {
            return false;
        }
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // The request fails with the same error.
    }
}
