package dev.naru.engine;

import dev.naru.oci.ImageHealthcheck;
import dev.naru.oci.ImageRunConfig;
import dev.naru.wire.ContainerConfig;
import dev.naru.wire.ContainerConfigBuilder;
import dev.naru.wire.Empty;
import dev.naru.wire.HealthConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From a container's configuration to that of an image made from it. */
final class ImageRunConfigs {
    private ImageRunConfigs() {}

    /** What is given in the first, with the rest from the second; lists of the environment and maps are united. */
    static ContainerConfig merge(ContainerConfig given, ContainerConfig rest) {
        ContainerConfigBuilder merged = ContainerConfigBuilder.builder(given);
        merged.user(text(given.user(), rest.user()));
        merged.workingDir(text(given.workingDir(), rest.workingDir()));
        merged.stopSignal(text(given.stopSignal(), rest.stopSignal()));
        merged.exposedPorts(united(given.exposedPorts(), rest.exposedPorts()));
        merged.volumes(united(given.volumes(), rest.volumes()));
        merged.labels(united(given.labels(), rest.labels()));
        merged.env(environment(given.env(), rest.env()));
        if (given.entrypoint() == null) {
            merged.entrypoint(rest.entrypoint());
            merged.cmd(given.cmd() == null ? rest.cmd() : given.cmd());
        }
        merged.healthcheck(given.healthcheck() == null ? rest.healthcheck() : given.healthcheck());
        merged.onBuild(given.onBuild() == null ? rest.onBuild() : given.onBuild());
        merged.shell(given.shell() == null ? rest.shell() : given.shell());
        return merged.build();
    }

    static ImageRunConfig of(ContainerConfig config) {
        return new ImageRunConfig(
                config.user(),
                keys(config.exposedPorts()),
                config.env(),
                config.entrypoint(),
                config.cmd(),
                keys(config.volumes()),
                config.workingDir(),
                config.labels(),
                config.stopSignal(),
                config.argsEscaped(),
                healthcheck(config.healthcheck()),
                config.onBuild(),
                config.shell());
    }

    static ContainerConfig empty() {
        return ContainerConfigBuilder.builder().build();
    }

    private static @Nullable ImageHealthcheck healthcheck(@Nullable HealthConfig check) {
        return check == null
                ? null
                : new ImageHealthcheck(
                        check.test(),
                        check.interval(),
                        check.timeout(),
                        check.startPeriod(),
                        check.startInterval(),
                        check.retries());
    }

    private static @Nullable Map<String, Map<String, String>> keys(@Nullable Map<String, Empty> map) {
        if (map == null || map.isEmpty()) {
            return null;
        }
        Map<String, Map<String, String>> keys = new LinkedHashMap<>();
        map.keySet().forEach(key -> keys.put(key, Map.of()));
        return keys;
    }

    private static @Nullable String text(@Nullable String first, @Nullable String second) {
        return first == null || first.isEmpty() ? second : first;
    }

    private static <V> @Nullable Map<String, V> united(
            @Nullable Map<String, V> first, @Nullable Map<String, V> second) {
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        Map<String, V> united = new LinkedHashMap<>(second);
        united.putAll(first);
        return united;
    }

    private static @Nullable List<String> environment(@Nullable List<String> first, @Nullable List<String> second) {
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        List<String> united = new ArrayList<>(first);
        for (String entry : second) {
            String key = entry.split("=", 2)[0];
            if (first.stream().noneMatch(own -> own.split("=", 2)[0].equals(key))) {
                united.add(entry);
            }
        }
        return united;
    }
}
