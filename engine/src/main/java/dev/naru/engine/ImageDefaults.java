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

/** Fills what a request leaves open with what the image says, by Docker's rules. */
final class ImageDefaults {
    private static final Empty EMPTY = new Empty();

    private final ContainerConfig request;
    private final ImageRunConfig image;

    private ImageDefaults(ContainerConfig request, ImageRunConfig image) {
        this.request = request;
        this.image = image;
    }

    static ContainerConfig merge(ContainerConfig request, @Nullable ImageRunConfig image) {
        return image == null ? request : new ImageDefaults(request, image).merged();
    }

    private ContainerConfig merged() {
        boolean namesProgram = !Values.list(request.entrypoint()).isEmpty();
        boolean namesCommand = !Values.list(request.cmd()).isEmpty();
        // A program of the client's own comes without the image's arguments, and an empty list means "none".
        List<String> entrypoint = request.entrypoint() == null ? image.entrypoint() : request.entrypoint();
        List<String> command = namesCommand || namesProgram ? request.cmd() : image.cmd();
        return ContainerConfigBuilder.builder(request)
                .user(first(request.user(), image.user()))
                .exposedPorts(union(request.exposedPorts(), image.exposedPorts()))
                .volumes(union(request.volumes(), image.volumes()))
                .env(environment())
                .entrypoint(entrypoint)
                .cmd(command)
                .workingDir(first(request.workingDir(), image.workingDir()))
                .labels(labels())
                .stopSignal(first(request.stopSignal(), image.stopSignal()))
                .shell(Values.list(request.shell()).isEmpty() ? image.shell() : request.shell())
                .healthcheck(health())
                .build();
    }

    private static @Nullable String first(@Nullable String asked, @Nullable String given) {
        return Values.text(asked).isEmpty() ? given : asked;
    }

    private static @Nullable Map<String, Empty> union(
            @Nullable Map<String, Empty> asked, @Nullable Map<String, Map<String, String>> given) {
        if (given == null || given.isEmpty()) {
            return asked;
        }
        var all = new LinkedHashMap<String, Empty>(Values.map(asked));
        given.keySet().forEach(key -> all.put(key, EMPTY));
        return all;
    }

    private List<String> environment() {
        var all = new ArrayList<>(Values.list(request.env()));
        for (String given : Values.list(image.env())) {
            String key = key(given);
            if (Values.list(request.env()).stream()
                    .noneMatch(asked -> key(asked).equals(key))) {
                all.add(given);
            }
        }
        return all;
    }

    private static String key(String variable) {
        int equals = variable.indexOf('=');
        return equals < 0 ? variable : variable.substring(0, equals);
    }

    private Map<String, String> labels() {
        var all = new LinkedHashMap<String, String>(Values.map(image.labels()));
        all.putAll(Values.map(request.labels()));
        return all;
    }

    private @Nullable HealthConfig health() {
        ImageHealthcheck given = image.healthcheck();
        HealthConfig asked = request.healthcheck();
        if (given == null) {
            return asked;
        }
        if (asked == null) {
            return new HealthConfig(
                    given.test(),
                    given.interval(),
                    given.timeout(),
                    given.retries(),
                    given.startPeriod(),
                    given.startInterval());
        }
        return new HealthConfig(
                Values.list(asked.test()).isEmpty() ? given.test() : asked.test(),
                set(asked.interval(), given.interval()),
                set(asked.timeout(), given.timeout()),
                Values.number(asked.retries()) == 0 ? given.retries() : asked.retries(),
                set(asked.startPeriod(), given.startPeriod()),
                set(asked.startInterval(), given.startInterval()));
    }

    private static @Nullable Long set(@Nullable Long asked, @Nullable Long given) {
        return Values.number(asked) == 0 ? given : asked;
    }
}
