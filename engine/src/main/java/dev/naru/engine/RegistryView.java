package dev.naru.engine;

import dev.naru.wire.IndexInfo;
import dev.naru.wire.RegistryServiceConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How registries are reached, as {@code docker info} shows it. */
final class RegistryView {
    private static final String HUB = "docker.io";

    private RegistryView() {}

    /** Registries of this machine need no TLS, whatever is configured. */
    static RegistryServiceConfig of(RegistryOptions options) {
        List<String> mirrors = options.mirrors().stream()
                .map(mirror -> mirror.endsWith("/") ? mirror : mirror + "/")
                .toList();
        var networks = new ArrayList<>(List.of("::1/128", "127.0.0.0/8"));
        Map<String, IndexInfo> indexes = new LinkedHashMap<>();
        indexes.put(HUB, new IndexInfo(HUB, mirrors, true, true));
        for (String insecure : options.insecure()) {
            if (insecure.indexOf('/') >= 0) {
                networks.add(insecure);
            } else {
                indexes.put(insecure, new IndexInfo(insecure, List.of(), false, false));
            }
        }
        return new RegistryServiceConfig(networks, indexes, mirrors.isEmpty() ? null : mirrors);
    }
}
